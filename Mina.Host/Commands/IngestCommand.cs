using System.CommandLine;
using Mina.Host.Shell;
using Mina.Preprocess;
using Mina.Streaming.Ingest;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Labels;
using Mina.Streaming.Shards;

namespace Mina.Host.Commands;

/// <summary><c>mina ingest RAW --out SHARDS</c>: turns recordings into shards.</summary>
internal static class IngestCommand
{
    /// <summary>The value of --labels for labels by window.</summary>
    private const string Annotations = "annotations";

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var raw = new Argument<string>("RAW")
        {
            Description = $"A folder of recordings ({RecordingFormats.All.MainExtensions(", ")}), a .zip of them, or one recording.",
        };
        var output = new Option<string>("--out", "-o") { Description = "The folder that the shards are written to.", DefaultValueFactory = _ => "out" };
        var labels = new Option<string?>("--labels")
        {
            Description = "A file of labels, like CinC 2017's REFERENCE-v3.csv (id,label with N, A, O or ~), or the word annotations, by which each window "
                + "gets its label from the rhythm annotations (WFDB's .atr). Default: the file beside the recordings, else the diagnoses in their headers "
                + "(#Dx), else annotations where they have some.",
        };
        var groups = new Option<string?>("--groups")
        {
            Description = "A file of id,group lines, or a folder with such a file for each folder of recordings, by its name; recordings of one group (a "
                + "person) share a split. Default: groups.csv beside the recordings, if there is one.",
        };
        var split = new Option<string>("--split") { Description = "The shares of train/validation/test in percent.", DefaultValueFactory = _ => "75/10/15" };
        var seed = CommonOptions.Seed("The seed of the split.");
        var threads = new Option<int>("--threads")
        {
            Description = "The number of recordings that are worked on at once. It does not change the bytes of the shards.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var lead = CommonOptions.Lead();
        var leads = CommonOptions.Leads();
        var fs = CommonOptions.Fs();
        var watch = new Option<bool>("--watch") { Description = "Go on with new recordings until stopped by Ctrl-C." };
        var command = new Command("ingest", "Turn recordings into Parquet shards of segments. Stop it, start it again, it goes on.")
        {
            raw, output, labels, groups, split, seed, threads, lead, leads, fs, watch,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(leads) is not null && (result.GetValue(lead) is not null || result.GetValue(watch)))
                result.AddError("--leads all goes without --lead and --watch.");
        });
        command.SetAction(parsed => CommandLine.RunJobAsync(stop => RunAsync(
            new Request(
                parsed.GetRequiredValue(raw),
                parsed.GetRequiredValue(output),
                parsed.GetValue(labels),
                parsed.GetValue(groups),
                parsed.GetValue(watch),
                parsed.AtLeast(1, threads),
                new ShardSettings
                {
                    Seed = parsed.GetValue(seed),
                    Ratios = SplitRatios.TryParse(parsed.GetRequiredValue(split), out var ratios)
                        ? ratios
                        : throw new ProblemException(
                            $"--split {parsed.GetValue(split)} is not three whole percentages that add up to 100; write, for example, --split 75/10/15."),
                    Lead = parsed.GetValue(leads) ?? parsed.GetValue(lead),
                    Fs = parsed.GetValue(fs),
                }),
            stop)));
        return command;
    }

    private sealed record Request(string Raw, string Out, string? Labels, string? Groups, bool Watch, int Threads, ShardSettings Settings);

    private static async Task<int> RunAsync(Request request, CancellationToken stop)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        var asksForAnnotations = request.Labels == Annotations;
        string[] notRecordings = [.. new[] { asksForAnnotations ? null : request.Labels, request.Groups }.OfType<string>()];
        using var folder = request.Watch ? null : RecordingFolder.Open(request.Raw, notRecordings);
        using var watched = request.Watch ? new RecordingWatch(request.Raw, notRecordings) : null;
        var allLeads = request.Settings.Lead == RecordingLeads.All;
        var listed = folder is null || !allLeads
            ? folder?.Entries
            : folder.Entries.SelectMany(entry => RecordingLeads.Of(entry, new ReadOptions(Fs: request.Settings.Fs)));
        var labels = asksForAnnotations ? null : request.Labels is { } file ? LabelTable.Load(file) : folder?.FindLabels() ?? watched?.FindLabels();
        var inHeaders = labels is null && !asksForAnnotations && (listed?.Any(entry => HasLabel(entry, request.Settings)) ?? false);
        if (labels is null && !asksForAnnotations && !inHeaders && !(folder?.Entries.Any(HasRhythms) ?? false))
        {
            throw new ProblemException(
                $"no labels for {request.Raw}: put a REFERENCE.csv with lines of id,label (N, A, O or ~) beside the recordings, or name one with --labels.");
        }

        var groups = PersonTables.Find(request.Groups, request.Raw);
        var options = new IngestOptions(request.Out)
        {
            Settings = request.Settings,
            Threads = request.Threads,
            LabelOf = id => labels?.Find(Named(id)),
            LabelsFromRhythms = labels is null && !inHeaders,
            GroupOf = id => groups?.Find(Named(id)),
            LabelledIds = folder is null || allLeads ? null : labels?.Ids,
            Watch = request.Watch,
        };
        var entries = listed ?? WatchedFolder.Entries(watched!, time, WatchInterval, stop);
        var totalBytes = folder?.Bytes ?? 0;
        var summary = await ProgressView.RunAsync("ingest", time, report => IngestPipeline.RunAsync(
            entries, options, new ImmediateProgress<IngestProgress>(progress => report(IngestView.StateOf(progress, totalBytes, time.GetElapsedTime(began)))),
            stop)).ConfigureAwait(false);

        IngestView.Print(summary, labels, inHeaders, request.Watch);
        if (summary.Stopped && !request.Watch)
            return ExitCodes.Stopped;
        return summary.Shards.Count == 0 ? ExitCodes.Failed : ExitCodes.Done;

        // Tables name recordings, not their leads.
        string Named(string id) => allLeads ? RecordingLeads.RecordingOf(id) : id;
    }

    private static bool HasLabel(RecordingEntry entry, ShardSettings settings)
    {
        var (reader, _) = entry.Open(new ReadOptions(settings.Lead, settings.Fs));
        using (reader) return reader?.Label is not null;
    }

    private static bool HasRhythms(RecordingEntry entry)
    {
        try
        {
            return entry.ReadRhythms() is { Count: > 0 };
        }
        catch (ProblemException)
        {
            // It will be rejected by name if labels come from annotations.
            return false;
        }
    }
}
