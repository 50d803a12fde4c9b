using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Streaming.Live.Partitions;

namespace Mina.Host.Monitor.Running;

/// <summary>
/// The alarms that are not cleared yet, and their acknowledgement. An acknowledgement is stored before the stream learns of it, so that
/// nobody sees one that a restart would lose.
/// </summary>
/// <param name="shell">Holds the streams, whose values hold the alarms.</param>
/// <param name="history">Stores acknowledgements.</param>
/// <param name="waits">Whether alarms of a stream are not stored yet, because an earlier run's are not settled.</param>
/// <param name="time">The server's clock.</param>
internal sealed class OpenAlarms(
    StreamShell<StreamValue, StreamEvent, StreamOutput> shell, History history, Func<string, bool> waits, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _acknowledging = new(1, 1);

    /// <summary>The alarms of all streams, newest first.</summary>
    public IReadOnlyList<AlarmStatus> All =>
    [
        .. shell.Streams.SelectMany(stream => stream.Value.Alarms.Active.Select(alarm => StreamStatuses.AlarmOf(stream.Key, alarm)))
            .OrderByDescending(alarm => alarm.Raised).ThenBy(alarm => alarm.Id, StringComparer.Ordinal),
    ];

    /// <summary>Acknowledges an alarm: stores it, and passes it on to the stream.</summary>
    /// <param name="alarm">The alarm's id.</param>
    /// <param name="by">The person who acknowledges it.</param>
    /// <param name="cancel">Gives up while another acknowledgement is under way.</param>
    /// <returns>False where there is no such alarm, or it is acknowledged or cleared already.</returns>
    /// <exception cref="StoreException">It cannot be stored; the alarm is not acknowledged.</exception>
    public async Task<bool> AcknowledgeAsync(string alarm, string by, CancellationToken cancel)
    {
        if (!Identity.TryReadAlarm(alarm, out var stream, out var kind, out _))
            return false;
        // One at a time: of two people who acknowledge the same alarm, the second finds that the first was quicker.
        await _acknowledging.WaitAsync(cancel);
        try
        {
            var found = shell.Find(stream)?.Alarms.Active.Select(active => StreamStatuses.AlarmOf(stream, active)).FirstOrDefault(one => one.Id == alarm);
            if (found is not { Acknowledged: null })
                return false;
            if (waits(stream))
                throw new StoreException("the monitor has just started, and the alarm is not stored yet");
            var now = StoreTime.Truncate(time.GetUtcNow());
            var changes = new StoreChanges();
            changes.Put(found with { Acknowledged = now < found.Raised ? found.Raised : now, AcknowledgedBy = by });
            await history.WriteNowAsync(changes);
            await shell.SendAsync(stream, now, StreamEvent.NewAcknowledge(kind, by), CancellationToken.None);
            return true;
        }
        finally
        {
            _acknowledging.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _acknowledging.Dispose();
}
