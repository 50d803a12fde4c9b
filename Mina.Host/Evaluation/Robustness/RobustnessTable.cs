using System.Globalization;
using Mina.Model;
using Spectre.Console;

namespace Mina.Host.Evaluation.Robustness;

/// <summary>The table that <c>robustness</c> prints, with a row for each condition and two columns for each model.</summary>
public static class RobustnessTable
{
    /// <summary>Prints the figures and the data that they were computed from.</summary>
    public static void Print(RobustnessResult result, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).Title("Robustness").AddColumn("");
        foreach (var model in result.Models)
        {
            table.AddColumn(new TableColumn($"{Markup.Escape(model.Name)}\nROC-AUC").RightAligned());
            table.AddColumn(new TableColumn("\nPR-AUC").RightAligned());
        }

        for (var i = 0; i < Condition.All.Count; i++)
        {
            if (i > 0 && Condition.All[i].Kind != Condition.All[i - 1].Kind)
                table.AddEmptyRow();
            table.AddRow([Condition.All[i].Description,
                .. result.Models.SelectMany(m => new[] { Number(m.Points[i].Metrics.Figures.RocAuc), Number(m.Points[i].Metrics.Figures.PrAuc) })]);
        }

        console.Write(table);
        const string disturbances =
            "Wander: a sine of 0.05 to 0.5 Hz, amplitude in standard deviations of the recording. Noise: white, signal-to-noise ratio.";
        var windows = string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Windows:N0} windows ({result.Positives:N0} AF) of {result.Recordings:N0} recordings of the {result.Split} split");
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[dim]{windows}, as the paper's view has them, seed {result.Seed}. {disturbances}[/]");
    }

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("0.0000", CultureInfo.InvariantCulture);
}
