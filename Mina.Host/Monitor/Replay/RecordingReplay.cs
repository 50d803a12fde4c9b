using Mina.Preprocess;

namespace Mina.Host.Monitor.Replay;

/// <summary>A recording as the chunks that its device would have sent.</summary>
/// <param name="recording">The recording that is replayed.</param>
/// <param name="start">Time of its first sample.</param>
/// <param name="chunkSeconds">Length of a chunk.</param>
internal sealed class RecordingReplay(Recording recording, DateTimeOffset start, double chunkSeconds)
{
    /// <summary>The chunks, in order; the last says that it is.</summary>
    public IEnumerable<SampleChunk> Chunks() => RecordingCutter.Chunks(recording, start, chunkSeconds);

    /// <summary>When the device would have sent a chunk, from its start: when its last sample was taken.</summary>
    public TimeSpan Due(SampleChunk chunk) => chunk.Until - start;
}
