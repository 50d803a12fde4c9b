using System.CommandLine;
using System.Globalization;
using Mina.Host.Explanations;
using Mina.Host.Models;
using Mina.Host.Reports;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Commands;

/// <summary><c>mina explain REC --out FILE</c>: a picture of what the network looked at in one window.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var recording = new Argument<string>("REC") { Description = $"One recording: a {RecordingFormats.All.MainExtensions()} file." };
        var output = new Option<string>("--out", "-o") { Description = "The picture: a .html, .png or .svg file.", Required = true };
        var start = new Option<double?>("--start") { Description = "Where the window of 10 s starts, in seconds. Default: the most telling window, of the highest probability, or of the lowest where none is AF." };
        var model = ModelOption.Create();
        var lead = new Option<string?>("--lead") { Description = "Lead, by name or by index from 0. Default: I, II, MLII, ECG, else the first." };
        var fs = new Option<double?>("--fs") { Description = "Sampling frequency in Hz of CSV files without a time column." };
        var command = new Command("explain", "Draw one window of a recording with what the network looked at in it: beat, rhythm and frequency attention over all four channels.") { recording, output, start, model, lead, fs };
        command.SetAction(parsed => CommandLine.RunJobAsync(_ => Task.FromResult(Run(
            parsed.GetRequiredValue(recording),
            parsed.GetRequiredValue(output),
            parsed.GetValue(start),
            new ModelDirectory(Path.GetFullPath(parsed.GetRequiredValue(model))),
            new ReadOptions(parsed.GetValue(lead), parsed.GetValue(fs))))));
        return command;
    }

    private static int Run(string path, string output, double? start, ModelDirectory model, ReadOptions read)
    {
        ExplanationFile.Check(output);
        using var classifier = model.Load();
        using var folder = RecordingFolder.Open(path);
        if (folder.Entries.Count != 1)
            throw new ProblemException($"{path} holds {folder.Entries.Count} recordings; explain takes one, such as {folder.Entries[0].Location}.");
        var (recording, rejection) = folder.Entries[0].Read(read);
        if (recording is null)
            throw new ProblemException(rejection!.Message);
        var window = new RecordingExplainer(classifier).Explain(recording, start);
        var why = window.Why is { } reason ? $" ({reason})" : "";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{window.RecordingId} from {window.StartSeconds:0.##} s{why}: probability of AF {Numbers.Probability(window.Attention.Probability)}, {(window.Finding == Finding.AF ? "AF" : "not AF")}"));
        Console.WriteLine($"picture: {ExplanationFile.Write(window, output)}");
        return ExitCodes.Done;
    }
}
