using System.Text.Json.Serialization;
using Mina.Host.Json;
using Mina.Host.Scoring;
using Mina.Model;

namespace Mina.Host.Evaluation.Recordings;

/// <summary>What <c>evaluate --recordings</c> writes as JSON.</summary>
internal sealed record RecordingsDocument(
    IEnumerable<ComparedDocument> Recordings,
    ComparisonDocument Gross,
    RatiosDocument Average,
    EpisodeIntervalsDocument Intervals,
    MinutesDocument Minutes,
    DelayDocument AlarmDelay,
    [property: JsonPropertyName("cpsc_score")] double? CpscScore,
    IReadOnlyList<AnsweredDocument> Answered,
    OptionsDocument Options,
    IReadOnlyList<string> Failures,
    TrainedOnDocument TrainedOn,
    MeasurementDocument Measurement);

/// <summary>The 95 % intervals of the gross figures as JSON, each of two numbers, and the number of people or recordings that were drawn from.</summary>
internal sealed record EpisodeIntervalsDocument(
    string Over,
    int Units,
    int Resamples,
    IReadOnlyList<double?> DurationSensitivity,
    IReadOnlyList<double?> DurationPpv,
    [property: JsonPropertyName("false_episodes_per_24h")] IReadOnlyList<double?> FalseEpisodesPerDay)
{
    /// <summary>The document of a report's intervals.</summary>
    public static EpisodeIntervalsDocument From(RecordingsReport report)
    {
        var intervals = report.Intervals;
        return new EpisodeIntervalsDocument(
            report.IsByPerson ? "people" : "recordings",
            intervals.Units,
            RecordingsReport.Resamples,
            Pair(intervals.DurationSensitivity),
            Pair(intervals.DurationPpv),
            Pair(intervals.FalseEpisodesPerDay));

        double?[] Pair(Bounds bounds) => [OutputJson.Defined(bounds.Lower), OutputJson.Defined(bounds.Upper)];
    }
}

/// <summary>The delays from onset to alarm as JSON: quantiles in seconds, and the numbers of episodes, of onsets during an alarm, and without.</summary>
internal sealed record DelayDocument(
    [property: JsonPropertyName("p50_s")] double? Median, [property: JsonPropertyName("p99_s")] double? Latest, int Episodes,
    [property: JsonPropertyName("already_told")] int AlreadyOn, int Missed)
{
    /// <summary>The document of delays.</summary>
    public DelayDocument(AlarmDelays delays)
        : this(OutputJson.Defined(delays.Quantile(0.5)), OutputJson.Defined(delays.Quantile(0.99)), delays.Seconds.Length, delays.AlreadyOn, delays.Missed)
    {
    }
}

/// <summary>The options of the comparison as JSON.</summary>
internal sealed record OptionsDocument(string Flutter, double LearningS, double ShortestS);

/// <summary>The average ratios as JSON.</summary>
internal sealed record RatiosDocument(double? EpisodeSensitivity, double? EpisodePpv, double? DurationSensitivity, double? DurationPpv)
{
    /// <summary>The averages of comparisons.</summary>
    public static RatiosDocument Average(IReadOnlyList<EpisodeComparison> comparisons)
    {
        return new RatiosDocument(Mean(c => c.EpisodeSensitivity), Mean(c => c.EpisodePpv), Mean(c => c.DurationSensitivity), Mean(c => c.DurationPpv));

        double? Mean(Func<EpisodeComparison, double> ratio) => OutputJson.Defined(EpisodeComparisons.Average(ratio, comparisons));
    }
}

/// <summary>The figures of a comparison as JSON.</summary>
internal record ComparisonDocument(
    double ComparedS,
    int ReferenceEpisodes,
    int ReferenceFound,
    int DetectedEpisodes,
    int DetectedTrue,
    double ReferenceS,
    double DetectedS,
    double OverlapS,
    double? EpisodeSensitivity,
    double? EpisodePpv,
    double? DurationSensitivity,
    double? DurationPpv,
    [property: JsonPropertyName("false_episodes_per_24h")] double? FalseEpisodesPerDay,
    [property: JsonPropertyName("false_s_per_24h")] double? FalseSecondsPerDay,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Unclassifiable)
{
    /// <summary>The document of a comparison.</summary>
    /// <param name="c">The comparison.</param>
    /// <param name="unclassifiable">The share of the time that is not classifiable; NaN where it is not known.</param>
    public ComparisonDocument(EpisodeComparison c, double unclassifiable)
        : this(
            OutputJson.Seconds(c.ComparedSeconds),
            c.ReferenceEpisodes,
            c.ReferenceFound,
            c.DetectedEpisodes,
            c.DetectedTrue,
            OutputJson.Seconds(c.ReferenceSeconds),
            OutputJson.Seconds(c.DetectedSeconds),
            OutputJson.Seconds(c.DetectedTrueSeconds),
            OutputJson.Defined(c.EpisodeSensitivity),
            OutputJson.Defined(c.EpisodePpv),
            OutputJson.Defined(c.DurationSensitivity),
            OutputJson.Defined(c.DurationPpv),
            OutputJson.Defined(c.FalseEpisodesPerDay),
            OutputJson.Defined(c.FalseSecondsPerDay),
            OutputJson.Defined(unclassifiable))
    {
    }
}

