using System.Globalization;
using Mina.Model;
using Spectre.Console;

namespace Mina.Host.Evaluation;

/// <summary>The table that <c>train-rhythm</c> prints: the cross-validated figures of each data set at the chosen settings.</summary>
public static class RhythmReportTable
{
    /// <summary>Prints the figures and the settings of the level.</summary>
    public static void Print(RhythmReport report, IAnsiConsole console)
    {
        var chosen = report.Figures[0];
        var table = new Table().Border(TableBorder.Simple).AddColumn("recordings");
        foreach (var name in new[] { "duration\nSe", "duration\nPPV", "false\n/24 h" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var group in chosen.Groups)
        {
            var c = group.Comparison;
            table.AddRow(
                Markup.Escape(group.Group), Number(c.DurationSensitivity, "0.000"), Number(c.DurationPpv, "0.000"), Number(c.FalseEpisodesPerDay, "0.0"));
        }

        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Rhythm level, cross-validated over {report.Persons} people in {report.Folds} folds:"));
        console.Write(table);
        var settings = chosen.Settings;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.LookAheadSeconds:0.##} s of look-ahead, AF from {settings.OnsetProbability:0.00} on and down to {settings.OffsetProbability:0.00}"));
    }

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";
}
