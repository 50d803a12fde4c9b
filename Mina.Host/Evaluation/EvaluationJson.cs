using Mina.Host.Json;
using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>A view's figures as JSON.</summary>
internal sealed record ViewDocument(
    double? RocAuc, double? PrAuc, double? F1, double? Sensitivity, double? Specificity, double? Ppv, int N, int Positives, IntervalsDocument Ci);

/// <summary>The figures' 95 % intervals as JSON: [low, high], or null where undefined.</summary>
internal sealed record IntervalsDocument(
    double[]? RocAuc, double[]? PrAuc, double[]? F1, double[]? Sensitivity, double[]? Specificity, double[]? Ppv);

/// <summary>
/// The JSON of an evaluation: <c>{"paper": {"roc_auc", "pr_auc", "f1", "sensitivity", "specificity", "ppv", "n",
/// "positives", "ci": {"roc_auc": [lo, hi], ...}}, "uniform": {...}, "recording": {...}}</c>. Undefined figures and
/// intervals (a split without AF, say) are null.
/// </summary>
public static class EvaluationJson
{
    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(EvaluationResult result, string path) =>
        OutputJson.Save(DocumentOf(result), OutputJson.Default.IReadOnlyDictionaryStringViewDocument, path);

    /// <summary>Writes UTF-8, indented, with a final newline.</summary>
    public static void Write(EvaluationResult result, Stream stream) =>
        OutputJson.Write(DocumentOf(result), OutputJson.Default.IReadOnlyDictionaryStringViewDocument, stream);

    private static IReadOnlyDictionary<string, ViewDocument> DocumentOf(EvaluationResult result)
    {
        var views = new OrderedDictionary<string, ViewDocument>();
        foreach (var view in result.Views)
            views.Add(view.View.Name, DocumentOf(view));
        return views;
    }

    private static ViewDocument DocumentOf(ViewMetrics view)
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
