using Mina.Model;

namespace Mina.Host.Monitor.Page;

/// <summary>An alarm as the page lists it: with those of the same stream that nobody has acknowledged either.</summary>
/// <param name="First">The alarm that is shown: the one whose cause is there or, when all are over, the latest.</param>
/// <param name="Others">The others, which are over, latest first.</param>
internal sealed record AlarmGroup(AlarmStatus First, IReadOnlyList<AlarmStatus> Others)
{
    /// <summary>All of them.</summary>
    public IEnumerable<AlarmStatus> All => Others.Prepend(First);

    /// <summary>
    /// Groups alarms and puts them in order: by priority, whether or not they are acknowledged; within each, those that nobody has
    /// acknowledged first, and of those the escalated ones; then the ones whose cause is still there; and then the latest.
    /// </summary>
    public static List<AlarmGroup> Arrange(IEnumerable<AlarmStatus> alarms) =>
    [
        .. alarms.GroupBy(alarm => IsUnseenAF(alarm) ? alarm.Stream : alarm.Id, StringComparer.Ordinal)
            .Select(group => group.OrderBy(alarm => alarm.Cleared is not null).ThenByDescending(alarm => alarm.Raised).ToList())
            .Select(group => new AlarmGroup(group[0], group[1..]))
            .OrderByDescending(group => group.First.Priority)
            .ThenBy(group => group.First.Acknowledged is not null)
            .ThenByDescending(group => group.All.Any(alarm => alarm.IsEscalated))
            .ThenBy(group => group.First.Cleared is not null)
            .ThenBy(group => group.First.Kind)
            .ThenByDescending(group => group.First.Raised),
    ];

    private static bool IsUnseenAF(AlarmStatus alarm) => alarm is { Kind: AlarmKind.AF, Acknowledged: null };
}
