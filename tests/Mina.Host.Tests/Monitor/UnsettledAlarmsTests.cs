using Mina.Host.Monitor;
using Mina.Host.Monitor.Streams;
using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>After a kill, two alarms of a kind are never open at one time.</summary>
public sealed class UnsettledAlarmsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly UnsettledAlarms _alarms = new();

    [Fact]
    public void An_alarm_of_a_kind_that_no_earlier_run_left_open_passes_at_once()
    {
        _alarms.Begin([Alarm(0)]);
        Assert.Equal(["other~AF 5 Raised"], Pass(AlarmEventKind.Raised, Alarm(5) with { Stream = "other" }));
        Assert.Equal(["bed~Stale 5 Raised"], Pass(AlarmEventKind.Raised, Alarm(5) with { Kind = AlarmKind.Stale }));
        Assert.False(_alarms.HoldsAny);
    }

    [Fact]
    public void Another_alarm_of_a_kind_waits_until_the_replay_has_cleared_the_one_that_was_open()
    {
        _alarms.Begin([Alarm(0)]);
        Assert.Empty(Pass(AlarmEventKind.Raised, Alarm(5)));
        Assert.True(_alarms.Holds("bed"));
        Assert.False(_alarms.Holds("other"));
        Assert.Equal(["bed~AF 5 Raised", "bed~AF 0 Cleared"], Pass(AlarmEventKind.Cleared, Alarm(0)));
        Assert.False(_alarms.HoldsAny);
        Assert.Equal(["bed~AF 5 Cleared"], Pass(AlarmEventKind.Cleared, Alarm(5)));
    }

    [Fact]
    public void What_waits_when_all_is_settled_comes_in_order_once()
    {
        _alarms.Begin([Alarm(0), Alarm(0) with { Kind = AlarmKind.Stale }]);
        Pass(AlarmEventKind.Raised, Alarm(5));
        Pass(AlarmEventKind.Acknowledged, Alarm(5));
        Assert.Empty(_alarms.Release("bed"));
        Assert.Equal(["bed"], _alarms.Settle());
        Assert.Equal(["bed~AF 5 Raised", "bed~AF 5 Acknowledged"], _alarms.Release("bed").Select(Name));
        Assert.Empty(_alarms.Release("bed"));
        Assert.Equal(["bed~AF 9 Raised"], Pass(AlarmEventKind.Raised, Alarm(9)));
    }

    [Fact]
    public void An_alarm_that_happens_again_before_what_waits_was_released_takes_it_along()
    {
        _alarms.Begin([Alarm(0)]);
        Pass(AlarmEventKind.Raised, Alarm(5));
        _alarms.Settle();
        Assert.Equal(["bed~AF 5 Raised", "bed~AF 5 Cleared"], Pass(AlarmEventKind.Cleared, Alarm(5)));
        Assert.Empty(_alarms.Release("bed"));
    }

    private static AlarmStatus Alarm(int second) => new("bed", AlarmKind.AF, Start.AddSeconds(second), null, null, null);

    private static string Name(AlarmNotice notice) =>
        $"{notice.Alarm.Stream}~{notice.Alarm.Kind} {(notice.Alarm.Raised - Start).TotalSeconds} {notice.Event}";

    private List<string> Pass(AlarmEventKind happened, AlarmStatus alarm) => [.. _alarms.Pass(new AlarmNotice(happened, alarm)).Select(Name)];
}
