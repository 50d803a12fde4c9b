using System.Text.Json.Serialization;
using Mina.Host.Evaluation;
using Mina.Host.Evaluation.Recordings;
using Mina.Host.Json;
using Mina.Host.Shell;
using Mina.Model;

namespace Mina.Host.Scoring;

/// <summary>An input of <c>score</c>: its path, and the hash of what was read from it.</summary>
internal sealed record ScoreInput(string Path, string Sha256);

/// <summary>The inputs of a scoring, the version and the date.</summary>
internal sealed record ScoreMeasurement(string Mina, string Date, ScoreInput Reference, ScoreInput Test);

/// <summary>The options of <c>score</c> as JSON.</summary>
internal sealed record ScoreOptionsDocument(string Flutter, double LearningS, double ShortestS, double BeatWindowS, bool WithPaced);

/// <summary>A comparison of beats as JSON. Each row of the matrix is a class of the reference: N, S, V, F, Q, none, none in shutdown.</summary>
internal sealed record BeatsDocument(
    int ReferenceBeats,
    int DetectedBeats,
    int Found,
    double? Sensitivity,
    double? Ppv,
    double? VebSensitivity,
    double? VebPpv,
    double? VebFalsePositiveRate,
    double? SvebSensitivity,
    double? SvebPpv,
    int[][] Matrix)
{
    /// <summary>The document of a comparison; null where there is none.</summary>
    public static BeatsDocument? From(BeatComparison? c) => c is null ? null : new BeatsDocument(
        c.ReferenceBeats,
        c.DetectedBeats,
        c.Found,
        OutputJson.Defined(c.Sensitivity),
        OutputJson.Defined(c.Ppv),
        OutputJson.Defined(c.VebSensitivity),
        OutputJson.Defined(c.VebPpv),
        OutputJson.Defined(c.VebFalsePositiveRate),
        OutputJson.Defined(c.SvebSensitivity),
        OutputJson.Defined(c.SvebPpv),
        c.Pairs);
}

/// <summary>EC57's averages of the figures of beats as JSON.</summary>
internal sealed record BeatRatiosDocument(
    double? Sensitivity, double? Ppv, double? VebSensitivity, double? VebPpv, double? SvebSensitivity, double? SvebPpv);

/// <summary>Minutes as JSON.</summary>
internal sealed record MinutesDocument(int Both, int ReferenceOnly, int DetectedOnly, int Neither, double? Sensitivity, double? Ppv)
{
    /// <summary>The document of minutes; null where there are none.</summary>
    public static MinutesDocument? From(MinuteComparison? c) => c is null ? null : new MinutesDocument(
        c.Both, c.ReferenceOnly, c.DetectedOnly, c.Neither, OutputJson.Defined(c.Sensitivity), OutputJson.Defined(c.Ppv));
}

/// <summary>A record's score of CPSC 2021 as JSON.</summary>
internal sealed record CpscDocument(string Class, string Predicted, double RhythmScore, double EpisodeScore, double Score)
{
    /// <summary>The document of a score; null where there is none.</summary>
    public static CpscDocument? From(CpscScore? score) => score is null ? null : new CpscDocument(
        NameOf(score.Class), NameOf(score.Predicted), score.RhythmScore, score.EpisodeScore, score.Total);

    private static string NameOf(CpscClass value) => value switch
    {
        CpscClass.NonAF => "non_af",
        CpscClass.Persistent => "persistent",
        _ => "paroxysmal",
    };
}

/// <summary>A record's figures as JSON; those for which one side has no annotations are left out.</summary>
internal sealed record ScoredDocument(
    string Record,
    bool Paced,
    BeatsDocument? Beats,
    ComparisonDocument? Rhythm,
    MinutesDocument? Minutes,
    CpscDocument? Cpsc);

/// <summary>The figures of all records together as JSON.</summary>
internal sealed record GrossDocument(BeatsDocument? Beats, ComparisonDocument? Rhythm, MinutesDocument? Minutes);

/// <summary>The averages over records as JSON.</summary>
internal sealed record AverageDocument(BeatRatiosDocument? Beats, RatiosDocument? Rhythm, [property: JsonPropertyName("cpsc_score")] double? CpscScore);

/// <summary>What <c>score</c> writes as JSON.</summary>
internal sealed record ScoreDocument(
    ScoreMeasurement Measurement,
    ScoreOptionsDocument Options,
    IEnumerable<ScoredDocument> Records,
    GrossDocument Gross,
    AverageDocument Average,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<string> Failures);

/// <summary>
/// The JSON of <c>score</c>: <c>{"measurement": {"mina", "date", "reference": {"path", "sha256"}, "test"}, "options", "records": [{"record", "paced",
/// "beats", "rhythm", "minutes", "cpsc"}], "gross", "average", "left_out", "failures"}</c>. Undefined figures are null.
/// </summary>
internal static class ScoreJson
{
    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(ScoringResult result, ScoreInput reference, ScoreInput test, DateTimeOffset date, string path) =>
        OutputJson.Save(DocumentOf(result, reference, test, date), OutputJson.Default.ScoreDocument, path);

    private static ScoreDocument DocumentOf(ScoringResult result, ScoreInput reference, ScoreInput test, DateTimeOffset date)
    {
        var (beats, rhythms, cpsc) = (result.Beats, result.Rhythms, result.Cpsc);
        return new ScoreDocument(
            new ScoreMeasurement(ProductVersion.Text, MeasurementDate.TextOf(date), reference, test),
            new ScoreOptionsDocument(
                FlutterNames.NameOf(result.Options.Flutter),
                result.Options.LearningSeconds,
                result.Options.ShortestSeconds,
                result.Options.BeatWindowSeconds,
                result.Options.WithPaced),
            result.Records.Select(record => new ScoredDocument(
                record.Id,
                record.IsPaced,
                BeatsDocument.From(record.Beats),
                RhythmOf(record.Rhythm),
                MinutesDocument.From(record.Minutes),
                CpscDocument.From(record.Cpsc))),
            new GrossDocument(
                beats.Length > 0 ? BeatsDocument.From(BeatComparisons.Gross(beats)) : null,
                rhythms.Length > 0 ? RhythmOf(EpisodeComparisons.Gross(rhythms)) : null,
                rhythms.Length > 0 ? MinutesDocument.From(result.Minutes) : null),
            new AverageDocument(
                beats.Length > 0 ? AverageOf(beats) : null,
                rhythms.Length > 0 ? RatiosDocument.Average(rhythms) : null,
                cpsc.Length > 0 ? CpscScores.Mean(cpsc) : null),
            result.LeftOut,
            result.Failures);
    }

    private static ComparisonDocument? RhythmOf(EpisodeComparison? c) => c is null ? null : new ComparisonDocument(c, double.NaN);

    private static BeatRatiosDocument AverageOf(BeatComparison[] beats)
    {
        return new BeatRatiosDocument(
            Mean(c => c.Sensitivity), Mean(c => c.Ppv), Mean(c => c.VebSensitivity), Mean(c => c.VebPpv), Mean(c => c.SvebSensitivity), Mean(c => c.SvebPpv));

        double? Mean(Func<BeatComparison, double> ratio) => OutputJson.Defined(BeatComparisons.Average(ratio, beats));
    }
}
