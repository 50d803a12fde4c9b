using System.CommandLine;
using System.Globalization;
using Mina.Host.Models;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Host.Commands;

/// <summary><c>mina calibrate --model MODEL --shards SHARDS</c>: fits temperature and thresholds, for example on one's own recordings.</summary>
internal static class CalibrateCommand
{
    private const int BatchSize = 128;

    public static Command Create()
    {
        var model = new Option<string>("--model", "-m") { Description = "The model's folder, in which model.json is changed.", Required = true };
        var shards = CommonOptions.Shards();
        var split = CommonOptions.PartOfShards(Split.Validation, "Which part of them; never the one that is reported.");
        var command = new Command(
            "calibrate",
            "Fit a model's temperature and thresholds on labelled recordings that it was not trained on. Its weights "
            + "stay.")
        {
            model, shards, split,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var (folder, part) = (new ModelDirectory(Path.GetFullPath(parsed.GetRequiredValue(model))), parsed.SplitOf(split));
            return Task.FromResult(Run(folder, ShardSet.Open(parsed.GetRequiredValue(shards)), part, stop));
        }));
        return command;
    }

    private static int Run(ModelDirectory folder, ShardSet shards, Split split, CancellationToken stop)
    {
        var detector = Detector.Load(folder.Path);
        detector.RequireSettings(shards.Settings.Preprocess);
        if (shards.Windows(split, 0) == 0 || shards.Windows(split, 1) == 0)
            throw new ProblemException(
                $"{shards.Directory} holds windows of one class only in its split {Splits.NameOf(split)}; calibration needs AF windows and others, so "
                + "choose another --split or other shards.");
        var calibrated = detector.Calibrate(shards.Batches(split, BatchSize), stop);
        folder.Save(calibrated.Model.Weights, calibrated.Info);
        var (temperature, thresholds) = (calibrated.Info.Temperature, calibrated.Thresholds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"temperature {temperature:0.000}, AF from {thresholds.Paper:0.000} (paper), {thresholds.Uniform:0.000} (uniform) and "
            + $"{thresholds.Recording:0.000} (recording) on: {folder.Info}"));
        return ExitCodes.Done;
    }
}
