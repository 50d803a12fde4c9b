namespace Mina.Host.Monitor.Streams;

/// <summary>
/// Alarms that an earlier run left open and of which it is not known yet whether the streams go on with them. A stream that showed a chunk
/// that was never on disk is without it after a kill, and its replay may raise another alarm of the same kind at another time. Then that one
/// waits until it is known which of the two is open: the earlier one raised again, or cleared, by the replay; or the new one, when all of
/// the earlier run has been replayed.
/// </summary>
/// <remarks>All members may be called by any thread.</remarks>
internal sealed class UnsettledAlarms
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Stream, Model.AlarmKind Kind), Pair> _open = [];
    private bool _isSettled;

    /// <summary>Begins with what an earlier run left open.</summary>
    public void Begin(IEnumerable<AlarmStatus> open)
    {
        lock (_gate)
        {
            foreach (var alarm in open)
                _open[(alarm.Stream, alarm.Kind)] = new Pair(alarm.Id, []);
        }
    }

    /// <summary>Whether something waits.</summary>
    public bool HoldsAny
    {
        get
        {
            lock (_gate)
                return _open.Values.Any(pair => pair.Waiting.Count > 0);
        }
    }

    /// <summary>Whether something of a stream waits.</summary>
    public bool Holds(string stream)
    {
        lock (_gate)
            return _open.Any(one => one.Key.Stream == stream && one.Value.Waiting.Count > 0);
    }

    /// <summary>What is to be written and told of now that something has happened to an alarm, in order; it may be nothing.</summary>
    public IReadOnlyList<AlarmNotice> Pass(AlarmNotice notice)
    {
        var key = (notice.Alarm.Stream, notice.Alarm.Kind);
        lock (_gate)
        {
            if (!_open.TryGetValue(key, out var pair))
                return [notice];
            if (!_isSettled && pair.Id != notice.Alarm.Id)
            {
                pair.Waiting.Add(notice);
                return [];
            }

            _open.Remove(key);
            return [.. pair.Waiting, notice];
        }
    }

    /// <summary>All of the earlier run was replayed, and alarms with which no stream goes on are cleared.</summary>
    /// <returns>Streams of which something waits; <see cref="Release"/> gives it.</returns>
    public IReadOnlyList<string> Settle()
    {
        lock (_gate)
        {
            _isSettled = true;
            foreach (var key in _open.Where(one => one.Value.Waiting.Count == 0).Select(one => one.Key).ToList())
                _open.Remove(key);
            return [.. _open.Keys.Select(key => key.Stream).Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>What has waited of a stream, in order, once everything is settled.</summary>
    public IReadOnlyList<AlarmNotice> Release(string stream)
    {
        var released = new List<AlarmNotice>();
        lock (_gate)
        {
            if (!_isSettled || _open.Count == 0)
                return released;
            foreach (var key in _open.Keys.Where(key => key.Stream == stream).ToList())
            {
                released.AddRange(_open[key].Waiting);
                _open.Remove(key);
            }
        }

        return released;
    }

    private sealed record Pair(string Id, List<AlarmNotice> Waiting);
}
