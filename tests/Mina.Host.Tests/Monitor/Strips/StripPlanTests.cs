using Mina.Host.Monitor;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Strips;
using Xunit;

namespace Mina.Host.Tests.Monitor.Strips;

/// <summary>Which strips are due when, and where the least certain minute lies.</summary>
public sealed class StripPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_strip_is_due_when_the_signal_has_come_as_far_as_it_reaches()
    {
        var open = new EpisodeStatus("bed", Start, Start.AddMinutes(5), true, 0.9);
        Assert.Empty(StripPlan.Due(open, StripKinds.None, Start.AddSeconds(29)));
        Assert.Equal([StripKinds.Onset], StripPlan.Due(open, StripKinds.None, Start.AddSeconds(30)));
        Assert.Empty(StripPlan.Due(open, StripKinds.Onset, Start.AddDays(1)));
        var closed = open with { Open = false };
        Assert.Equal([StripKinds.Onset], StripPlan.Due(closed, StripKinds.None, closed.End.AddSeconds(29)));
        Assert.Equal([StripKinds.End, StripKinds.LeastCertain], StripPlan.Due(closed, StripKinds.Onset, Start.AddSeconds(330)));
        Assert.Empty(StripPlan.Due(closed, StripKinds.All, DateTimeOffset.MaxValue));
    }

    [Fact]
    public void All_strips_are_due_when_the_device_s_clock_went_back_behind_the_end()
    {
        var closed = new EpisodeStatus("bed", Start, Start.AddMinutes(5), false, 0.9);
        Assert.Equal(
            [StripKinds.Onset, StripKinds.End, StripKinds.LeastCertain], StripPlan.Due(closed, StripKinds.None, Start.AddYears(-1)));
    }

    [Fact]
    public void The_least_certain_minute_is_the_one_whose_probabilities_lie_nearest_to_one_half()
    {
        var episode = new EpisodeStatus("bed", Start, Start.AddMinutes(10), false, 0.9);
        var windows = Enumerable.Range(0, 360).Select(i => Start.AddSeconds(i * 5 / 3.0))
            .Select(at => new WindowStatus(at, Probability(at), "af", null)).ToList();
        Assert.Equal((Start.AddMinutes(4), Start.AddMinutes(5)), StripPlan.LeastCertainMinute(episode, windows));
        Assert.Null(StripPlan.LeastCertainMinute(episode with { End = Start.AddSeconds(179) }, windows));
        Assert.Null(StripPlan.LeastCertainMinute(episode, []));
        Assert.Null(StripPlan.LeastCertainMinute(episode, [.. windows.Select(window => window with { Probability = null })]));

        static double? Probability(DateTimeOffset at) =>
            at >= Start.AddMinutes(4) && at <= Start.AddMinutes(5) ? 0.55 : at.Second == 7 ? null : 0.99;
    }
}
