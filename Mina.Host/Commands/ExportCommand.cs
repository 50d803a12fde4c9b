using System.CommandLine;
using System.Globalization;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Model.Onnx;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Simulation;

namespace Mina.Host.Commands;

/// <summary><c>mina export --onnx DIR</c>: writes a model as ONNX graphs, with an example.</summary>
internal static class ExportCommand
{
    private const int ExampleSeconds = 60;
    private const ulong ExampleSeed = 1;

    public static Command Create()
    {
        var folder = new Option<string>("--onnx")
        {
            Description = "The folder that the graphs are written to: preprocessing, network and the levels above it.",
            HelpName = "folder",
            Required = true,
        };
        var model = CommonOptions.Model();
        var fs = new Option<double>("--fs")
        {
            Description = "The sampling frequency in Hz of the recordings that samples.onnx takes; it resamples them to 300 Hz.",
            DefaultValueFactory = _ => Shapes.Fs,
        };
        var command = new Command("export", "Write a model as ONNX, so that other programs compute what Mina computes.")
        {
            folder, model, fs,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(_ =>
        {
            var to = parsed.GetRequiredValue(folder);
            WholeFile.RequireWritableFolder(to);
            return Task.FromResult(Run(CommonOptions.DetectorOf(parsed.GetValue(model)), parsed.GetValue(fs), to));
        }));
        return command;
    }

    private static int Run(Detector detector, double fs, string folder)
    {
        foreach (var (name, bytes) in OnnxExport.Encode(detector, fs))
            Write(folder, name, bytes);
        Write(folder, OnnxExample.Name, OnnxExample.Encode(detector, Example(fs)));
        return ExitCodes.Done;
    }

    private static void Write(string folder, string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        WholeFile.Write(path, bytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{PlainText.Clean(path)}: {bytes.Length / 1000.0:0} kB"));
    }

    /// <summary>A simulated minute with AF, the same every time.</summary>
    private static Recording Example(double fs)
    {
        var made = Simulator.Make(
            "example", ExampleSeed, 0, fs, (int)Math.Ceiling(ExampleSeconds * fs), [new RhythmEpisode(0, SimulatedRhythm.AtrialFibrillation)], Label.AF);
        return new Recording(made.Id, made.Fs, made.Samples);
    }
}
