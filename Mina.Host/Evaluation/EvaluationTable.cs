using System.Globalization;
using Mina.Model;
using Spectre.Console;

namespace Mina.Host.Evaluation;

/// <summary>The table that <c>evaluate</c> prints: the three views side by side, each figure with its interval.</summary>
public static class EvaluationTable
{
    private const int NarrowWidth = 80;

    /// <summary>Prints the figures and the data that they were computed from.</summary>
    /// <param name="result">The figures.</param>
    /// <param name="console">The console that they are printed on.</param>
    /// <param name="marks">The number of the recordings that the model has learned from; null leaves this out.</param>
    public static void Print(EvaluationResult result, IAnsiConsole console, TrainingMarks? marks = null)
    {
        // Three intervals of four decimals and the published figures need 81 columns.
        var decimals = console.Profile.Width <= NarrowWidth ? "0.000" : "0.0000";
        var table = new Table().Border(TableBorder.Rounded).Title("Evaluation [dim](95 % intervals, bootstrap over recordings)[/]");
        table.AddColumn("");
        foreach (var view in result.Views)
            table.AddColumn(new TableColumn($"[bold]{view.View.Name}[/]").RightAligned());
        table.AddColumn(new TableColumn("[dim]published[/]").RightAligned());

        Row("ROC-AUC", f => f.RocAuc, Published.RocAuc);
        Row("PR-AUC", f => f.PrAuc, Published.PrAuc);
        Row("F1", f => f.F1, Published.F1);
        Row("sensitivity", f => f.Sensitivity);
        Row("specificity", f => f.Specificity);
        Row("PPV", f => f.Ppv);
        Row("accuracy", f => f.Accuracy);
        table.AddEmptyRow();
        Counts("TP / FN", c => (c.TruePositives, c.FalseNegatives));
        Counts("FP / TN", c => (c.FalsePositives, c.TrueNegatives));
        table.AddRow([.. result.Views.Select(v => Whole(v.N)).Prepend("n").Append("")]);
        table.AddRow([.. result.Views.Select(v => Whole(v.Positives)).Prepend("of these AF").Append("")]);
        console.Write(table);
        const string views = "paper: all windows; uniform: starts divisible by 500; recording: mean of a recording's uniform windows, "
            + "without the recording level, which needs beats.";
        console.MarkupLineInterpolated($"[dim]{views} AF from {result.Options.ThresholdText} on.[/]");
        if (marks?.Warning is { } warning)
            console.MarkupLineInterpolated($"[bold yellow]{warning}[/]");

        void Row(string name, Func<Figures, double> of, double? published = null) =>
            table.AddRow(
                [name, .. result.Views.Select(v => Cell(of(v.Figures), of(v.Ci.Lo), of(v.Ci.Hi), decimals)), published is { } p ? $"[dim]{Number(p)}[/]" : ""]);

        void Counts(string name, Func<Confusion, (int A, int B)> of) =>
            table.AddRow([name, .. result.Views.Select(v => $"{Whole(of(v.Confusion).A)} / {Whole(of(v.Confusion).B)}"), ""]);
    }

    private static string Cell(double value, double lo, double hi, string decimals) =>
        double.IsNaN(lo) ? Number(value) : $"{Number(value)} [dim]({Number(lo, decimals)}-{Number(hi, decimals)})[/]";

    private static string Number(double value, string decimals = "0.0000") =>
        double.IsNaN(value) ? "-" : value.ToString(decimals, CultureInfo.InvariantCulture);

    private static string Whole(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
