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

    private static Recording Recording()
    {
        RhythmEpisode[] rhythms = [new(0, SimulatedRhythm.AtrialFibrillation), new(120, SimulatedRhythm.Sinus)];
        var stream = new SimulatedStream(7, 1, Shapes.Fs, rhythms);
        return new Recording("bed", Shapes.Fs, stream.Chunks(200 * Shapes.Fs).First().Samples);
    }

    private static IReadOnlyList<EpisodeStatus> Episodes(RunningMonitor monitor) => monitor.Service.Episodes("bed", Start, Start.AddHours(1));
}
