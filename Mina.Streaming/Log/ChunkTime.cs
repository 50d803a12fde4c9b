namespace Mina.Streaming.Log;

/// <summary>Times of chunks for the log, which must neither throw on a strange chunk nor lose a tick.</summary>
internal static class ChunkTime
{
    /// <summary>When the next chunk's first sample is due, in ticks (UTC); a chunk without a usable fs ends where it begins.</summary>
    public static long UntilTicks(SampleChunk chunk)
    {
        var from = chunk.FirstSample.UtcTicks;
        var ticks = chunk.Millivolts.Length / chunk.Fs * TimeSpan.TicksPerSecond;
        return double.IsFinite(ticks) && ticks > 0 ? from + (long)Math.Min(ticks, DateTimeOffset.MaxValue.UtcTicks - from) : from;
    }

    /// <summary>Whether some of the chunk's samples lie at or after one time and before another.</summary>
    public static bool Overlaps(SampleChunk chunk, DateTimeOffset from, DateTimeOffset to) =>
        chunk.FirstSample < to && UntilTicks(chunk) > from.UtcTicks;
}
