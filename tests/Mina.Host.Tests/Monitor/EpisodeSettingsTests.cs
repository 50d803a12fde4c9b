using Mina.Host.Monitor;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>The rules of episodes: as in <c>classify</c>, or as the settings say; and what is shown of AF that is no episode yet.</summary>
public sealed class EpisodeSettingsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    // A test waits for verdicts, not for the clock: no stream is stale meanwhile.
    private static readonly (string, string?)[] Patient = [("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"), ("MaxVerdictAge", "00:10:00")];

    [Fact]
    public async Task By_default_the_episodes_of_a_stream_are_those_of_classify()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("CloseAfter", "00:00:05"));
        var recording = WithGap(40);
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(recording, Start));
        await RunningMonitor.Until(() => Episodes(monitor) is [_, { Open: false }]);

        var file = Detector.Load(RunningMonitor.Model(folder)).WithThreshold(0.001).Classify(recording);
        Assert.Equal(
            file.Episodes.Select(episode => (Math.Round(episode.StartSeconds, 4), Math.Round(episode.EndSeconds, 4), Math.Round(episode.MeanProbability, 6))),
            Episodes(monitor).Select(
                episode => (Math.Round((episode.Start - Start).TotalSeconds, 4), Math.Round((episode.End - Start).TotalSeconds, 4),
                    Math.Round(episode.MeanProbability, 6))));
    }

    [Fact]
    public async Task A_longer_bridge_makes_one_episode_of_two()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, [.. Patient, ("Episodes:BridgeSeconds", "60")]);
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(WithGap(40), Start));
        await monitor.VerdictsAsync("bed", 91);
        var episode = Assert.Single(Episodes(monitor));
        Assert.True(episode.Start < Start.AddSeconds(10) && episode.End > Start.AddSeconds(140));
    }

    [Fact]
    public async Task AF_of_less_than_an_episode_is_possible_AF_without_an_alarm_and_then_AF_with_one()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, Patient);
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 60), Start).ToList();
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks.Take(20));
        await monitor.VerdictsAsync("bed", 7);
        var early = monitor.Service.Find("bed")!;
        Assert.Equal((StreamState.PossibleAF, "under 30 s"), (early.State, early.Reason));
        Assert.NotNull(early.Probability);
        // The page draws a row again only when its list is another one.
        Assert.Same(early.Recent, monitor.Service.Find("bed")!.Recent);
        Assert.Empty(monitor.Service.Alarms);
        Assert.Contains("\"PossibleAF\"", await monitor.Client.GetStringAsync("/api/streams/bed"));

        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks.Skip(20));
        await monitor.VerdictsAsync("bed", 31);
        Assert.Equal((StreamState.AF, null), (monitor.Service.Find("bed")!.State, monitor.Service.Find("bed")!.Reason));
        Assert.Equal(AlarmKind.AF, Assert.Single(monitor.Service.Alarms).Kind);
    }

    [Fact]
    public async Task A_window_below_the_onset_but_above_the_threshold_is_AF_and_begins_no_episode()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, [.. Patient, ("Episodes:Onset", "1")]);
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 60), Start));
        Assert.All(await monitor.VerdictsAsync("bed", 31), verdict => Assert.Equal("af", verdict.Verdict));
        Assert.Equal(StreamState.PossibleAF, monitor.Service.Find("bed")!.State);
        Assert.Empty(Episodes(monitor));
    }

    [Theory]
    [InlineData("Episodes:Onset", "1.5", "probability")]
    [InlineData("Episodes:Offset", "-0.1", "probability")]
    [InlineData("Episodes:MinimumSeconds", "-1", "0 and 3600")]
    [InlineData("Episodes:MergeGapSeconds", "NaN", "0 and 3600")]
    [InlineData("Episodes:BridgeSeconds", "4000", "0 and 3600")]
    [InlineData("Episodes:SmoothingSeconds", "ten", "SmoothingSeconds")]
    [InlineData("Episodes:MinimunSeconds", "30", "MinimunSeconds")]
    [InlineData("Retention", "abc", "Retention")]
    [InlineData("Retention", "00:00:00", "30 days")]
    [InlineData("StaleAfter", "-00:00:05", "5 s")]
    [InlineData("CloseAfter", "00:00:00", "a minute")]
    [InlineData("MaxStreams", "0", "less than 1")]
    [InlineData("KeptSeconds", "9", "less than 10")]
    [InlineData("MaxMessageBytes", "10", "less than 1000")]
    [InlineData("MaxSamplesPerSecond", "1", "slowest")]
    [InlineData("Threshold", "1", "between 0 and 1")]
    [InlineData("Urls", "nowhere", "no address")]
    [InlineData("Urls", "http://127.0.0.1:99999999", "no address")]
    [InlineData("Broker", "localhost:1883", "no address")]
    [InlineData("Mqtt", "http://broker", "broker's address")]
    [InlineData("Webhook", "nowhere", "no address")]
    [InlineData("Otlp", "nowhere", "no address")]
    [InlineData("Replay", "/nowhere", "not there")]
    [InlineData("Follow", "/nowhere.csv", "not there")]
    public void A_wrong_setting_is_told_in_one_sentence(string setting, string value, string says)
    {
        var refused = Assert.Throws<ProblemException>(() => MonitorHost.Build(new Dictionary<string, string?> { [setting] = value }));
        Assert.Contains(says, refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void An_offset_above_the_onset_is_refused_also_where_the_onset_is_the_model_s_threshold()
    {
        var refused = Assert.Throws<ProblemException>(() => new EpisodeOptions { Offset = 0.6 }.RulesAt(0.5));
        Assert.Contains("above the onset, 0.5", refused.Message);
        Assert.Equal(EpisodeRules.At(0.3), new EpisodeOptions().RulesAt(0.3));
    }

    private static IReadOnlyList<EpisodeStatus> Episodes(RunningMonitor monitor) => monitor.Service.Episodes("bed", Start, Start.AddHours(1));

    /// <summary>A minute of beats, the lead off for some seconds, a minute of beats.</summary>
    private static Recording WithGap(int seconds)
    {
        var recording = RunningMonitor.Beats("bed", 1, 300, 120 + seconds);
        Array.Fill(recording.Samples, 0.2f, 60 * 300, seconds * 300);
        return recording;
    }
}
