using System.CommandLine;
using System.Globalization;
using Mina.Host.Evaluation.Comparison;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina compare MODEL MODEL --shards SHARDS</c>: whether one model is better than another, beyond chance.</summary>
internal static class CompareCommand
{
    private const int BatchSize = 128;

    public static Command Create()
    {
        var models = new Argument<string[]>("MODEL")
        {
            Description = "The folders of two models; with one, it is compared with the model that Mina ships.",
            Arity = new ArgumentArity(1, 2),
        };
        var shards = CommonOptions.Shards();
        var split = CommonOptions.PartOfShards(Split.Test);
        var seed = CommonOptions.Seed("The seed of the bootstrap.");
        var resamples = CommonOptions.Resamples();
        var json = CommonOptions.JsonFile();
        var command = new Command(
            "compare",
            "Compare two models on the same windows: the difference of each figure, with its 95 % interval by a paired bootstrap over recordings.")
        {
            models, shards, split, seed, resamples, json,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var (part, options) = (parsed.SplitOf(split), new EvaluationOptions { Seed = parsed.GetValue(seed), Resamples = parsed.AtLeast(1, resamples) });
            var set = ShardSet.Open(parsed.GetRequiredValue(shards));
            var loaded = NamedDetector.Load(parsed.GetRequiredValue(models));
            return RunAsync(loaded[0], loaded.Length > 1 ? loaded[1] : NamedDetector.Shipped, set, part, options, parsed.GetValue(json), stop);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        NamedDetector first, NamedDetector second, ShardSet shards, Split split, EvaluationOptions options, string? json, CancellationToken stop)
    {
        first.Detector.RequireSettings(shards.Settings.Preprocess);
        second.Detector.RequireSettings(shards.Settings.Preprocess);
        OutputFiles.Require((json, null));
        var windows = shards.Windows(split);
        var views = await ProgressView.RunAsync("compare", TimeProvider.System, report =>
        {
            EvaluationResult Score(NamedDetector model, long done) => model.Detector.Evaluate(
                shards.Batches(split, BatchSize),
                options,
                progress => report(new ProgressState(
                    done + progress.Windows,
                    2 * windows,
                    string.Create(CultureInfo.InvariantCulture, $"{model.Name}: {progress.Windows:N0}/{windows:N0} windows"))),
                stop);
            return Task.FromResult(ModelComparison.Compare(Score(first, 0), Score(second, windows), options.Seed, options.Resamples));
        }).ConfigureAwait(false);
        ComparisonTable.Print(first.Name, second.Name, views, AnsiConsole.Console);
        if (json is not null)
        {
            ComparisonJson.Save(
                views, first.MeasurementOn(shards, split, options.Seed), second.MeasurementOn(shards, split, options.Seed), json);
            Console.WriteLine($"figures: {Path.GetFullPath(json)}");
        }

        return ExitCodes.Done;
    }
}
