namespace Mina.Streaming.Live;

/// <summary>What the pipeline has counted since it began. Any thread.</summary>
public sealed class LiveCounts
{
    private long _chunks;
    private long _dropped;
    private long _refused;

    /// <summary>Chunks taken into a queue.</summary>
    public long Chunks => Interlocked.Read(ref _chunks);

    /// <summary>Chunks for which there was no room in time; each is a gap.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Chunks of streams beyond the limit.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    internal void Took() => Interlocked.Increment(ref _chunks);

    internal void Dropping() => Interlocked.Increment(ref _dropped);

    internal void Refusing() => Interlocked.Increment(ref _refused);
}
