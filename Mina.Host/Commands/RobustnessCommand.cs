using System.CommandLine;
using Mina.Host.Evaluation.Robustness;
using Mina.Host.Reports;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina robustness --model A B --shards SHARDS</c>: scores models under baseline wander and noise, as in the paper.</summary>
internal static class RobustnessCommand
{
    private const int BatchSize = 128;

    public static Command Create()
    {
        var models = new Option<string[]>("--model", "-m")
        {
            Description = "The folders of the models to compare. Default: the model that Mina ships.",
            AllowMultipleArgumentsPerToken = true,
        };
        var shards = CommonOptions.Shards();
        var split = CommonOptions.PartOfShards(Split.Test);
        var windows = new Option<int>("--windows")
        {
            Description = "The largest number of windows, which are chosen at random.",
            DefaultValueFactory = _ => 2000,
        };
        var seed = CommonOptions.Seed("The seed of the choice, the disturbances and the bootstrap.");
        var json = CommonOptions.JsonFile();
        var report = CommonOptions.Report("page");
        var command = new Command(
            "robustness",
            "Score models on windows disturbed by baseline wander and noise of growing strength.")
        {
            models, shards, split, windows, seed, json, report,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var (part, count) = (parsed.SplitOf(split), parsed.AtLeast(2, windows));
            var set = ShardSet.Open(parsed.GetRequiredValue(shards));
            return RunAsync(
                parsed.GetValue(models) is { Length: > 0 } folders ? NamedDetector.Load(folders) : [NamedDetector.Shipped],
                set, part, (count, parsed.GetValue(seed)), (parsed.GetValue(json), parsed.GetValue(report)), stop);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        NamedDetector[] detectors,
        ShardSet shards,
        Split split,
        (int Windows, long Seed) sample,
        (string? Json, string? Report) files,
        CancellationToken stop)
    {
        foreach (var named in detectors)
            named.Detector.RequireSettings(shards.Settings.Preprocess);
        OutputFiles.Require(files);
        var conditions = Condition.All.Count;
        var result = await ProgressView.RunAsync("robustness", TimeProvider.System, report => Task.FromResult(Detector.Robustness(
            Array.ConvertAll(detectors, named => (named.Name, named.Detector)),
            () => shards.Batches(split, BatchSize),
            Splits.NameOf(split),
            sample.Windows,
            sample.Seed,
            done => report(new ProgressState(done, conditions, $"{done}/{conditions} strengths")),
            stop))).ConfigureAwait(false);
        RobustnessTable.Print(result, AnsiConsole.Console);
        if (files.Json is { } json)
        {
            RobustnessJson.Save(result, json, detectors.Select(named => named.MeasurementOn(shards, split, sample.Seed)));
            Console.WriteLine($"figures: {Path.GetFullPath(json)}");
        }

        if (files.Report is { } path)
            Console.WriteLine($"report: {RobustnessPage.Write(result, path)}");
        return ExitCodes.Done;
    }
}
