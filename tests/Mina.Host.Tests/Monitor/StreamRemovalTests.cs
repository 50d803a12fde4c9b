using System.Net;
using Mina.Host.Monitor;
using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>Streams can be removed while they are silent, and requests that cannot be read are answered by one sentence.</summary>
public sealed class StreamRemovalTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_silent_stream_is_removed_stays_away_after_a_restart_and_leaves_its_history()
    {
        using var folder = new TemporaryFolder();
        var before = 0;
        await using (var monitor = await RunningMonitor.StartAsync(folder, ("StaleAfter", "00:00:01")))
        {
            Assert.Equal(HttpStatusCode.NotFound, (await monitor.Client.DeleteAsync("/api/streams/bed")).StatusCode);
            await RunningMonitor.SendAsync(monitor.Http, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 60), Start));
            await monitor.VerdictsAsync("bed", 31);
            await RunningMonitor.Until(() => monitor.Service.Alarms.Any(alarm => alarm.Kind == AlarmKind.Stale));
            await RunningMonitor.UntilAsync(async () => (await monitor.Client.DeleteAsync("/api/streams/bed")).StatusCode == HttpStatusCode.NoContent);
            Assert.Null(monitor.Service.Find("bed"));
            // Nobody has acknowledged the AF; the stream is not needed for that.
            var latched = Assert.Single(monitor.Service.Alarms);
            Assert.Equal(AlarmKind.AF, latched.Kind);
            Assert.All(monitor.Service.AllAlarms(), alarm => Assert.NotNull(alarm.Cleared));
            Assert.All(await monitor.GetAsync<EpisodeStatus[]>("/api/episodes?stream=bed"), episode => Assert.False(episode.Open));
            before = monitor.Service.AllAlarms().Count;
            Assert.Equal(HttpStatusCode.NotFound, (await monitor.Client.GetAsync("/api/streams/bed/samples")).StatusCode);
        }

        await using (var monitor = await RunningMonitor.StartAsync(folder, ("StaleAfter", "00:00:01")))
        {
            Assert.Empty(monitor.Service.Streams);
            Assert.Equal(before, monitor.Service.AllAlarms().Count);
            await RunningMonitor.SendAsync(monitor.Http, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 20), Start.AddHours(1)));
            await RunningMonitor.Until(() => monitor.Service.Find("bed") is not null);
        }
    }

    [Fact]
    public async Task A_stream_that_sends_stays()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("StaleAfter", "01:00:00"));
        await RunningMonitor.SendAsync(monitor.Http, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 20), Start));
        await monitor.VerdictsAsync("bed", 6);
        var answer = await monitor.Client.DeleteAsync("/api/streams/bed");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("still sending", await answer.Content.ReadAsStringAsync());
        Assert.NotNull(monitor.Service.Find("bed"));
    }

    [Fact]
    public async Task Names_that_brought_no_window_raise_no_storm_of_alarms()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("StaleAfter", "00:00:03"));
        for (var i = 0; i < 100; i++)
            await monitor.Service.Streaming.OfferAsync($"name-{i}", new SampleChunk(0, Start, 250, [0.1f]));
        await RunningMonitor.Until(() => monitor.Service.Streams.All(stream => stream.State == StreamState.Stale));
        await Task.Delay(2000);
        Assert.InRange(monitor.Service.AllAlarms().Count, 0, 25);
    }

    [Fact]
    public void A_name_that_brought_no_window_holds_its_place_for_ten_seconds_and_a_stream_for_an_hour()
    {
        var fold = new ModelFold(StreamRules.At(0.5));
        var tools = new CutterTools(new CutterOptions());
        var now = DateTimeOffset.UtcNow;
        var name = fold.Step(fold.Start("name"), now, StreamEvent.NewChunk(new SampleChunk(0, Start, 300, new float[300])), tools, []);
        Assert.True(fold.TakesPlace(name, now.AddSeconds(9)));
        Assert.False(fold.TakesPlace(name, now.AddSeconds(11)));
        var samples = RunningMonitor.Beats("", 1, 300, 20).Samples;
        var stream = fold.Step(fold.Start("bed"), now, StreamEvent.NewChunk(new SampleChunk(0, Start, 300, samples)), tools, []);
        Assert.True(fold.TakesPlace(stream, now.AddMinutes(59)));
        Assert.False(fold.TakesPlace(stream, now.AddMinutes(61)));
    }

    [Theory]
    [InlineData("/api/streams/bed/verdicts?from=yesterday", "'from' is no time")]
    [InlineData("/api/streams/bed/trend?minutes=many", "'minutes' is no number")]
    [InlineData("/api/alarms?all=perhaps", "'all' is neither true nor false")]
    [InlineData("/api/episodes?to=9", "'to' is no time")]
    [InlineData("/api/episodes.csv?from=x", "'from' is no time")]
    [InlineData("/api/streams/bed/samples?from=x", "'from' is no time")]
    [InlineData("/api/streams/bed/samples.zip?to=x", "'to' is no time")]
    [InlineData("/api/streams/bed/episodes.atr?from=x", "'from' is no time")]
    public async Task A_request_that_cannot_be_read_is_answered_by_one_sentence(string path, string sentence)
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        var answer = await monitor.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(sentence, System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString());
    }
}
