namespace Mina.Streaming.Log;

/// <summary>
/// The durable log of a monitor: every chunk that is acknowledged is in it, so that a monitor that was killed goes on from the last snapshot
/// of each stream and the chunks since. The same chunks, kept longer, are the ECG that can be looked at later.
/// </summary>
/// <remarks>All members may be called by any thread. One process at a time has a log open.</remarks>
public interface IChunkLog : IAsyncDisposable
{
    /// <summary>Opens the log and finds what an earlier run left.</summary>
    /// <exception cref="ChunkLogException">It cannot be opened; another process may have it.</exception>
    Task<LogContent> OpenAsync(CancellationToken cancel = default);

    /// <summary>Appends a chunk. The task completes when the chunk is on disk, at most the commit interval and a write later.</summary>
    /// <param name="stream">A valid stream name.</param>
    /// <param name="arrived">When the chunk arrived, by the server's clock.</param>
    /// <param name="chunk">As it came.</param>
    /// <param name="committed">
    /// Called once when the chunk is on disk, before the task completes, with its offset. Calls come one after the other in order of
    /// offsets, which for one stream is the order of the appends; it must be quick and must not throw. It is not called where the append
    /// fails.
    /// </param>
    /// <returns>The chunk's offset, larger than that of every earlier chunk of the stream.</returns>
    /// <exception cref="ChunkLogException">The chunk is not on disk: the disk is full, read-only, or the log is closed.</exception>
    Task<long> AppendAsync(string stream, DateTimeOffset arrived, SampleChunk chunk, Action<long>? committed = null);

    /// <summary>Reads the chunks that no snapshot of their stream covers, in order of offsets, of all streams.</summary>
    IAsyncEnumerable<LoggedChunk> ReplayAsync(CancellationToken cancel = default);

    /// <summary>
    /// Replaces the snapshots of some streams, all or none. From then on a chunk up to a snapshot's offset is not replayed; it is kept as
    /// ECG until it is forgotten.
    /// </summary>
    /// <exception cref="ChunkLogException">Nothing was saved.</exception>
    Task SaveAsync(IReadOnlyList<LoggedSnapshot> snapshots, CancellationToken cancel = default);

    /// <summary>
    /// The chunks of a stream whose samples overlap a time range of the device's clock, in order of time. What is damaged on disk is left out
    /// and counted in <see cref="LogFigures.Damaged"/>.
    /// </summary>
    /// <exception cref="ChunkLogException">They cannot be read.</exception>
    Task<IReadOnlyList<SampleChunk>> SamplesAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>
    /// Forgets ECG that arrived before a time, and the oldest beyond the quota of bytes, in small steps; chunks that no snapshot covers
    /// stay. Afterwards, snapshots of streams of which no chunk is kept may be removed by <see cref="RemoveAsync"/>.
    /// </summary>
    /// <returns>Whether there may be more to forget.</returns>
    Task<bool> ForgetAsync(DateTimeOffset arrivedBefore, long quotaBytes, CancellationToken cancel = default);

    /// <summary>Removes all that the log has of a stream.</summary>
    Task RemoveAsync(string stream, CancellationToken cancel = default);

    /// <summary>Writes a mark to the disk: whether chunks can be written is known then without a chunk that has to be sent again.</summary>
    /// <exception cref="ChunkLogException">Nothing can be written.</exception>
    Task CheckAsync(CancellationToken cancel = default);

    /// <summary>What can be measured now.</summary>
    LogFigures Figures { get; }
}

/// <summary>A chunk as the log has it.</summary>
public sealed record LoggedChunk(long Offset, string Stream, DateTimeOffset Arrived, SampleChunk Chunk);

/// <summary>A stream's state after all of its chunks up to an offset.</summary>
public sealed record LoggedSnapshot(string Stream, long Offset, byte[] State);

/// <summary>What an earlier run left.</summary>
/// <param name="Snapshots">The last one of each stream.</param>
/// <param name="Damage">What could not be read, in one sentence for the log; null: nothing.</param>
public sealed record LogContent(IReadOnlyList<LoggedSnapshot> Snapshots, string? Damage);

/// <summary>Figures of a log.</summary>
/// <param name="Bytes">On disk.</param>
/// <param name="DurableLag">How long the oldest chunk that is not on disk yet has waited.</param>
/// <param name="BytesWritten">Since it was opened.</param>
/// <param name="Commits">Since it was opened; each is one fsync.</param>
/// <param name="Damaged">Pieces of ECG, of up to a minute of a stream, that could not be read since it was opened and are missing in what was read.</param>
public sealed record LogFigures(long Bytes, TimeSpan DurableLag, long BytesWritten, long Commits, long Damaged = 0);

/// <summary>The log cannot be read or written now. The message says why, in a few words without a full stop.</summary>
public sealed class ChunkLogException(string message, Exception? inner = null) : Exception(message, inner);
