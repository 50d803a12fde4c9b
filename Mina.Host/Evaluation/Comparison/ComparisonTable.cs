using System.Globalization;
using Mina.Model;
using Spectre.Console;

namespace Mina.Host.Evaluation.Comparison;

/// <summary>The table that <c>compare</c> prints: each figure of both models, and the difference with its interval.</summary>
public static class ComparisonTable
{
    private static readonly (string Name, Func<Figures, double> Of)[] Rows =
    [
        ("ROC-AUC", f => f.RocAuc),
        ("PR-AUC", f => f.PrAuc),
        ("F1", f => f.F1),
        ("sensitivity", f => f.Sensitivity),
        ("specificity", f => f.Specificity),
        ("PPV", f => f.Ppv),
        ("accuracy", f => f.Accuracy),
    ];

    /// <summary>Prints the comparison of all views.</summary>
    public static void Print(string first, string second, IReadOnlyList<ViewComparison> views, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("").AddColumn("")
            .AddColumn(new TableColumn(Markup.Escape(first)).RightAligned())
            .AddColumn(new TableColumn(Markup.Escape(second)).RightAligned())
            .AddColumn(new TableColumn("difference (95 %)").RightAligned());
        foreach (var view in views)
        {
            if (view != views[0])
                table.AddEmptyRow();
            foreach (var (name, of) in Rows)
            {
                var (low, high) = (of(view.Ci.Lo), of(view.Ci.Hi));
                var difference = $"{Signed(of(view.Difference))} ({Signed(low)} to {Signed(high)})";
                table.AddRow(
                    name == Rows[0].Name ? view.View : "",
                    name,
                    Number(of(view.First)),
                    Number(of(view.Second)),
                    low > 0 || high < 0 ? $"[bold]{difference}[/]" : difference);
            }
        }

        console.Write(table);
        console.MarkupLine(
            "[dim]Difference: the second model less the first. An interval without 0 (bold) is more than chance, unless many models were compared.[/]");
    }

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Signed(double value) => double.IsNaN(value) ? "-" : value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);
}
