using System.CommandLine;
using Mina.Host.Classification;
using Mina.Host.Models;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina classify REC --model MODEL</c>: recordings to verdicts and episodes.</summary>
internal static class ClassifyCommand
{
    public static Command Create()
    {
        var recordings = new Argument<string[]>("REC") { Description = $"Recordings: {RecordingFormats.All.MainExtensions()} files, folders or .zips of them.", Arity = ArgumentArity.OneOrMore };
        var model = ModelOption.Create();
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var csv = new Option<bool>("--csv") { Description = "CSV instead of a table, a line a window." };
        var lead = new Option<string?>("--lead") { Description = "Lead, by name or by index from 0. Default: I, II, MLII, ECG, else the first." };
        var fs = new Option<double?>("--fs") { Description = "Sampling frequency in Hz of CSV files without a time column." };
        var threshold = new Option<double?>("--threshold") { Description = "AF from this probability on. Default: the model's." };
        var command = new Command("classify", "Say of each 10 s window of a recording, and of the recording, whether it is AF, and when AF began and ended.") { recordings, model, json, csv, lead, fs, threshold };
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(csv))
                result.AddError("--json and --csv exclude each other; give one.");
        });
        command.SetAction(parsed => CommandLine.RunJobAsync(stop => Task.FromResult(Run(
            parsed.GetRequiredValue(recordings),
            new ModelDirectory(Path.GetFullPath(parsed.GetRequiredValue(model))),
            parsed.GetValue(json) ? Form.Json : parsed.GetValue(csv) ? Form.Csv : Form.Table,
            new ReadOptions(parsed.GetValue(lead), parsed.GetValue(fs)),
            parsed.GetValue(threshold),
            stop))));
        return command;
    }

    private enum Form
    {
        Table,
        Json,
        Csv,
    }

    private static int Run(string[] paths, ModelDirectory model, Form form, ReadOptions read, double? threshold, CancellationToken stop)
    {
        if (threshold is { } given && !(given is > 0 and < 1))
            throw new ProblemException($"--threshold {given} must lie between 0 and 1.");
        using var classifier = model.Load();
        var recordings = new RecordingClassifier(classifier.Info.Preprocessing, classifier.Predict, threshold is { } one ? ViewThresholds.Same(one) : classifier.Info.Thresholds, WindowQuality.FaultOf);
        var classified = new List<ClassifiedRecording>();
        var (failed, found) = (0, 0);
        foreach (var path in paths)
        {
            using var folder = RecordingFolder.Open(path);
            found += folder.Entries.Count;
            foreach (var entry in folder.Entries)
            {
                stop.ThrowIfCancellationRequested();
                var (recording, rejection) = entry.Read(read);
                ClassifiedRecording? result = null;
                if (recording is not null)
                    (result, rejection) = recordings.Classify(recording);
                if (result is not null)
                {
                    classified.Add(result);
                    if (form == Form.Table)
                        ClassificationOutput.WriteTable(result, AnsiConsole.Console);
                }
                else
                {
                    failed++;
                    Console.Error.WriteLine($"mina: {rejection!.Message}");
                }
            }
        }

        if (form == Form.Json && (classified.Count > 0 || found > 1))
        {
            using var output = Console.OpenStandardOutput();
            ClassificationOutput.WriteJson(classified, asArray: found > 1, output);
        }
        else if (form == Form.Csv)
        {
            ClassificationOutput.WriteCsv(classified, Console.Out);
        }

        return failed > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }
}
