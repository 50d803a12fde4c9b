using System.CommandLine;
using System.Globalization;
using Mina.Host.Classification;
using Mina.Host.Explanations;
using Mina.Host.Reports;
using Mina.Host.Shell;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Commands;

/// <summary><c>mina explain REC --out FILE</c>: draws the network's attention over one window.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var recording = new Argument<string>("REC") { Description = $"One recording: a {RecordingFormats.All.MainExtensions()} file." };
        var output = new Option<string>("--out", "-o") { Description = "The picture: a .html, .png or .svg file.", Required = true };
        var start = new Option<double?>("--start")
        {
            Description = "Where the window of 10 s starts, in seconds. Default: the most telling window, of the highest probability, "
                + "or of the lowest where none is AF.",
        };
        var model = CommonOptions.Model();
        var lead = CommonOptions.Lead();
        var fs = CommonOptions.Fs();
        var command = new Command(
            "explain",
            "Draw one window of a recording with what the network looked at in it: beat, rhythm and frequency attention "
            + "over all four channels.")
        {
            recording, output, start, model, lead, fs,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(_ =>
        {
            var picture = parsed.GetRequiredValue(output);
            ExplanationFile.Check(picture);
            var detector = parsed.DetectorOf(model);
            var window = detector.Explain(Read(parsed.GetRequiredValue(recording), parsed.ReadOptionsOf(lead, fs)), parsed.GetValue(start));
            var why = window.Why is { } reason ? $" ({reason})" : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{window.RecordingId} from {window.StartSeconds:0.##} s{why}: probability of AF "
                + $"{Numbers.Probability(window.Attention.Probability)}, {FindingNames.TextOf(window.Finding)}"));
            Console.WriteLine($"picture: {ExplanationFile.Write(window, picture)}");
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    /// <summary>Reads the one recording at a path.</summary>
    /// <exception cref="ProblemException">There are several, or it cannot be read.</exception>
    private static Recording Read(string path, ReadOptions read)
    {
        using var folder = RecordingFolder.Open(path);
        var (recording, rejection) = folder.OnlyEntry(path, "explain").Read(read);
        return recording ?? throw new ProblemException(rejection!.Message);
    }
}
