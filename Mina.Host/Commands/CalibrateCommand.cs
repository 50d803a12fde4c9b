using System.CommandLine;
using System.Globalization;
using Mina.Host.Evaluation;
using Mina.Host.Models;
using Mina.Host.Shell;
using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Host.Commands;

/// <summary><c>mina calibrate --model MODEL --shards SHARDS</c>: temperature and thresholds, on one's own recordings too.</summary>
internal static class CalibrateCommand
{
    private const int BatchSize = 128;

    public static Command Create()
    {
        var model = new Option<string>("--model", "-m") { Description = "The model's folder; its model.json is changed.", Required = true };
        var shards = new Option<string>("--shards", "-s") { Description = "Shards that ingest made.", DefaultValueFactory = _ => "out" };
        var split = new Option<string>("--split") { Description = "Which part of them; never the one that is reported.", DefaultValueFactory = _ => "validation" };
        var command = new Command("calibrate", "Fit a model's temperature and thresholds on labelled recordings that it was not trained on. Its weights stay.") { model, shards, split };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            if (!Splits.TryParse(parsed.GetRequiredValue(split), out var part))
                throw new ProblemException($"there is no split '{parsed.GetValue(split)}'; the splits are train, validation and test.");
            return Task.FromResult(Run(new ModelDirectory(Path.GetFullPath(parsed.GetRequiredValue(model))), ShardSet.Open(parsed.GetRequiredValue(shards)), part, stop));
        }));
        return command;
    }

    private static int Run(ModelDirectory model, ShardSet shards, Split split, CancellationToken stop)
    {
        var (weights, info) = model.LoadWeights();
        if (info.WhyIncompatible(shards.Settings.Preprocess.Fingerprint) is { } why)
            throw new ProblemException(why);
        if (shards.Windows(split, 0) == 0 || shards.Windows(split, 1) == 0)
            throw new ProblemException($"{shards.Directory} holds no AF windows or no others in its split {Splits.NameOf(split)}; calibration needs both.");
        var fitted = ModelCalibration.Fit(weights, info, shards.Batches(split, BatchSize), stop);
        model.Save(weights, fitted);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"temperature {fitted.Temperature:0.000}, AF from {fitted.Thresholds.Paper:0.000} (paper), {fitted.Thresholds.Uniform:0.000} (uniform) and {fitted.Thresholds.Recording:0.000} (recording) on: {model.Info}"));
        return ExitCodes.Done;
    }
}
