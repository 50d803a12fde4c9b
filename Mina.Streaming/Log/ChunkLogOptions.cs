namespace Mina.Streaming.Log;

/// <summary>How a log on disk writes.</summary>
public sealed record ChunkLogOptions
{
    /// <summary>How long an append waits for others, so that they share a write to the disk.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How much signal, by the time of its arrival, is packed at once.</summary>
    public TimeSpan PackAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes of encoded chunks that may wait for the disk; appends beyond fail.</summary>
    public long MaxWaitingBytes { get; init; } = 64 << 20;
}
