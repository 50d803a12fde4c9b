using System.Globalization;
using Mina.Host.Shell;
using Mina.Preprocess;
using Mina.Streaming.Ingest;
using Mina.Streaming.Recordings;
using Mina.Streaming.Shards;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary>What <c>ingest</c> shows while it runs and at its end.</summary>
internal static class IngestView
{
    private const int NamedRejections = 5;

    public static ProgressState StateOf(IngestProgress progress, int total, long totalBytes, TimeSpan elapsed)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 1e-3);
        var of = total > 0 ? string.Create(CultureInfo.InvariantCulture, $"/{total:N0}") : "";
        var rejected = progress.Rejected > 0 ? string.Create(CultureInfo.InvariantCulture, $", {progress.Rejected:N0} rejected") : "";
        return new ProgressState(
            progress.BytesRead,
            totalBytes,
            string.Create(CultureInfo.InvariantCulture, $"{progress.Recordings:N0}{of} recordings, {progress.Windows:N0} windows, {progress.BytesWritten / 1e6 / seconds:0} MB/s written{rejected}"));
    }

    public static void Print(IngestSummary summary, ShardDirectory directory, TimeSpan elapsed, LabelTable labels, IReadOnlyList<string>? labelledOnly)
    {
        var output = AnsiConsole.Console;
        PrintCounts(output, summary);
        PrintRejections(output, summary);
        if (labelledOnly is { Count: > 0 })
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{labelledOnly.Count:N0} of the labels in {labels.Source} name no recording: {string.Join(", ", labelledOnly.Take(NamedRejections))}{(labelledOnly.Count > NamedRejections ? ", ..." : "")}"));
        }

        var seconds = Math.Max(elapsed.TotalSeconds, 1e-3);
        var raw = summary.Windows * 4.0 * ((2 * Shapes.XLength) + Shapes.RhythmLength + Shapes.Channels) / 1e6;
        var already = summary.AlreadyThere > 0 ? $"; {N(summary.AlreadyThere)} recordings were there already" : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{summary.Taken:N0} recordings, {summary.Windows:N0} windows in {ProgressView.Clock(elapsed)} ({summary.Windows / seconds:N0} windows/s, {raw / seconds:N0} MB/s of segments){already}"));
        if (summary.Discarded > 0)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stopped: {summary.Discarded:N0} recordings of unfinished shards were let go; the same command goes on where this one stopped"));
        output.WriteLine($"shards: {directory.Path} (labels from {labels.Source}; manifest.jsonl lists what is finished, {RejectionFile.Name} what was rejected)");
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
            var counts = ShardCounts.ByLabel(summary.Shards.Where(shard => shard.Split == split));
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
        var table = new Table().Border(TableBorder.Simple).AddColumn("rejected").AddColumn(new TableColumn("recordings").RightAligned()).AddColumn("for example");
        foreach (var reason in summary.Rejections.GroupBy(rejection => rejection.Reason).OrderBy(reason => reason.Key))
            table.AddRow(new Text(reason.Key.ToString()), new Text(N(reason.Count())), new Text(reason.First().Message));
        output.Write(table);
    }

    private static string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
