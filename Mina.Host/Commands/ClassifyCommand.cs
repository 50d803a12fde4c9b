using System.CommandLine;
using Mina.Host.Classification;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina classify REC --model MODEL</c>: prints the verdicts and episodes of recordings.</summary>
internal static class ClassifyCommand
{
    public static Command Create()
    {
        var recordings = new Argument<string[]>("REC")
        {
            Description = $"Recordings: {RecordingFormats.All.MainExtensions()} files, folders or .zips of them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var model = CommonOptions.Model();
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table." };
        var csv = new Option<bool>("--csv") { Description = "Print CSV instead of a table, with one line for each window." };
        var annotations = new Option<string?>("--annotations")
        {
            Description = "Also write each recording's beats and rhythm as WFDB annotations (.qrs) into this folder, which score reads.",
            HelpName = "folder",
        };
        var table = new Option<string?>("--table")
        {
            Description = "Write one row for each recording to this .csv or .parquet file instead of printing, on all cores.",
            HelpName = "file",
        };
        var lead = CommonOptions.Lead();
        var leads = CommonOptions.Leads();
        var fs = CommonOptions.Fs();
        var threshold = CommonOptions.Threshold();
        var noRhythm = CommonOptions.NoRhythm();
        var command = new Command(
            "classify",
            "Say of each 10 s window of a recording, and of the recording, whether it is AF, and when AF began and "
            + "ended.")
        {
            recordings, model, json, csv, table, annotations, lead, leads, fs, threshold, noRhythm,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(csv))
                result.AddError("--json and --csv exclude each other; give one.");
            if (result.GetValue(table) is not null && (result.GetValue(json) || result.GetValue(csv) || result.GetValue(annotations) is not null))
                result.AddError("--table goes without --json, --csv and --annotations; give it alone.");
            if (result.GetValue(leads) is not null && (result.GetValue(lead) is not null || result.GetValue(table) is not null))
                result.AddError("--leads all goes without --lead and --table.");
        });
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var (paths, detector, read) = (parsed.GetRequiredValue(recordings), parsed.DetectorOf(model, threshold, noRhythm), parsed.ReadOptionsOf(lead, fs));
            if (parsed.GetValue(table) is { } file)
                return ClassifyTable.RunAsync(paths, detector, read, file, stop);
            var form = parsed.GetValue(json) ? Form.Json : parsed.GetValue(csv) ? Form.Csv : Form.Table;
            return Task.FromResult(Run(paths, detector, form, read, parsed.GetValue(leads) is not null, parsed.GetValue(annotations), stop));
        }));
        return command;
    }

    private enum Form
    {
        Table,
        Json,
        Csv,
    }

    private static int Run(string[] paths, Detector detector, Form form, ReadOptions read, bool allLeads, string? annotations, CancellationToken stop)
    {
        var classified = new List<ClassifiedRecording>();
        var ofAllLeads = allLeads ? new Dictionary<string, Finding>(StringComparer.Ordinal) : null;
        var (failed, found) = (0, 0);
        foreach (var path in paths)
        {
            using var folder = RecordingFolder.Open(path);
            foreach (var recording in folder.Entries)
            {
                var entries = allLeads ? RecordingLeads.Of(recording, read) : [recording];
                found += entries.Count;
                var leads = new List<ClassifiedRecording>();
                foreach (var entry in entries)
                {
                    stop.ThrowIfCancellationRequested();
                    if (!EntryClassifier.TryClassify(entry, detector, read, Environment.ProcessorCount, out var result, out var rejection))
                    {
                        failed++;
                        Console.Error.WriteLine($"mina: {rejection.Message}");
                        continue;
                    }

                    leads.Add(result);
                    if (annotations is not null)
                        ClassificationAnnotations.Save(result, annotations);
                    if (form == Form.Table)
                        ClassificationTable.Print(result, AnsiConsole.Console);
                    else
                        classified.Add(result);
                }

                if (ofAllLeads is null || leads.Count == 0)
                    continue;
                var finding = Findings.OfLeads(leads.Select(lead => lead.Finding));
                foreach (var lead in leads) ofAllLeads[lead.Id] = finding;
                if (form == Form.Table)
                    ClassificationTable.PrintLeads(recording.Id, leads, finding, AnsiConsole.Console);
            }
        }

        Print(classified, ofAllLeads, form, several: found > 1);
        return failed > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static void Print(List<ClassifiedRecording> classified, Dictionary<string, Finding>? ofAllLeads, Form form, bool several)
    {
        if (form == Form.Json && (classified.Count > 0 || several))
        {
            using var output = Console.OpenStandardOutput();
            ClassificationJson.Write(classified, asArray: several, output, ofAllLeads);
        }
        else if (form == Form.Csv)
        {
            ClassificationCsv.Write(classified, Console.Out);
        }
    }
}
