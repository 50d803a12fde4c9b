using System.Text.Json.Serialization;
using Mina.Host.Json;
using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>A view's figures as JSON.</summary>
internal sealed record ViewDocument(
    double? RocAuc, double? PrAuc, double? F1, double? Sensitivity, double? Specificity, double? Ppv, int N, int Positives, IntervalsDocument Ci);

/// <summary>The figures' 95 % intervals as JSON: [low, high], or null where undefined.</summary>
internal sealed record IntervalsDocument(
    double[]? RocAuc, double[]? PrAuc, double[]? F1, double[]? Sensitivity, double[]? Specificity, double[]? Ppv);

/// <summary>The figures of the rows that lie far enough from the threshold, as JSON.</summary>
internal sealed record AnsweredDocument(double Share, double Margin, double? Sensitivity, double? Ppv, double? Specificity)
{
    /// <summary>The documents of a curve.</summary>
    public static IReadOnlyList<AnsweredDocument> From(IEnumerable<AnsweredPoint> curve) =>
    [
        .. curve.Select(point => new AnsweredDocument(
            point.Share, point.Margin, OutputJson.Defined(point.Sensitivity), OutputJson.Defined(point.Ppv), OutputJson.Defined(point.Specificity))),
    ];
}

/// <summary>The three curves of figures against the share that is answered, as JSON.</summary>
internal sealed record AnsweredViewsDocument(
    IReadOnlyList<AnsweredDocument> Paper, IReadOnlyList<AnsweredDocument> Uniform, IReadOnlyList<AnsweredDocument> Recording);

/// <summary>What <c>evaluate</c> writes as JSON.</summary>
internal sealed record EvaluationDocument(
    ViewDocument Paper,
    ViewDocument Uniform,
    ViewDocument Recording,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AnsweredViewsDocument? Answered,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TrainedOnDocument? TrainedOn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MeasurementDocument? Measurement);

/// <summary>
/// The JSON of an evaluation: <c>{"paper": {"roc_auc", "pr_auc", "f1", "sensitivity", "specificity", "ppv", "n",
/// "positives", "ci": {"roc_auc": [lo, hi], ...}}, "uniform": {...}, "recording": {...}}</c>; with a
/// measurement also <c>"answered"</c> (figures against the share of rows that is answered), <c>"trained_on"</c> and <c>"measurement"</c> (model, data,
/// version, date). Undefined figures and intervals (a split without AF, say) are null.
/// </summary>
public static class EvaluationJson
{
    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(EvaluationResult result, string path, Measurement? measurement = null) =>
        OutputJson.Save(DocumentOf(result, measurement), OutputJson.Default.EvaluationDocument, path);

    /// <summary>Writes UTF-8, indented, with a final newline.</summary>
    public static void Write(EvaluationResult result, Stream stream, Measurement? measurement = null) =>
        OutputJson.Write(DocumentOf(result, measurement), OutputJson.Default.EvaluationDocument, stream);

    private static EvaluationDocument DocumentOf(EvaluationResult result, Measurement? measurement)
    {
        return new EvaluationDocument(
            DocumentOf(result.Paper),
            DocumentOf(result.Uniform),
            DocumentOf(result.Recording),
            measurement is null ? null : new AnsweredViewsDocument(Answered(result.Paper), Answered(result.Uniform), Answered(result.Recording)),
            measurement is null ? null : new TrainedOnDocument(measurement.Marks),
            measurement?.Document);

        static IReadOnlyList<AnsweredDocument> Answered(ViewMetrics view) => AnsweredDocument.From(AnsweredCurves.OfView(view));
    }

    /// <summary>A view's figures.</summary>
    internal static ViewDocument DocumentOf(ViewMetrics view)
    {
        var figures = view.Figures;
        return new ViewDocument(
            OutputJson.Defined(figures.RocAuc),
            OutputJson.Defined(figures.PrAuc),
            OutputJson.Defined(figures.F1),
            OutputJson.Defined(figures.Sensitivity),
            OutputJson.Defined(figures.Specificity),
            OutputJson.Defined(figures.Ppv),
            view.N,
            view.Positives,
            new IntervalsDocument(
                Interval(f => f.RocAuc),
                Interval(f => f.PrAuc),
                Interval(f => f.F1),
                Interval(f => f.Sensitivity),
                Interval(f => f.Specificity),
                Interval(f => f.Ppv)));

        double[]? Interval(Func<Figures, double> figure)
        {
            var (low, high) = (figure(view.Ci.Lo), figure(view.Ci.Hi));
            return double.IsNaN(low) || double.IsNaN(high) ? null : [low, high];
        }
    }
}
