namespace Mina.Streaming.Live;

/// <summary>What a shell has counted since it began. Every member may be used from any thread.</summary>
public sealed class LiveCounts
{
    private long _chunks;
    private long _dropped;
    private long _refused;
    private long _invalid;
    private long _faults;
    private long _unlogged;
    private long _replayed;

    /// <summary>Chunks taken into a queue.</summary>
    public long Chunks => Interlocked.Read(ref _chunks);

    /// <summary>Chunks that were dropped because there was no room in time; each leaves a gap.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Chunks that were refused because there were too many streams.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Chunks that were outside the <see cref="ChunkLimits"/>.</summary>
    public long Invalid => Interlocked.Read(ref _invalid);

    /// <summary>Chunks that were taken but could not be written to the log, and so were not acknowledged.</summary>
    public long Unlogged => Interlocked.Read(ref _unlogged);

    /// <summary>Chunks of an earlier run that were replayed from the log.</summary>
    public long Replayed => Interlocked.Read(ref _replayed);

    /// <summary>Failures of single streams, of batches and of the recorder: none of them ended the monitoring.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    internal void CountInvalid() => Interlocked.Increment(ref _invalid);

    internal void CountFault() => Interlocked.Increment(ref _faults);

    internal void CountUnlogged() => Interlocked.Increment(ref _unlogged);

    internal void CountReplayed() => Interlocked.Increment(ref _replayed);

    internal void CountTaken() => Interlocked.Increment(ref _chunks);

    internal void CountDropped() => Interlocked.Increment(ref _dropped);

    internal void CountRefused() => Interlocked.Increment(ref _refused);
}
