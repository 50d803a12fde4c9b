using System.CommandLine;
using System.Globalization;
using Mina.Host.Shell;
using Mina.Preprocess;
using Mina.Streaming.Simulation;

namespace Mina.Host.Commands;

/// <summary><c>mina simulate --out DIR</c>: writes simulated recordings with labels and rhythms.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var defaults = new SimulationOptions();
        var folder = new Option<string>("--out", "-o")
        {
            Description = "The folder that the recordings are written to (WFDB .hea, .dat and .atr, and REFERENCE.csv).",
            DefaultValueFactory = _ => "simulated",
        };
        var count = new Option<int>("--count") { Description = "The number of recordings.", DefaultValueFactory = _ => defaults.Count };
        var seed = new Option<ulong>("--seed") { Description = "The seed; the same seed gives the same bytes.", DefaultValueFactory = _ => defaults.Seed };
        var seconds = new Option<string>("--seconds")
        {
            Description = "The shortest and the longest length in seconds, such as 10-60.",
            DefaultValueFactory = _ => "10-60",
        };
        var fs = new Option<double>("--fs") { Description = "The sampling frequency in Hz.", DefaultValueFactory = _ => defaults.Fs };
        var af = new Option<double>("--af") { Description = "The share with atrial fibrillation, 0 to 1.", DefaultValueFactory = _ => defaults.AF };
        var other = new Option<double>("--other") { Description = "The share with another rhythm, 0 to 1.", DefaultValueFactory = _ => defaults.Other };
        var noisy = new Option<double>("--noisy")
        {
            Description = "The share that is too noisy to classify, 0 to 1.",
            DefaultValueFactory = _ => defaults.Noisy,
        };
        var command = new Command("simulate", "Make synthetic ECG recordings: sinus rhythm, AF, ectopy, noise (McSharry's model); the same for the same seed.")
        {
            folder,
            count,
            seed,
            seconds,
            fs,
            af,
            other,
            noisy,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var range = (parsed.GetValue(seconds) ?? "").Split('-');
            if (range.Length is not (1 or 2)
                || !double.TryParse(range[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var shortest)
                || !double.TryParse(range[^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var longest))
                throw new ProblemException($"--seconds {parsed.GetValue(seconds)} is not a range; write, for example, --seconds 10-60.");
            return RunAsync(
                parsed.GetRequiredValue(folder),
                defaults with
                {
                    Count = parsed.GetValue(count),
                    Seed = parsed.GetValue(seed),
                    MinSeconds = shortest,
                    MaxSeconds = longest,
                    Fs = parsed.GetValue(fs),
                    AF = parsed.GetValue(af),
                    Other = parsed.GetValue(other),
                    Noisy = parsed.GetValue(noisy),
                },
                stop);
        }));
        return command;
    }

    private static async Task<int> RunAsync(string folder, SimulationOptions options, CancellationToken stop)
    {
        options.Validate();
        var summary = await ProgressView.RunAsync("simulate", TimeProvider.System, report => Task.FromResult(SimulationFolder.Write(
            folder, options, new ImmediateProgress<SimulationProgress>(
                progress => report(new ProgressState(progress.Done, progress.Count, $"{progress.Done}/{progress.Count} recordings"))), stop)))
                .ConfigureAwait(false);
        var counts = string.Join(", ", Enum.GetValues<Label>().Where(summary.Recordings.ContainsKey).Select(label => $"{summary.Recordings[label]} {label}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Recordings.Values.Sum()} recordings, {summary.Seconds:0} s ({counts}), "
                + $"{summary.Bytes / 1e6:0.0} MB in {Path.GetFullPath(folder)}; labels in {summary.Labels}"));
        return ExitCodes.Done;
    }
}
