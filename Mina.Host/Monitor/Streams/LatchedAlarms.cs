using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Streams;

/// <summary>
/// Alarms whose cause has gone and which nobody has acknowledged, of the kinds that latch. The store has them too, so that they are listed
/// after a restart until a person has seen them, or until the retention has passed and their episode is gone as well.
/// </summary>
/// <remarks>All members may be called by any thread.</remarks>
internal sealed class LatchedAlarms
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AlarmStatus> _alarms = new(StringComparer.Ordinal);
    private readonly HashSet<string> _acknowledged = new(StringComparer.Ordinal);
    private volatile AlarmStatus[] _all = [];

    /// <summary>All of them, newest first; the same list until one comes or goes.</summary>
    public IReadOnlyList<AlarmStatus> All => _all;

    /// <summary>Begins with what an earlier run left.</summary>
    public void Begin(IEnumerable<AlarmStatus> alarms)
    {
        lock (_gate)
        {
            foreach (var alarm in alarms)
                _alarms[alarm.Id] = alarm;
            Sort();
        }
    }

    /// <summary>Finds a latched alarm by its id; null when no latched alarm has it.</summary>
    public AlarmStatus? Find(string id)
    {
        lock (_gate)
            return _alarms.GetValueOrDefault(id);
    }

    /// <summary>Takes what has happened to alarms, as it is written to the store; a replay may tell of the same again.</summary>
    /// <param name="alarm">The alarm after it.</param>
    /// <param name="isKnownAcknowledged">Whether an earlier run has stored that it was acknowledged.</param>
    public void Pass(AlarmStatus alarm, bool isKnownAcknowledged)
    {
        if (alarm.Cleared is null)
            return;
        lock (_gate)
        {
            if (_acknowledged.Remove(alarm.Id) || !alarm.IsLatched || isKnownAcknowledged)
                return;
            _alarms[alarm.Id] = alarm;
            Sort();
        }
    }

    /// <summary>A person has acknowledged an alarm, and the store has it.</summary>
    /// <param name="id">The alarm's id.</param>
    /// <param name="isActive">Whether its cause is there still, so that it may be cleared by a stream that has not learned of this yet.</param>
    public void Acknowledge(string id, bool isActive)
    {
        lock (_gate)
        {
            if (isActive)
                _acknowledged.Add(id);
            if (_alarms.Remove(id))
                Sort();
        }
    }

    /// <summary>Lets go of those that the store has forgotten.</summary>
    public void Forget(DateTimeOffset before)
    {
        lock (_gate)
        {
            foreach (var alarm in _alarms.Values.Where(alarm => alarm.Cleared < before).ToList())
                _alarms.Remove(alarm.Id);
            Sort();
        }
    }

    /// <summary>Adds them to what a store that lost its content is to hold.</summary>
    public void Put(StoreChanges changes)
    {
        foreach (var alarm in _all)
            changes.Put(alarm);
    }

    private void Sort() => _all = [.. _alarms.Values.OrderByDescending(alarm => alarm.Raised).ThenBy(alarm => alarm.Id, StringComparer.Ordinal)];
}
