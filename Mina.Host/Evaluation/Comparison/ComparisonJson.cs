using Mina.Host.Json;
using Mina.Model;

namespace Mina.Host.Evaluation.Comparison;

/// <summary>A figure of both models as JSON. The interval is that of the difference, the second's figure less the first's.</summary>
internal sealed record ComparedFigureDocument(double? First, double? Second, double? Difference, double[]? Ci, double? SecondBetter);

/// <summary>The figures of a view as JSON.</summary>
internal sealed record ComparedViewDocument(
    ComparedFigureDocument RocAuc,
    ComparedFigureDocument PrAuc,
    ComparedFigureDocument F1,
    ComparedFigureDocument Sensitivity,
    ComparedFigureDocument Specificity,
    ComparedFigureDocument Ppv,
    ComparedFigureDocument Accuracy);

/// <summary>What <c>compare</c> writes as JSON.</summary>
internal sealed record ModelComparisonDocument(
    ComparedViewDocument Paper, ComparedViewDocument Uniform, ComparedViewDocument Recording, MeasurementDocument First, MeasurementDocument Second);

/// <summary>
/// The JSON of a comparison: <c>{"paper": {"roc_auc": {"first", "second", "difference", "ci": [lo, hi], "second_better"}, ...}, "uniform": {...},
/// "recording": {...}, "first": {...}, "second": {...}}</c>, the last two being what each measurement was made with. <c>second_better</c> is the
/// share of resamples in which the second model is better.
/// </summary>
public static class ComparisonJson
{
    /// <summary>Writes the file, as a whole or not at all.</summary>
    public static void Save(IReadOnlyList<ViewComparison> views, Measurement first, Measurement second, string path) => OutputJson.Save(
        new ModelComparisonDocument(
            DocumentOf(views, Views.PaperName), DocumentOf(views, Views.UniformName), DocumentOf(views, Views.RecordingName), first.Document, second.Document),
        OutputJson.Default.ModelComparisonDocument,
        path);

    private static ComparedViewDocument DocumentOf(IReadOnlyList<ViewComparison> views, string name)
    {
        var view = views.Single(view => view.View == name);
        return new ComparedViewDocument(
            Figure(f => f.RocAuc), Figure(f => f.PrAuc), Figure(f => f.F1), Figure(f => f.Sensitivity), Figure(f => f.Specificity), Figure(f => f.Ppv),
            Figure(f => f.Accuracy));

        ComparedFigureDocument Figure(Func<Figures, double> of)
        {
            var (low, high) = (of(view.Ci.Lo), of(view.Ci.Hi));
            return new ComparedFigureDocument(
                OutputJson.Defined(of(view.First)),
                OutputJson.Defined(of(view.Second)),
                OutputJson.Defined(of(view.Difference)),
                double.IsNaN(low) || double.IsNaN(high) ? null : [low, high],
                OutputJson.Defined(of(view.SecondBetter)));
        }
    }
}