/// <summary>A recording's comparison as JSON.</summary>
internal sealed record ComparedDocument : ComparisonDocument
{
    /// <summary>The document of a compared recording.</summary>
    /// <param name="compared">The recording.</param>
    /// <param name="cpsc">Its score by the rule of CPSC 2021; null where it has none.</param>
    /// <param name="isTrainedOn">Whether the model has learned from it; null where that is not known.</param>
    public ComparedDocument(ComparedRecording compared, CpscScore? cpsc, bool? isTrainedOn)
        : base(compared.Comparison, compared.Recording.UnclassifiableSeconds / compared.Recording.DurationSeconds)
    {
        Recording = compared.Recording.Id;
        DurationS = OutputJson.Seconds(compared.Recording.DurationSeconds);
        Burden = OutputJson.Defined(compared.Recording.Burden ?? double.NaN);
        Minutes = MinutesDocument.From(compared.Minutes);
        Cpsc = CpscDocument.From(cpsc);
        TrainedOn = isTrainedOn;
    }

    /// <summary>The comparison of its minutes.</summary>
    public MinutesDocument? Minutes { get; }

    /// <summary>The score by the rule of CPSC 2021.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CpscDocument? Cpsc { get; }

    /// <summary>Whether the model has learned from it.</summary>
    public bool? TrainedOn { get; }

    /// <summary>The recording's id.</summary>
    [JsonPropertyOrder(-3)]
    public string Recording { get; }

    /// <summary>The length in seconds.</summary>
    [JsonPropertyOrder(-2)]
    public double DurationS { get; }

    /// <summary>The share of the classifiable time in AF, 0 to 1.</summary>
    [JsonPropertyOrder(-1)]
    public double? Burden { get; }
}

/// <summary>
/// The JSON of <c>evaluate --recordings</c>: <c>{"recordings": [{"recording", "duration_s", "burden", ..., "episode_sensitivity",
/// "episode_ppv", "duration_sensitivity", "duration_ppv", "false_episodes_per_24h", "false_s_per_24h", "unclassifiable", "minutes", "cpsc",
/// "trained_on"}], "gross": {...}, "average": {...}, "intervals": {...}, "minutes": {...}, "alarm_delay": {"p50_s", "p99_s", ...}, "cpsc_score",
/// "answered": [...], "options": {...}, "failures": [...], "trained_on": {...}, "measurement": {...}}</c>. Undefined figures are null.
/// </summary>
public static class RecordingsJson
{
    /// <summary>Writes the file, as a whole or not at all.</summary>
    internal static void Save(RecordingsReport report, string path) => OutputJson.Save(DocumentOf(report), OutputJson.Default.RecordingsDocument, path);

    private static RecordingsDocument DocumentOf(RecordingsReport report)
    {
        var result = report.Result;
        return new RecordingsDocument(
            result.Recordings.Select((compared, i) => new ComparedDocument(compared, report.Cpsc[i], report.IsTrainedOn[i])),
            new ComparisonDocument(result.Gross, result.Unclassifiable),
            RatiosDocument.Average([.. result.Recordings.Select(compared => compared.Comparison)]),
            EpisodeIntervalsDocument.From(report),
            MinutesDocument.From(result.Minutes)!,
            new DelayDocument(result.Delays),
            OutputJson.Defined(report.CpscScore),
            AnsweredDocument.From(result.Answered),
            new OptionsDocument(FlutterNames.NameOf(result.Options.Flutter), result.Options.LearningSeconds, result.Options.ShortestSeconds),
            result.Failures,
            new TrainedOnDocument(report.Measurement.Marks),
            report.Measurement.Document);
    }
}
