using System.CommandLine;
using System.Globalization;
using Mina.Host.Evaluation;
using Mina.Host.Monitor.Page;
using Mina.Host.Monitor.Recordings;
using Mina.Host.Reports;
using Mina.Host.Shell;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Commands;

/// <summary><c>mina report REC --out FILE</c>: a recording on paper, as a Holter report has it.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var recording = new Argument<string>("REC") { Description = $"One recording: a {RecordingFormats.All.MainExtensions()} file." };
        var output = new Option<string>("--out", "-o") { Description = "The report: a .html file.", DefaultValueFactory = _ => "report.html" };
        var pdf = new Option<string?>("--pdf") { Description = "The report as a PDF of A4 pages too.", HelpName = "file" };
        var model = CommonOptions.Model();
        var threshold = CommonOptions.Threshold();
        var noRhythm = CommonOptions.NoRhythm();
        var lead = CommonOptions.Lead();
        var fs = CommonOptions.Fs();
        var command = new Command(
            "report", "Report a recording on one self-contained page that prints: AF burden and episodes, heart rates, ectopic beats, quality, strips of ECG.")
        {
            recording, output, pdf, model, threshold, noRhythm, lead, fs,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(_ =>
        {
            var (path, file) = (parsed.GetRequiredValue(recording), parsed.GetRequiredValue(output));
            OutputFiles.Require((parsed.GetValue(pdf), file));
            var (detector, read) = (parsed.DetectorOf(model, threshold, noRhythm), parsed.ReadOptionsOf(lead, fs));
            using var folder = RecordingFolder.Open(path);
            if (RecordingStream.TryClassify(folder.OnlyEntry(path, command.Name), detector, read, out var rejection) is not { } stream)
                throw new ProblemException(rejection!.Message);
            var samples = new RecordingSamples(read).Whole(stream);
            var report = HolterReport.Make(
                stream, samples, detector, parsed.GetValue(model) ?? Measurement.Shipped, MeasurementDate.Now(TimeProvider.System));
            var written = report.Write(file);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{stream.Entry.Id}: AF burden {DisplayText.Share(report.Whole.Burden)}, {Numbers.Episodes(report.Episodes.Count)}, heart rate "
                + $"{DisplayText.HeartRate(report.Whole.HeartRate)} /min"));
            Console.WriteLine($"report: {written}");
            if (parsed.GetValue(pdf) is { } paper)
                Console.WriteLine($"PDF: {report.WritePdf(paper)}");
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }
}
