using System.CommandLine;
using Mina.Host.Inspections;
using Mina.Host.Reports;
using Mina.Host.Shell;
using Mina.Streaming.Recordings;
using Mina.Streaming.Shards;

namespace Mina.Host.Commands;

/// <summary><c>mina inspect PATH</c>: says what recordings or shards hold.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A recording, a folder, a .zip, a RECORDS list, or a folder of shards." };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table." };
        var html = new Option<string?>("--html") { Description = "Also write a page with pictures: a .html file, or a folder for it.", HelpName = "page" };
        var annotator = CommonOptions.Annotator("Which rhythm annotations of WFDB records count");
        var lead = CommonOptions.Lead();
        var fs = CommonOptions.Fs();
        var command = new Command(
            "inspect",
            "Say what is there: leads, rates, lengths, gaps, quality, annotations, heart rate, equal signals, and what would be rejected and why; "
            + "of shards, the balance of the classes in each split.")
        {
            path, json, html, annotator, lead, fs,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop => Task.FromResult(Run(
            parsed.GetRequiredValue(path),
            parsed.GetValue(json),
            parsed.GetValue(html),
            parsed.GetRequiredValue(annotator),
            parsed.ReadOptionsOf(lead, fs),
            stop))));
        return command;
    }

    private static int Run(string path, bool json, string? html, string annotator, ReadOptions read, CancellationToken stop)
    {
        OutputFiles.Require((null, html));
        using var output = json ? Console.OpenStandardOutput() : Stream.Null;
        if (File.Exists(Path.Combine(path, ShardSettings.FileName)))
        {
            var shards = ShardSet.Open(path);
            if (json) InspectionJson.Write(shards, output);
            else InspectionTable.Print(shards, Console.Out);
            if (html is not null) Tell(InspectionReport.Write(shards, html), json);
            return ExitCodes.Done;
        }

        using var folder = RecordingFolder.Open(path);
        var labels = folder.FindLabels();
        var signals = new Dictionary<string, string>(StringComparer.Ordinal);
        var recordings = new List<RecordingInspection>();
        foreach (var entry in folder.Entries)
        {
            stop.ThrowIfCancellationRequested();
            var takesPicture = html is not null && recordings.Count < InspectionReport.MostPictures;
            recordings.Add(RecordingInspection.Inspect(entry, read, annotator, labels?.Find(entry.Id), signals, takesPicture));
        }

        if (json) InspectionJson.Write(recordings, output);
        else InspectionTable.Print(recordings, Console.Out);
        if (html is not null) Tell(InspectionReport.Write(path, recordings, html), json);
        return ExitCodes.Done;
    }

    // JSON on the output stays JSON alone.
    private static void Tell(string page, bool json) => (json ? Console.Error : Console.Out).WriteLine($"page: {page}");
}
