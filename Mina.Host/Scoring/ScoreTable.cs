using System.Globalization;
using Mina.Host.Evaluation;
using Mina.Model;
using Spectre.Console;

namespace Mina.Host.Scoring;

/// <summary>The tables that <c>score</c> prints, in 80 columns: beats, rhythms, and CPSC 2021's score.</summary>
internal static class ScoreTable
{
    private static readonly Func<BeatComparison, double>[] BeatRatios =
        [c => c.Sensitivity, c => c.Ppv, c => c.VebSensitivity, c => c.VebPpv, c => c.SvebSensitivity, c => c.SvebPpv];

    private static readonly Func<EpisodeComparison, double>[] RhythmRatios =
        [c => c.EpisodeSensitivity, c => c.EpisodePpv, c => c.DurationSensitivity, c => c.DurationPpv];

    /// <summary>Prints the figures and their meaning.</summary>
    public static void Print(ScoringResult result, IAnsiConsole console)
    {
        if (result.Beats.Length > 0)
            PrintBeats(result, console);
        if (result.Rhythms.Length > 0)
            PrintRhythms(result, console);
        if (result.Cpsc.Length > 0)
            PrintCpsc(result, console);
        if (result.LeftOut.Count > 0)
            console.WriteLine($"Left out, as paced: {string.Join(", ", result.LeftOut)}.");
    }

    private static void PrintBeats(ScoringResult result, IAnsiConsole console)
    {
        var table = TableOf("Beats (EC57, %)", "beats", "Se", "PPV", "VEB\nSe", "VEB\nPPV", "SVEB\nSe", "SVEB\nPPV");
        foreach (var record in result.Records)
        {
            if (record.Beats is { } beats)
                Row(Markup.Escape(record.Id), beats);
        }

        var gross = BeatComparisons.Gross(result.Beats);
        table.AddEmptyRow();
        Row("[bold]gross[/]", gross);
        table.AddRow(["[bold]average[/]", "", .. BeatRatios.Select(ratio => Percent(BeatComparisons.Average(ratio, result.Beats)))]);
        console.Write(table);
        var matrix = TableOf("Pairs (rows: reference)", [.. BeatComparison.Names.Select(name => name.ToLowerInvariant())]);
        for (var row = 0; row < gross.Pairs.Length; row++)
            matrix.AddRow([BeatComparison.Names[row], .. gross.Pairs[row].Select(Count)]);
        console.Write(matrix);
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[dim]A beat is found within {result.Options.BeatWindowSeconds * 1000:0} ms. o: no beat marked; x: none in unreadable signal.[/]");

        void Row(string name, BeatComparison c) => table.AddRow([name, Count(c.ReferenceBeats), .. BeatRatios.Select(ratio => Percent(ratio(c)))]);
    }

    private static void PrintRhythms(ScoringResult result, IAnsiConsole console)
    {
        var table = TableOf(
            "AF (EC57)", "hours", "AF", "judged\nAF", "episode\nSe", "episode\nPPV", "duration\nSe", "duration\nPPV", "false\n/24 h");
        foreach (var record in result.Records)
        {
            if (record.Rhythm is { } rhythm)
                Row(Markup.Escape(record.Id), rhythm);
        }

        table.AddEmptyRow();
        Row("[bold]gross[/]", EpisodeComparisons.Gross(result.Rhythms));
        table.AddRow(["[bold]average[/]", "", "", "", .. RhythmRatios.Select(ratio => Share(EpisodeComparisons.Average(ratio, result.Rhythms))), ""]);
        console.Write(table);
        var minutes = result.Minutes;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"AF minutes: Se {Share(minutes.Sensitivity)} ({minutes.Both}/{minutes.Both + minutes.ReferenceOnly}), "
            + $"PPV {Share(minutes.Ppv)} ({minutes.Both}/{minutes.Both + minutes.DetectedOnly}); a minute is AF when half of it is."));
        console.MarkupLine("[dim]An episode is found, or true, where one of the other side overlaps it.[/]");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[dim]Flutter {FlutterNames.TextOf(result.Options.Flutter)}.{LeftOut(result)}[/]");

        void Row(string name, EpisodeComparison c) => table.AddRow(
        [
            name,
            Number(c.ComparedSeconds / 3600, "0.00"),
            Number(c.ReferenceSeconds / c.ComparedSeconds * 100, "0.0") + "%",
            Number(c.DetectedSeconds / c.ComparedSeconds * 100, "0.0") + "%",
            PartOf(c.ReferenceFound, c.ReferenceEpisodes),
            PartOf(c.DetectedTrue, c.DetectedEpisodes),
            Share(c.DurationSensitivity),
            Share(c.DurationPpv),
            Number(c.FalseEpisodesPerDay, "0.#"),
        ]);
    }

    private static void PrintCpsc(ScoringResult result, IAnsiConsole console)
    {
        var table = TableOf("CPSC 2021", "class", "predicted", "Ur", "Ue", "U");
        foreach (var record in result.Records)
        {
            if (record.Cpsc is { } score)
            {
                table.AddRow(
                    Markup.Escape(record.Id),
                    NameOf(score.Class),
                    NameOf(score.Predicted),
                    Number(score.RhythmScore, "0.0"),
                    Number(score.EpisodeScore, "0.00"),
                    Number(score.Total, "0.00"));
            }
        }

        table.AddEmptyRow();
        table.AddRow("[bold]mean[/]", "", "", "", "", $"[bold]{Number(CpscScores.Mean(result.Cpsc), "0.0000")}[/]");
        console.Write(table);
    }

    private static string NameOf(CpscClass value) => value switch
    {
        CpscClass.NonAF => "non-AF",
        CpscClass.Persistent => "persistent",
        _ => "paroxysmal",
    };

    private static Table TableOf(string title, params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple).Title(title);
        table.AddColumn(new TableColumn("").PadRight(1).PadLeft(0));
        foreach (var name in columns)
            table.AddColumn(new TableColumn(name).RightAligned().PadLeft(0).PadRight(1).NoWrap());
        return table;
    }

    private static string LeftOut(ScoringResult result) => result.Options.LearningSeconds > 0
        ? string.Create(CultureInfo.InvariantCulture, $" The first {result.Options.LearningSeconds:0.#} s are left out.")
        : "";

    private static string PartOf(int part, int whole) =>
        whole == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{(double)part / whole:0.000}\n[dim]{part}/{whole}[/]");

    private static string Percent(double value) => Number(100 * value, "0.00");

    private static string Share(double value) => Number(value, "0.000");

    private static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);
}
