using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Reports;

/// <summary>The number of rows of one label other than AF, and of those that were judged AF.</summary>
/// <param name="Label">The label: Normal, Other, Noisy or unlabelled.</param>
/// <param name="Rows">The number of rows of the view with this label.</param>
/// <param name="FalsePositives">The number of these rows that were judged AF.</param>
internal sealed record FalsePositiveCount(string Label, int Rows, int FalsePositives)
{
    private static readonly (string Name, Label? Label)[] Shown =
        [("Normal", Preprocess.Label.Normal), ("Other", Preprocess.Label.Other), ("Noisy", Preprocess.Label.Noisy), ("unlabelled", null)];

    /// <summary>Counts the rows of Normal, Other, Noisy and, where a row has only a class, unlabelled. Labels without rows are left out.</summary>
    public static IReadOnlyList<FalsePositiveCount> ByLabel(ViewMetrics view) =>
        [.. Shown.Select(shown => CountOf(view, shown.Name, shown.Label)).Where(count => count.Rows > 0)];

    private static FalsePositiveCount CountOf(ViewMetrics view, string name, Label? label)
    {
        var rows = Enumerable.Range(0, view.N).Where(i => view.View.Classes[i] == 0 && view.View.Labels[i] == label).ToArray();
        return new FalsePositiveCount(name, rows.Length, rows.Count(i => view.View.Scores[i] >= view.Threshold));
    }
}
