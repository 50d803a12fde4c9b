using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Reports;

/// <summary>Rows of one label that are not AF, and how many of them were judged AF.</summary>
/// <param name="Label">Normal, Other, Noisy or unlabelled.</param>
/// <param name="Rows">Rows of the view.</param>
/// <param name="FalsePositives">Those of them that were judged AF.</param>
internal sealed record FalsePositiveCount(string Label, int Rows, int FalsePositives)
{
    private static readonly (string Name, Label? Label)[] Shown =
        [("Normal", Preprocess.Label.Normal), ("Other", Preprocess.Label.Other), ("Noisy", Preprocess.Label.Noisy), ("unlabelled", null)];

    /// <summary>Counts for Normal, Other, Noisy and (where a row has only a class) unlabelled; labels without rows are left out.</summary>
    public static IReadOnlyList<FalsePositiveCount> ByLabel(ViewMetrics view) =>
        [.. Shown.Select(shown => CountOf(view, shown.Name, shown.Label)).Where(count => count.Rows > 0)];

    private static FalsePositiveCount CountOf(ViewMetrics view, string name, Label? label)
    {
        var rows = Enumerable.Range(0, view.N).Where(i => view.View.Classes[i] == 0 && view.View.Labels[i] == label).ToArray();
        return new FalsePositiveCount(name, rows.Length, rows.Count(i => view.View.Scores[i] >= view.Threshold));
    }
}
