using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Reviewing;

namespace Mina.Host.Monitor.Store;

/// <summary>
/// Where verdicts, episodes, alarms and each stream's state are kept. What is written together is kept whole or not at all: a process
/// killed at any point goes on from a state that agrees with its history.
/// </summary>
/// <remarks>
/// Any thread may read, and reads never block a write; one thread at a time writes. Times are kept to the microsecond. How long something
/// is kept is measured by the server's clock, whatever the devices' clocks say. <c>docs/adding-a-store.md</c> has the steps for another one.
/// </remarks>
public interface IMonitorStore : IAsyncDisposable
{
    /// <summary>Opens the store, or opens it again after it was lost, and brings what an earlier version left to this version.</summary>
    /// <returns>What a monitor goes on from.</returns>
    /// <exception cref="Mina.Preprocess.ProblemException">It cannot be used as the settings name it.</exception>
    /// <exception cref="StoreException">It cannot be reached now.</exception>
    Task<StoredMonitor> OpenAsync(CancellationToken cancel = default);

    /// <summary>
    /// Writes all of it, or nothing. Writing the same again changes nothing. Two alarms of a kind and stream are never open at one time: an
    /// open one ends when a newer one is open. One that is over ended no later than the next was raised, and of two times at which it was
    /// cleared the earlier counts, in whatever order they are written.
    /// </summary>
    /// <exception cref="StoreException">Nothing was written.</exception>
    Task WriteAsync(StoreChanges changes, CancellationToken cancel = default);

    /// <summary>Verdicts of windows that start between two times, in order.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>Episodes of a stream (null: of all) that overlap a time range, in order of start, then stream.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<IReadOnlyList<EpisodeStatus>> EpisodesAsync(string? stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>Alarms raised between two times, oldest first.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<IReadOnlyList<AlarmStatus>> AlarmsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>
    /// The reviews of a stream (null: of all), in the order in which they were made, then of their streams. A review that was written stays as
    /// it is.
    /// </summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<IReadOnlyList<ReviewStatus>> ReviewsAsync(string? stream, CancellationToken cancel = default);

    /// <summary>Entries of the audit log between two times, oldest first. One that was written stays as it is.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<IReadOnlyList<AuditEntry>> AuditAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>Forgets some entries of the audit log from before a time.</summary>
    /// <param name="before">By the server's clock.</param>
    /// <param name="max">Rows in this step.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>Whether there may be more to forget.</returns>
    /// <exception cref="StoreException">Nothing was forgotten.</exception>
    Task<bool> ForgetAuditAsync(DateTimeOffset before, int max, CancellationToken cancel = default);

    /// <summary>
    /// Forgets some of what was written before a time: verdicts, closed episodes, cleared alarms, beds that were discharged, and streams that stopped, with
    /// their stale alarms. Open episodes and other open alarms stay; so do reviews of a span with an episode that stays, and those that replace a
    /// review that stays.
    /// </summary>
    /// <param name="before">By the server's clock.</param>
    /// <param name="max">Rows of a kind in this step, so that a write never waits long.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>Whether there may be more to forget.</returns>
    /// <exception cref="StoreException">Nothing was forgotten.</exception>
    Task<bool> ForgetAsync(DateTimeOffset before, int max, CancellationToken cancel = default);

    /// <summary>Puts some of what is no longer new into a form that takes less room; reading it gives the same.</summary>
    /// <returns>Whether there may be more to pack.</returns>
    /// <exception cref="StoreException">Nothing was packed in this step.</exception>
    Task<bool> PackAsync(CancellationToken cancel = default);

    /// <summary>Episodes of which a strip may be due (of an open one, its onset's), oldest first, and what was looked for.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<IReadOnlyList<(EpisodeStatus Episode, StripKinds Kept)>> WithoutStripsAsync(int max, CancellationToken cancel = default);

    /// <summary>The strips of an episode, in order of their kinds.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<IReadOnlyList<Strip>> StripsAsync(string stream, DateTimeOffset episode, CancellationToken cancel = default);

    /// <summary>Writes a mark and reads it back the way a restarted monitor would find it.</summary>
    /// <exception cref="StoreException">A write is not durable: the disk is full, the file is gone, replaced, locked or read-only.</exception>
    Task CheckAsync(CancellationToken cancel = default);
}

/// <summary>What a monitor goes on from.</summary>
/// <param name="Streams">Where each stream stands.</param>
/// <param name="OpenEpisodes">Episodes that go on, at most one of a stream.</param>
/// <param name="OpenAlarms">Alarms that were not cleared, oldest first, at most one of a kind and stream.</param>
/// <param name="LatchedAlarms">Alarms that were cleared, latch, and were not acknowledged, oldest first.</param>
/// <param name="Undelivered">Notices that no receiver has taken yet, oldest first.</param>
public sealed record StoredMonitor(
    IReadOnlyList<StoredStream> Streams,
    IReadOnlyList<EpisodeStatus> OpenEpisodes,
    IReadOnlyList<AlarmStatus> OpenAlarms,
    IReadOnlyList<AlarmStatus> LatchedAlarms,
    IReadOnlyList<INotice> Undelivered)
{
    /// <summary>All beds, in order of their names.</summary>
    public IReadOnlyList<Bed> Beds { get; init; } = [];
}

/// <summary>The store cannot be read or written now. The message says why, in a few words without a full stop.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The file that was open is no longer there, or is another one: it has to be opened again, and has lost what it held.</summary>
    public bool IsLost { get; init; }
}
