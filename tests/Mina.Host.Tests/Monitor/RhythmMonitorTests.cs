using System.Net;
using System.Net.Http.Json;
using Mina.Host.Monitor;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Simulation;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>The shipped model with its rhythm level: a stream has the episodes that <c>classify</c> finds in its file.</summary>
public sealed class RhythmMonitorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_episodes_of_a_stream_are_those_of_classify_and_are_the_rhythm_levels()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Model", null), ("Threshold", null), ("CloseAfter", "00:00:05"));
        var recording = Recording();
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(recording, Start));

        var file = Detector.Shipped.Classify(recording);
        Assert.NotNull(file.Rhythm);
        Assert.NotEmpty(file.Episodes);
        await RunningMonitor.Until(() => Episodes(monitor) is [.., { Open: false }] all && all.Count == file.Episodes.Count);
        Assert.Equal(
            file.Episodes.Select(episode => (Math.Round(episode.StartSeconds, 4), Math.Round(episode.EndSeconds, 4), Math.Round(episode.MeanProbability, 6))),
            Episodes(monitor).Select(
                episode => (Math.Round((episode.Start - Start).TotalSeconds, 4), Math.Round((episode.End - Start).TotalSeconds, 4),
                    Math.Round(episode.MeanProbability, 6))));
        var verdicts = await monitor.VerdictsAsync("bed", file.Windows.Count);
        Assert.Equal(file.Windows.Select(window => window.Probability), verdicts.Select(verdict => verdict.Probability));
    }

    [Fact]
    public async Task An_episode_keeps_its_strips_and_the_stream_has_a_trend()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Model", null), ("Threshold", null), ("CloseAfter", "00:00:05"));
        var recording = Recording();
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(recording, Start));
        await RunningMonitor.Until(() => Episodes(monitor) is [.., { Open: false }]);
        var episode = Assert.Single(Episodes(monitor));
        StripSamples[] strips = [];
        await RunningMonitor.UntilAsync(async () =>
            (strips = (await monitor.Client.GetFromJsonAsync<StripSamples[]>($"/api/episodes/{episode.Id}/strips", RunningMonitor.Json))!).Length == 2);
        // 120 s of AF have no minute that is the least certain of a long episode.
        Assert.Equal(["onset", "end"], strips.Select(strip => strip.Kind));
        var end = Assert.Single(strips[1].Stretches);
        Assert.Equal((Shapes.Fs, 60 * Shapes.Fs), ((int)end.Fs, end.Millivolts.Length));
        var first = (int)Math.Round((end.From - Start).TotalSeconds * Shapes.Fs);
        Assert.Equal(recording.Samples[first..(first + (60 * Shapes.Fs))], end.Millivolts.Select(v => v!.Value));
        // Before the first sample there is nothing to keep.
        Assert.Equal(Start, strips[0].Stretches[0].From);
        using var zip = await monitor.Client.GetAsync($"/api/episodes/{episode.Id}/strips.zip");
        Assert.Equal("application/zip", zip.Content.Headers.ContentType!.MediaType);
        Assert.Equal(episode, await monitor.Client.GetFromJsonAsync<EpisodeStatus>($"/api/episodes/{episode.Id}", RunningMonitor.Json));
        Assert.Equal(HttpStatusCode.NotFound, (await monitor.Client.GetAsync("/api/episodes/no-such/strips")).StatusCode);

        var trend = (await monitor.Client.GetFromJsonAsync<TrendStep[]>(
            $"/api/streams/bed/trend?from={Start:yyyy-MM-ddTHH:mm:ssZ}&to={Start.AddSeconds(200):yyyy-MM-ddTHH:mm:ssZ}&minutes=1", RunningMonitor.Json))!;
        Assert.Equal(4, trend.Length);
        Assert.InRange(trend[0].Burden!.Value, 0.9, 1);
        Assert.Equal(0, trend[3].AFSeconds);
        Assert.All(trend[..3], step => Assert.InRange(step.HeartRate!.Value, step.MinHeartRate!.Value, step.MaxHeartRate!.Value));
        Assert.Equal(HttpStatusCode.BadRequest, (await monitor.Client.GetAsync("/api/streams/bed/trend?minutes=0")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await monitor.Client.GetAsync("/api/streams/bed/trend?from=2020-01-01T00:00:00Z")).StatusCode);
    }

    private sealed record StripSamples(string Kind, Stretch[] Stretches);

    private sealed record Stretch(DateTimeOffset From, double Fs, float?[] Millivolts);

    private static Recording Recording()
    {
        RhythmEpisode[] rhythms = [new(0, SimulatedRhythm.AtrialFibrillation), new(120, SimulatedRhythm.Sinus)];
        var stream = new SimulatedStream(7, 1, Shapes.Fs, rhythms);
        return new Recording("bed", Shapes.Fs, stream.Chunks(200 * Shapes.Fs).First().Samples);
    }

    private static IReadOnlyList<EpisodeStatus> Episodes(RunningMonitor monitor) => monitor.Service.Episodes("bed", Start, Start.AddHours(1));
}
