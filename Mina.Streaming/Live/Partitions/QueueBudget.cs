using Mina.Preprocess;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// The bytes that may wait for the streams, over all of their queues. A stream may hold an eighth of what is still free, so that however many
/// streams send too much, there is room left for a stream that sends little (Choudhury and Hahne, "Dynamic queue length thresholds", 1998).
/// Every member may be used from any thread.
/// </summary>
/// <param name="maxBytes">The bytes that may wait.</param>
internal sealed class QueueBudget(long maxBytes)
{
    /// <summary>The part of what is free that one stream may hold, as a divisor.</summary>
    public const int Share = 8;

    // A chunk, its letter and its place in the log, without the samples.
    private const int Overhead = 500;

    private long _held;
    private long _refused;

    /// <summary>Bytes that wait now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Chunks that were refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>What a chunk takes: its samples as they came, as the log writes them, and at the frequency at which they are cut.</summary>
    public static long BytesOf(SampleChunk chunk) =>
        Overhead + (sizeof(float) * ((2L * chunk.Millivolts.Length) + (long)Math.Ceiling(chunk.Millivolts.Length / chunk.Fs * Shapes.Fs)));

    /// <summary>Takes bytes for a stream, if it may hold so many more.</summary>
    /// <param name="held">What the stream holds already; the caller keeps it.</param>
    /// <param name="bytes">How many more.</param>
    public bool TryTake(ref long held, long bytes)
    {
        var own = Interlocked.Add(ref held, bytes);
        var free = maxBytes - Interlocked.Add(ref _held, bytes) + bytes;
        if (own <= free / Share)
            return true;
        Return(ref held, bytes);
        Interlocked.Increment(ref _refused);
        return false;
    }

    /// <summary>Takes bytes that are held already, whether or not there is room for them; negative: gives them back.</summary>
    public void Take(ref long held, long bytes)
    {
        Interlocked.Add(ref held, bytes);
        Interlocked.Add(ref _held, bytes);
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(ref long held, long bytes) => Take(ref held, -bytes);
}
