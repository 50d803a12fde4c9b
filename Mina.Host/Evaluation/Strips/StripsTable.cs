using System.Globalization;
using Mina.Model;
using Spectre.Console;

namespace Mina.Host.Evaluation.Strips;

/// <summary>The table that <c>evaluate --strips</c> prints: the figures of the verdicts on strips, beside those of the mean of their windows alone.</summary>
internal static class StripsTable
{
    /// <summary>Prints the figures and the data that they were computed from.</summary>
    public static void Print(StripsResult result, Measurement measurement, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("Strips [dim](95 % intervals, bootstrap over recordings)[/]");
        table.AddColumn("").AddColumn(new TableColumn("[bold]classify[/]").RightAligned()).AddColumn(new TableColumn("mean of windows").RightAligned());
        ViewMetrics[] views = [result.Judged, result.Windows];
        Row("ROC-AUC", f => f.RocAuc);
        Row("PR-AUC", f => f.PrAuc);
        Row("F1", f => f.F1);
        Row("sensitivity", f => f.Sensitivity);
        Row("specificity", f => f.Specificity);
        Row("PPV", f => f.Ppv);
        table.AddEmptyRow();
        table.AddRow([.. views.Select(v => Text($"{v.Confusion.TruePositives} / {v.Confusion.FalseNegatives}")).Prepend("TP / FN")]);
        table.AddRow([.. views.Select(v => Text($"{v.Confusion.FalsePositives} / {v.Confusion.TrueNegatives}")).Prepend("FP / TN")]);
        table.AddRow([.. views.Select(v => Text($"{v.Threshold:0.###}")).Prepend("AF from")]);
        console.Write(table);
        console.MarkupLineInterpolated(
            $"[dim]{result.Judged.N} strips, {result.Judged.Positives} of them AF; {result.Unclassifiable} more are unclassifiable and count in neither.[/]");
        if (measurement.Marks.Warning is { } warning)
            console.MarkupLineInterpolated($"[bold yellow]{warning}[/]");

        void Row(string name, Func<Figures, double> of) =>
            table.AddRow([name, .. views.Select(v => $"{Number(of(v.Figures))} [dim]({Number(of(v.Ci.Lo))}-{Number(of(v.Ci.Hi))})[/]")]);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("0.0000", CultureInfo.InvariantCulture);
}
