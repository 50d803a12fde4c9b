using System.Text.Json.Serialization;
using Mina.Host.Json;
using Mina.Model;

namespace Mina.Host.Evaluation.Robustness;

/// <summary>What <c>robustness</c> writes as JSON.</summary>
internal sealed record RobustnessDocument(
    string Split,
    int Windows,
    int Positives,
    int Recordings,
    long Seed,
    IEnumerable<ModelDocument> Models,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IEnumerable<RobustnessMeasurement>? Measurements);

/// <summary>The measurement of one model, and how many of the split's recordings it was trained on, as JSON.</summary>
internal sealed record RobustnessMeasurement(MeasurementDocument Measurement, TrainedOnDocument TrainedOn)
{
    /// <summary>Creates the document of a measurement.</summary>
    public RobustnessMeasurement(Measurement measurement)
        : this(measurement.Document, new TrainedOnDocument(measurement.Marks))
    {
    }
}

/// <summary>One model's figures as JSON.</summary>
internal sealed record ModelDocument(string Model, IEnumerable<PointDocument> Points);

/// <summary>One model's figures under one condition as JSON.</summary>
internal sealed record PointDocument(string Disturbance, double Strength, double? RocAuc, double? PrAuc, AreaIntervalsDocument Ci);

/// <summary>The 95 % intervals of the two areas as JSON: [low, high].</summary>
internal sealed record AreaIntervalsDocument(double?[] RocAuc, double?[] PrAuc);

/// <summary>
/// The JSON of <c>robustness</c>: <c>{"split", "windows", "positives", "recordings", "seed", "models": [{"model", "points":
/// [{"disturbance": "none" | "wander" | "noise", "strength", "roc_auc", "pr_auc", "ci": {"roc_auc": [lo, hi], "pr_auc": [lo, hi]}}]}],
/// "measurements": [{"measurement", "trained_on"}]}</c>, of which the last has an entry for each model, as in the JSON of <c>evaluate</c>.
/// Strength is in standard deviations of the recording (wander) or dB (noise); undefined figures are null.
/// </summary>
public static class RobustnessJson
{
    /// <summary>Writes the file, as a whole or not at all.</summary>
    /// <param name="result">The figures.</param>
    /// <param name="path">The file.</param>
    /// <param name="measurements">The measurement of each model; null leaves them out.</param>
    public static void Save(RobustnessResult result, string path, IEnumerable<Measurement>? measurements = null) =>
        OutputJson.Save(DocumentOf(result, measurements), OutputJson.Default.RobustnessDocument, path);

    /// <summary>Writes UTF-8, indented, with a final newline.</summary>
    public static void Write(RobustnessResult result, Stream stream) =>
        OutputJson.Write(DocumentOf(result, null), OutputJson.Default.RobustnessDocument, stream);

    private static RobustnessDocument DocumentOf(RobustnessResult result, IEnumerable<Measurement>? measurements) => new(
        result.Split,
        result.Windows,
        result.Positives,
        result.Recordings,
        result.Seed,
        result.Models.Select(model => new ModelDocument(model.Name, model.Points.Select(DocumentOf))),
        measurements?.Select(measurement => new RobustnessMeasurement(measurement)));

    private static PointDocument DocumentOf(RobustnessPoint point)
    {
        var (figures, ci) = (point.Metrics.Figures, point.Metrics.Ci);
        return new PointDocument(
            point.Condition.KindName,
            point.Condition.Strength,
            OutputJson.Defined(figures.RocAuc),
            OutputJson.Defined(figures.PrAuc),
            new AreaIntervalsDocument(
                [OutputJson.Defined(ci.Lo.RocAuc), OutputJson.Defined(ci.Hi.RocAuc)],
                [OutputJson.Defined(ci.Lo.PrAuc), OutputJson.Defined(ci.Hi.PrAuc)]));
    }
}
