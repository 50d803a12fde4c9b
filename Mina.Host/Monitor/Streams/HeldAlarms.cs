using Mina.Host.Monitor.Beds;
using Mina.Model;

namespace Mina.Host.Monitor.Streams;

/// <summary>
/// Alarms that streams have raised and their beds do not, because they are paused, discharged, or have the alarm of AF off. They are neither
/// stored nor told. One whose cause is still there when its bed raises alarms again is told then; of one whose cause has gone nothing is said.
/// </summary>
/// <param name="beds">Say which.</param>
/// <remarks>All members may be called by any thread.</remarks>
internal sealed class HeldAlarms(BedBook beds)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AlarmStatus> _alarms = new(StringComparer.Ordinal);

    /// <summary>Takes what has happened to an alarm.</summary>
    /// <param name="notice">What has happened.</param>
    /// <param name="isTold">Whether an earlier run has told that it was raised.</param>
    /// <returns>Whether nobody is to be told, and nothing to be stored.</returns>
    public bool Pass(AlarmNotice notice, bool isTold)
    {
        lock (_gate)
        {
            if (notice.Event != AlarmEventKind.Raised)
                return _alarms.Remove(notice.Alarm.Id);
            if (isTold || !beds.Covers(notice.Alarm))
                return false;
            _alarms[notice.Alarm.Id] = notice.Alarm;
            return true;
        }
    }

    /// <summary>Whether an alarm is held.</summary>
    public bool Has(AlarmStatus alarm)
    {
        lock (_gate)
            return _alarms.ContainsKey(alarm.Id);
    }

    /// <summary>Lets go of those whose beds raise alarms again.</summary>
    public IReadOnlyList<AlarmStatus> Release()
    {
        lock (_gate)
        {
            if (_alarms.Count == 0)
                return [];
            var due = _alarms.Values.Where(alarm => !beds.Hides(alarm)).OrderBy(alarm => alarm.Raised).ToList();
            due.ForEach(alarm => _alarms.Remove(alarm.Id));
            return due;
        }
    }
}
