using System.Globalization;
using Mina.Host.Shell;
using Mina.Preprocess;
using Mina.Streaming.Ingest;
using Mina.Streaming.Recordings.Labels;
using Mina.Streaming.Shards;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary>The output of <c>ingest</c> while it runs and at its end.</summary>
internal static class IngestView
{
    private const int NamedIds = 5;
    private const double SegmentBytes = sizeof(float) * ((2 * Shapes.XLength) + Shapes.RhythmLength + Shapes.Channels);

    public static ProgressState StateOf(IngestProgress progress, long totalBytes, TimeSpan elapsed)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 1e-3);
        var of = progress.Total is { } total ? $"/{N(total)}" : "";
        var rejected = progress.Rejected > 0 ? $", {N(progress.Rejected)} rejected" : "";
        // A recording takes as long as its size says, but those of earlier runs are passed over unread, and then recordings are counted.
        var (done, all) = progress.Skipped > 0 ? ((double)progress.Done, (double)(progress.Total ?? 0)) : (progress.BytesRead, totalBytes);
        return new ProgressState(
            done,
            all,
            string.Create(CultureInfo.InvariantCulture,
                $"{N(progress.Done)}{of} recordings, {N(progress.Windows)} windows, {progress.BytesWritten / 1e6 / seconds:0} MB/s written{rejected}"));
    }

    /// <summary>Prints what came of it. One that was stopped says one thing only, because the rest is not known yet.</summary>
    public static void Print(IngestSummary summary, LabelTable? labels, bool fromHeaders, bool watch)
    {
        if (summary.Stopped && !watch)
        {
            Console.WriteLine($"stopped after {N(summary.Progress.Done - summary.Progress.Skipped)} recordings, of which {N(summary.Discarded)} "
                + "are read again: the same command goes on where this one stopped");
            return;
        }

        var output = AnsiConsole.Console;
        PrintCounts(output, summary);
        PrintRejections(output, summary);
        if (labels is not null && summary.NeverFound is { Count: > 0 } missing)
            Console.WriteLine($"{N(missing.Count)} of the labels in {labels.Source} name no recording: "
                + $"{string.Join(", ", missing.Take(NamedIds))}{(missing.Count > NamedIds ? ", ..." : "")}");
        var seconds = Math.Max(summary.Elapsed.TotalSeconds, 1e-3);
        var progress = summary.Progress;
        var segments = progress.Windows * SegmentBytes / 1e6;
        var already = progress.Skipped > 0 ? $"; {N(progress.Skipped)} recordings were there already" : "";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{N(progress.Done - progress.Skipped - progress.Rejected)} recordings, {N(progress.Windows)} windows in "
                + $"{ProgressView.Clock(summary.Elapsed)} ({progress.Windows / seconds:N0} windows/s, {segments / seconds:N0} MB/s of segments){already}"));
        if (summary.Discarded > 0)
            Console.WriteLine($"stopped: {N(summary.Discarded)} recordings of unfinished shards are read again by the next run");
        var source = labels?.Source ?? (fromHeaders ? "the recordings' own headers" : "rhythm annotations, window by window");
        Console.WriteLine($"shards: {summary.Output} (labels from {source}; {Manifest.FileName} lists what is "
            + $"finished{(summary.RejectionFile is { } file ? $", {Path.GetFileName(file)} what was rejected" : "")})");
    }

    private static void PrintCounts(IAnsiConsole output, IngestSummary summary)
    {
        if (summary.Shards.Count == 0)
        {
            output.WriteLine("No recording was taken.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("split").AddColumn("label").AddColumn("class")
            .AddColumn(new TableColumn("recordings").RightAligned()).AddColumn(new TableColumn("windows").RightAligned());
        foreach (var split in Enum.GetValues<Split>())
        {
            var counts = summary.Counts(split);
            foreach (var (label, count) in counts)
            {
                var @class = Labels.TryParse(label, out var known) ? Labels.ClassOf(known).ToString(CultureInfo.InvariantCulture) : "";
                table.AddRow(Splits.NameOf(split), label, @class, N(count.Recordings), N(count.Windows));
            }

            if (counts.Count > 0)
                table.AddRow(Splits.NameOf(split), "all", "", N(counts.Values.Sum(c => c.Recordings)), N(counts.Values.Sum(c => c.Windows)));
        }

        output.Write(table);
    }

    private static void PrintRejections(IAnsiConsole output, IngestSummary summary)
    {
        if (summary.Rejections.Count == 0)
            return;
        var table = new Table().Border(TableBorder.Simple).AddColumn("rejected").AddColumn(new TableColumn("recordings").RightAligned())
            .AddColumn("for example");
        foreach (var reason in summary.Rejections.GroupBy(rejection => rejection.Reason).OrderBy(reason => reason.Key))
            table.AddRow(new Text(reason.Key.ToString()), new Text(N(reason.Count())), new Text(reason.First().Message));
        output.Write(table);
    }

    private static string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
