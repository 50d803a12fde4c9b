namespace Mina.Streaming.Live;

/// <summary>What a shell has counted since it began. Any thread.</summary>
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

    /// <summary>Chunks for which there was no room in time; each is a gap.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Chunks of streams beyond the limit.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Chunks that did not keep to <see cref="ChunkLimits"/>.</summary>
    public long Invalid => Interlocked.Read(ref _invalid);

    /// <summary>Chunks that were taken and could not be written to the log: nobody acknowledged them.</summary>
    public long Unlogged => Interlocked.Read(ref _unlogged);

    /// <summary>Chunks of an earlier run that were replayed from the log.</summary>
    public long Replayed => Interlocked.Read(ref _replayed);

    /// <summary>Failures of single streams, of batches and of the recorder: none of them ended the monitoring.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    internal void FoundInvalid() => Interlocked.Increment(ref _invalid);

    internal void Failed() => Interlocked.Increment(ref _faults);

    internal void TookUnlogged() => Interlocked.Increment(ref _unlogged);

    internal void Replaying() => Interlocked.Increment(ref _replayed);

    internal void Took() => Interlocked.Increment(ref _chunks);

    internal void Dropping() => Interlocked.Increment(ref _dropped);

    internal void Refusing() => Interlocked.Increment(ref _refused);
}
