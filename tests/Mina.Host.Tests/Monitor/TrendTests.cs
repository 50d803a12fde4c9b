using Mina.Host.Monitor;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>Heart rate and burden over time count each second once.</summary>
public sealed class TrendTests
{
    private const double Stride = 5.0 / 3;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_step_has_the_rates_of_its_windows_and_the_AF_of_its_episodes()
    {
        var windows = Windows(0, 120, at => at < 60 ? 60 : 90);
        EpisodeStatus[] episodes = [new("bed", Start.AddSeconds(30), Start.AddSeconds(75), false, 0.9)];
        var trend = Trend.Compute(Start, Start.AddSeconds(120), TimeSpan.FromMinutes(1), windows, episodes);
        Assert.Equal(2, trend.Count);
        Assert.Equal((60.0, 60.0, 60.0), (trend[0].HeartRate, trend[0].MinHeartRate, trend[0].MaxHeartRate));
        Assert.Equal((90.0, 15.0, 0.25), (trend[1].HeartRate, trend[1].AFSeconds, Math.Round(trend[1].Burden!.Value, 6)));
        Assert.Equal((30.0, 0.5), (trend[0].AFSeconds, Math.Round(trend[0].Burden!.Value, 6)));
        Assert.Equal(60, trend[0].ClassifiableSeconds, 3);
    }

    [Fact]
    public void Time_without_a_verdict_is_not_classifiable_and_has_no_burden()
    {
        List<WindowStatus> windows = [.. Windows(0, 60, _ => 70), .. Windows(180, 240, _ => null).Select(window => window with { Probability = null })];
        var trend = Trend.Compute(Start, Start.AddSeconds(210), TimeSpan.FromMinutes(1), windows, []);
        Assert.Equal([60, 0, 0, 0], trend.Select(step => (int)Math.Round(step.ClassifiableSeconds)));
        Assert.Equal([0.0, null, null, null], trend.Select(step => step.Burden));
        Assert.Null(trend[3].HeartRate);
    }

    private static List<WindowStatus> Windows(double from, double to, Func<double, double?> rate) =>
    [
        .. Enumerable.Range(0, (int)Math.Round((to - from) / Stride)).Select(i => from + (i * Stride))
            .Select(at => new WindowStatus(Start.AddSeconds(at), 0.5, "not_af", null) { HeartRate = rate(at) }),
    ];
}
