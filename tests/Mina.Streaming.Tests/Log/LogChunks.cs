using Mina.Streaming.Log;
using Xunit;

namespace Mina.Streaming.Tests.Log;

/// <summary>Chunks for tests of the log, and how they are compared.</summary>
internal static class LogChunks
{
    /// <summary>When the first chunk of every stream begins.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The i-th second of a stream at 300 Hz, as a converter of 200 steps a millivolt gives it.</summary>
    public static SampleChunk Second(int i, int seed = 0)
    {
        var random = new Random((seed * 100_003) + i);
        var samples = new float[300];
        var step = 0;
        for (var s = 0; s < samples.Length; s++)
        {
            step += random.Next(-6, 7);
            samples[s] = (float)(step / 200.0);
        }

        return new SampleChunk(i, Start.AddSeconds(i), 300, samples);
    }

    /// <summary>Fails unless both are the same, samples bit for bit.</summary>
    public static void AssertSame(SampleChunk expected, SampleChunk actual)
    {
        Assert.Equal(expected with { Millivolts = actual.Millivolts }, actual);
        Assert.Equal(expected.FirstSample.UtcTicks, actual.FirstSample.UtcTicks);
        Assert.Equal(Bits(expected.Millivolts), Bits(actual.Millivolts));
    }

    /// <summary>Appends a chunk; it arrives when its last sample was taken.</summary>
    public static Task<long> AppendAsync(this IChunkLog log, string stream, SampleChunk chunk, Action<long>? committed = null) =>
        log.AppendAsync(stream, chunk.FirstSample.AddSeconds(1), chunk, committed);

    /// <summary>All that a log replays.</summary>
    public static async Task<List<LoggedChunk>> ReplayedAsync(this IChunkLog log)
    {
        var chunks = new List<LoggedChunk>();
        await foreach (var chunk in log.ReplayAsync())
            chunks.Add(chunk);
        return chunks;
    }

    private static int[] Bits(float[] samples) => [.. samples.Select(BitConverter.SingleToInt32Bits)];
}
