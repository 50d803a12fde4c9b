using System.Globalization;
using Mina.Model;
using Spectre.Console;

namespace Mina.Host.Evaluation.Recordings;

/// <summary>The table that <c>evaluate --recordings</c> prints: a line for each recording, then gross and average.</summary>
public static class RecordingsTable
{
    /// <summary>The ratios in the order of the columns.</summary>
    private static readonly Func<EpisodeComparison, double>[] Ratios =
        [c => c.EpisodeSensitivity, c => c.EpisodePpv, c => c.DurationSensitivity, c => c.DurationPpv];

    /// <summary>Prints the figures, their meaning, and what a reader must know about them.</summary>
    internal static void Print(RecordingsReport report, IAnsiConsole console)
    {
        Print(report.Result, console);
        PrintMore(report, console);
    }

    /// <summary>Prints the figures of episodes and duration, and their meaning.</summary>
    public static void Print(RecordingsResult result, IAnsiConsole console)
    {
        // The table is narrow, because a pipe has 80 columns.
        var table = new Table().Border(TableBorder.Simple).Title("AF in continuous recordings");
        table.AddColumn(new TableColumn("").Padding(0, 0));
        foreach (var name in new[] { "hours", "AF", "judged\nAF", "episode\nSe", "episode\nPPV", "dura-\ntion\nSe", "dura-\ntion\nPPV",
            "false\n/24 h", "unclass-\nifiable" })
            table.AddColumn(new TableColumn(name).RightAligned().Padding(0, 0).NoWrap());
        foreach (var (recording, comparison) in result.Recordings)
            Row(Markup.Escape(recording.Id), comparison, recording.UnclassifiableSeconds / recording.DurationSeconds);
        table.AddEmptyRow();
        Row("[bold]gross[/]", result.Gross, result.Unclassifiable);
        table.AddRow(["[bold]average[/]", "", "", "", .. Ratios.Select(ratio => Share(result.Average(ratio))), "", ""]);
        console.Write(table);
        var flutter = FlutterNames.TextOf(result.Options.Flutter);
        var leftOut = (result.Options.LearningSeconds, result.Options.ShortestSeconds) switch
        {
            (0, 0) => "",
            (var seconds, 0) => string.Create(CultureInfo.InvariantCulture, $"; the first {seconds:0.#} s are left out"),
            (0, var seconds) => string.Create(CultureInfo.InvariantCulture, $"; episodes under {seconds:0.#} s are left out"),
            var (first, shortest) => string.Create(CultureInfo.InvariantCulture, $"; the first {first:0.#} s and episodes under {shortest:0.#} s are left out"),
        };
        const string definitions = "As ANSI/AAMI EC57 and WFDB's epicmp define them. An episode is found, or true, where one of the other side "
            + "overlaps it; episodes of the model last 30 s or more.";
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[dim]{definitions} Flutter {flutter}{leftOut}.[/]");

        void Row(string name, EpisodeComparison c, double unclassifiable) => table.AddRow(
        [
            name,
            Number(c.ComparedSeconds / 3600, "0.00"),
            Number(c.ReferenceSeconds / c.ComparedSeconds, "0.0 %"),
            Number(c.DetectedSeconds / c.ComparedSeconds, "0.0 %"),
            PartOf(c.ReferenceFound, c.ReferenceEpisodes),
            PartOf(c.DetectedTrue, c.DetectedEpisodes),
            Share(c.DurationSensitivity),
            Share(c.DurationPpv),
            Number(c.FalseEpisodesPerDay, "0.#"),
            Number(unclassifiable, "0.0 %"),
        ]);
    }

    private static void PrintMore(RecordingsReport report, IAnsiConsole console)
    {
        var (minutes, delays, intervals) = (report.Result.Minutes, report.Result.Delays, report.Intervals);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"95 % intervals by bootstrap over {intervals.Units} {(report.IsByPerson ? "people" : "recordings (--persons says whose they are)")}:"));
        console.WriteLine(
            $"  duration Se {Range(intervals.DurationSensitivity, "0.000")}, PPV {Range(intervals.DurationPpv, "0.000")}, "
            + $"false episodes in 24 h {Range(intervals.FalseEpisodesPerDay, "0.#")}.");
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"AF minutes: Se {Share(minutes.Sensitivity)} ({minutes.Both}/{minutes.Both + minutes.ReferenceOnly}), "
            + $"PPV {Share(minutes.Ppv)} ({minutes.Both}/{minutes.Both + minutes.DetectedOnly}); a minute is AF when half of it is."));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Alarm delay, onset to notice: p50 {Number(delays.Quantile(0.5), "0.0")} s, p99 {Number(delays.Quantile(0.99), "0.0")} s "
            + $"({delays.Seconds.Length} episodes;"));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {delays.AlreadyOn} began while an alarm was on, {delays.Missed} had none)."));
        if (report.ScoredByCpsc > 0)
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"CPSC 2021's score: {report.CpscScore:0.0000} ({report.ScoredByCpsc} records, episodes of any length)."));
        }

        if (report.Measurement.Marks.Warning is { } warning)
            console.MarkupLineInterpolated($"[bold yellow]{warning}[/]");
    }

    private static string PartOf(int part, int whole) =>
        whole == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{(double)part / whole:0.000}\n[dim]{part}/{whole}[/]");

    private static string Range(Bounds bounds, string format) =>
        double.IsNaN(bounds.Lower) ? "-" : $"{Number(bounds.Lower, format)} to {Number(bounds.Upper, format)}";

    private static string Share(double value) => Number(value, "0.000");

    private static string Number(double value, string format) => double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);
}
