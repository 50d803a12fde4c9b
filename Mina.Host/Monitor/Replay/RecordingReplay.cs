using Mina.Preprocess;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Replay;

/// <summary>A recording as the chunks that its device would have sent.</summary>
/// <param name="recording">Which.</param>
/// <param name="start">Time of its first sample.</param>
/// <param name="chunkSeconds">Length of a chunk.</param>
internal sealed class RecordingReplay(Recording recording, DateTimeOffset start, double chunkSeconds)
{
    /// <summary>The chunks, in order; the last says that it is.</summary>
    public IEnumerable<SampleChunk> Chunks()
    {
        var length = Math.Max(1, (int)Math.Round(chunkSeconds * recording.Fs));
        long sequence = 0;
        for (var at = 0; at < recording.Samples.Length; at += length)
        {
            var end = Math.Min(at + length, recording.Samples.Length);
            yield return new SampleChunk(
                sequence++, start.AddSeconds(at / recording.Fs), recording.Fs, recording.Samples[at..end], end == recording.Samples.Length);
        }
    }

    /// <summary>When the device would have sent a chunk, from its start: when its last sample was taken.</summary>
    public TimeSpan Due(SampleChunk chunk) => chunk.Until - start;
}
