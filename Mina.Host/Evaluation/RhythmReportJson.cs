using System.Text.Json.Serialization;
using Mina.Host.Json;
using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>What <c>train-rhythm</c> writes as JSON: the figures of every choice of settings, the chosen one first.</summary>
internal sealed record RhythmReportDocument(int Folds, int Persons, IEnumerable<RhythmFiguresDocument> Figures);

/// <summary>The figures of one choice of settings as JSON.</summary>
internal sealed record RhythmFiguresDocument(
    double LookAheadS,
    double OnsetProbability,
    double OffsetProbability,
    double? SelectionScore,
    IEnumerable<RhythmGroupDocument> Groups,
    IEnumerable<double> DelaysS);

/// <summary>The figures of one data set as JSON.</summary>
internal sealed record RhythmGroupDocument(
    string Group,
    double? DurationSensitivity,
    double? DurationPpv,
    [property: JsonPropertyName("false_episodes_per_24h")] double? FalseEpisodesPerDay);

/// <summary>Writes the report of <c>train-rhythm</c>.</summary>
internal static class RhythmReportJson
{
    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(RhythmReport report, string path) => OutputJson.Save(
        new RhythmReportDocument(report.Folds, report.Persons, report.Figures.Select(DocumentOf)), OutputJson.Default.RhythmReportDocument, path);

    private static RhythmFiguresDocument DocumentOf(RhythmFigures figures) => new(
        figures.Settings.LookAheadSeconds,
        figures.Settings.OnsetProbability,
        figures.Settings.OffsetProbability,
        OutputJson.Defined(figures.SelectionScore),
        figures.Groups.Select(group => new RhythmGroupDocument(
            group.Group,
            OutputJson.Defined(group.Comparison.DurationSensitivity),
            OutputJson.Defined(group.Comparison.DurationPpv),
            OutputJson.Defined(group.Comparison.FalseEpisodesPerDay))),
        figures.Delays.Select(OutputJson.Seconds));
}
