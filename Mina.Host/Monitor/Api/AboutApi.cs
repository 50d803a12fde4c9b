using Mina.Host.Shell;
using Mina.Model;

namespace Mina.Host.Monitor.Api;

/// <summary>What is running, and by which rules it judges: for a client that keeps what it was told together with who told it.</summary>
internal static class AboutApi
{
    /// <summary>The program and its model.</summary>
    /// <param name="Version">The version of Mina, with its commit.</param>
    /// <param name="Network">The kind of network.</param>
    /// <param name="ModelSha256">SHA-256 of the network's weights; empty where the model's file has none.</param>
    /// <param name="HasRhythmLevel">Whether episodes come from the rhythm level, by the beats of a minute.</param>
    public sealed record ProgramVersion(string Version, string Network, string ModelSha256, bool HasRhythmLevel);

    /// <summary>The settings that decide what is said of a stream; no secrets.</summary>
    /// <param name="Threshold">A window is AF from this probability on.</param>
    /// <param name="EpisodeOnset">An episode begins at this probability.</param>
    /// <param name="EpisodeOffset">An episode goes on down to this probability.</param>
    /// <param name="EpisodeMinimumSeconds">Shorter AF is no episode and raises no alarm.</param>
    /// <param name="StaleAfterSeconds">A stream that has sent nothing for so long is stale.</param>
    /// <param name="MaxVerdictAgeSeconds">A stream without a verdict for so long is not monitored.</param>
    /// <param name="CloseAfterSeconds">A stream that has sent nothing for so long has its episode closed.</param>
    /// <param name="RetentionSeconds">Verdicts, episodes and alarms are kept for so long.</param>
    /// <param name="KeepSamplesSeconds">The ECG is kept for so long, if the disk allows.</param>
    /// <param name="MaxStreams">More streams are refused.</param>
    /// <param name="MaxMessageBytes">A larger message is refused.</param>
    public sealed record Settings(
        double Threshold,
        double EpisodeOnset,
        double EpisodeOffset,
        double EpisodeMinimumSeconds,
        double StaleAfterSeconds,
        double MaxVerdictAgeSeconds,
        double CloseAfterSeconds,
        double RetentionSeconds,
        double KeepSamplesSeconds,
        int MaxStreams,
        int MaxMessageBytes);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MonitorApi.MapGroup(app, "/api");
        api.MapGet("/version", (Detector detector) => new ProgramVersion(
                ProductVersion.Text, detector.Info.Network, detector.Info.WeightsSha256, detector.Rhythm is not null))
            .WithName("getVersion").WithSummary("What is running");
        api.MapGet("/settings", (Detector detector, MonitorOptions options) =>
            {
                var threshold = options.Threshold ?? detector.Thresholds.Uniform;
                var rules = options.RulesAt(threshold, detector.Rhythm?.Model).Episodes;
                return new Settings(
                    threshold,
                    rules.OnsetProbability,
                    rules.OffsetProbability,
                    rules.MinimumSeconds,
                    options.StaleAfter.TotalSeconds,
                    options.MaxVerdictAge.TotalSeconds,
                    options.CloseAfter.TotalSeconds,
                    options.Retention.TotalSeconds,
                    options.KeepSamples.TotalSeconds,
                    options.MostStreams,
                    options.MostMessageBytes);
            })
            .WithName("getSettings").WithSummary("By which rules it judges; no secrets");
    }
}
