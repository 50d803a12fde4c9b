using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Model;
using Mina.Streaming.Live.Partitions;

namespace Mina.Host.Monitor.Running;

/// <summary>
/// The alarms that are listed, and their acknowledgement: those of the streams, and those that latch when the streams have cleared them.
/// An acknowledgement is stored before the stream learns of it, so that
/// nobody sees one that a restart would lose.
/// </summary>
/// <param name="shell">Holds the streams, whose values hold the alarms.</param>
/// <param name="history">Stores acknowledgements.</param>
/// <param name="beds">Say which alarms are not to be seen now.</param>
/// <param name="writer">Knows the latched alarms, and which streams' alarms are not stored yet because an earlier run's are not settled.</param>
/// <param name="time">The server's clock.</param>
internal sealed class OpenAlarms(
    StreamShell<StreamValue, StreamEvent, StreamOutput> shell, History history, BedBook beds, HistoryWriter writer, TimeProvider time) : IDisposable
{
    // In beats a minute: AF is too fast from here on (2020 ESC guidelines on atrial fibrillation, section 11.1: lenient rate control).
    private const double FastRate = 110;

    // A stream clears an alarm some milliseconds before it is written, and latched. Nobody is to see it go and come back.
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _acknowledging = new(1, 1);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _fast = new(StringComparer.Ordinal);
    private Dictionary<string, (AlarmStatus Alarm, DateTimeOffset Seen)> _last = [];

    /// <summary>The alarms of all streams, newest first.</summary>
    public IReadOnlyList<AlarmStatus> All
    {
        get
        {
            var active = shell.Streams.SelectMany(stream => stream.Value.Alarms.Active.Select(alarm => ActiveOf(stream.Key, stream.Value, alarm)))
                .Where(alarm => !beds.Hides(alarm)).ToList();
            // After the streams: one that is cleared between the two looks is in both, and never in neither.
            var latched = writer.Latched.All;
            var listed = WithRate(active.Concat(latched).Concat(Leaving(active)).DistinctBy(alarm => alarm.Id));
            return [.. listed.OrderByDescending(alarm => alarm.Raised).ThenBy(alarm => alarm.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary>Acknowledges an alarm: stores it, and passes it on to the stream.</summary>
    /// <param name="alarm">The alarm's id.</param>
    /// <param name="by">The person who acknowledges it.</param>
    /// <param name="cancel">Gives up while another acknowledgement is under way.</param>
    /// <returns>False where there is no such alarm, or it is acknowledged already, or cleared and does not latch.</returns>
    /// <exception cref="StoreException">It cannot be stored; the alarm is not acknowledged.</exception>
    public async Task<bool> AcknowledgeAsync(string alarm, string by, CancellationToken cancel)
    {
        if (!Identity.TryReadAlarm(alarm, out var stream, out var kind, out _))
            return false;
        // One at a time: of two people who acknowledge the same alarm, the second finds that the first was quicker.
        await _acknowledging.WaitAsync(cancel);
        try
        {
            var active = FindActive(shell.Find(stream), stream, alarm);
            var found = active ?? writer.Latched.Find(alarm);
            if (found is not { Acknowledged: null } || (active is not null && beds.Hides(active)))
                return false;
            if (writer.Holds(stream))
                throw new StoreException("the monitor has just started, and the alarm is not stored yet");
            var now = StoreTime.Truncate(time.GetUtcNow());
            var acknowledged = found with { Acknowledged = now < found.Raised ? found.Raised : now, AcknowledgedBy = by };
            if (active is null)
            {
                await writer.AcknowledgeAsync(acknowledged);
                lock (_gate)
                    _last.Remove(alarm);
                return true;
            }

            var changes = new StoreChanges();
            changes.Put(acknowledged);
            await history.WriteNowAsync(changes);
            writer.Latched.Acknowledge(alarm, isActive: true);
            var after = await shell.SendAsync(stream, now, StreamEvent.NewAcknowledge(kind, by), CancellationToken.None);
            // The stream has cleared it meanwhile, and tells of nothing.
            if (FindActive(after, stream, alarm) is not { Acknowledged: not null })
                await writer.AcknowledgeAsync(acknowledged);
            lock (_gate)
                _last.Remove(alarm);
            return true;
        }
        finally
        {
            _acknowledging.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _acknowledging.Dispose();

    private static AlarmStatus? FindActive(StreamValue? state, string stream, string id) =>
        state?.Alarms.Active.Select(active => StreamStatuses.AlarmOf(stream, active)).FirstOrDefault(one => one.Id == id);

    private static AlarmStatus ActiveOf(string name, StreamValue stream, ActiveAlarm active) => StreamStatuses.AlarmOf(name, active) with
    {
        IsFast = active.Kind == AlarmKind.AF && stream.Last is { IsValueSome: true, Value.HeartRate: >= FastRate },
    };

    // AF that was fast once stays so, so that the list does not change its order with every beat.
    private List<AlarmStatus> WithRate(IEnumerable<AlarmStatus> alarms)
    {
        lock (_gate)
        {
            var all = alarms.ToList();
            foreach (var alarm in all.Where(alarm => alarm.IsFast))
                _fast.Add(alarm.Id);
            _fast.IntersectWith(all.Select(alarm => alarm.Id));
            return all.ConvertAll(alarm => _fast.Contains(alarm.Id) ? alarm with { IsFast = true } : alarm);
        }
    }

    private List<AlarmStatus> Leaving(List<AlarmStatus> active)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var ids = active.Select(alarm => alarm.Id).ToHashSet(StringComparer.Ordinal);
            var leaving = _last.Values.Where(one => !ids.Contains(one.Alarm.Id) && now - one.Seen < OnItsWay).ToList();
            var unseen = active.Where(alarm => alarm.Acknowledged is null && Alarms.Latches(alarm.Kind)).Select(alarm => (Alarm: alarm, Seen: now));
            _last = unseen.Concat(leaving).ToDictionary(one => one.Alarm.Id, StringComparer.Ordinal);
            return [.. leaving.Select(one => one.Alarm)];
        }
    }
}
