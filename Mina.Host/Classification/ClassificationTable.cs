using System.Globalization;
using Mina.Host.Reports;
using Mina.Model;
using Spectre.Console;

namespace Mina.Host.Classification;

/// <summary>Prints the table of <c>classify</c>.</summary>
public static class ClassificationTable
{
    /// <summary>Prints the windows of a short recording or the episodes of a long one, and one line that sums up the recording.</summary>
    public static void Print(ClassifiedRecording recording, IAnsiConsole console)
    {
        if (!recording.IsLong)
            console.Write(WindowsOf(recording));
        else if (recording.Episodes.Count > 0)
            console.Write(EpisodesOf(recording));
        var unclassifiable = recording.UnclassifiableSeconds / recording.DurationSeconds;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{recording.Id}: {FindingNames.TextOf(recording.Finding)} (probability {Or(recording.Probability, "0.000")}), "
            + $"{Numbers.Episodes(recording.Episodes.Count)} of AF, burden {Or(recording.Burden, "0.0 %")}, {unclassifiable:0.0 %} unclassifiable, "
            + $"{Clock(recording.DurationSeconds)} at {recording.Fs:0.##} Hz{LeadOf(recording)}"));
    }

    /// <summary>Prints what the leads of a recording say together, by the rule of <see cref="Findings.OfLeads"/>.</summary>
    public static void PrintLeads(string recording, IReadOnlyList<ClassifiedRecording> leads, Finding finding, IAnsiConsole console)
    {
        var (af, known) = (leads.Count(lead => lead.Finding == Finding.AF), leads.Count(lead => lead.Finding != Finding.Unclassifiable));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{recording}: {FindingNames.TextOf(finding)}, by all leads: AF in {af} of the {known} that can be classified"));
    }

    private static Table WindowsOf(ClassifiedRecording recording)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("start (s)").RightAligned()).AddColumn(new TableColumn("probability").RightAligned()).AddColumn("verdict");
        foreach (var window in recording.Windows)
        {
            table.AddRow(
                window.StartSeconds.ToString("0.0", CultureInfo.InvariantCulture),
                window.Probability?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-",
                FindingNames.TextOf(window.FindingAt(recording.Threshold)));
        }

        return table;
    }

    private static Table EpisodesOf(ClassifiedRecording recording)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("AF from").RightAligned()).AddColumn(new TableColumn("to").RightAligned())
            .AddColumn(new TableColumn("lasts").RightAligned()).AddColumn(new TableColumn("mean probability").RightAligned());
        foreach (var episode in recording.Episodes)
        {
            table.AddRow(
                Clock(episode.StartSeconds),
                Clock(episode.EndSeconds),
                Clock(episode.EndSeconds - episode.StartSeconds),
                episode.MeanProbability.ToString("0.000", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static string LeadOf(ClassifiedRecording recording) =>
        (recording.Lead.Length > 0 ? $", lead {recording.Lead}" : "")
        + (recording.Unit.Length == 0 ? ", without a unit" : recording.Lead.Length > 0 ? $" in {recording.Unit}" : $", in {recording.Unit}")
        + (recording.Source.Length > 0 ? $" of {recording.Source}" : "");

    /// <summary>Formats a duration in hours, minutes and seconds, or in seconds alone where it is under a minute.</summary>
    private static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds, 1));
        return time.TotalMinutes < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
    }

    private static string Or(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "unknown";
}
