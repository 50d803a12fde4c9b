using System.CommandLine;
using Mina.Host.Evaluation.Robustness;
using Mina.Host.Models;
using Mina.Host.Reports;
using Mina.Host.Shell;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina robustness --model A B --shards SHARDS</c>: how models bear baseline wander and noise, as in the paper.</summary>
internal static class RobustnessCommand
{
    private const int BatchSize = 128;

    public static Command Create()
    {
        var models = new Option<string[]>("--model", "-m") { Description = "The models' folders; as many as are to be compared.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [ModelDirectory.Shipped] };
        var shards = new Option<string>("--shards", "-s") { Description = "Shards that ingest made.", DefaultValueFactory = _ => "out" };
        var split = new Option<string>("--split") { Description = "Which part of them: train, validation or test.", DefaultValueFactory = _ => "test" };
        var windows = new Option<int>("--windows") { Description = "How many windows at most, chosen at random.", DefaultValueFactory = _ => 2000 };
        var seed = new Option<long>("--seed") { Description = "Of the choice, the disturbances and the bootstrap.", DefaultValueFactory = _ => 1 };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file." };
        var report = new Option<string?>("--report") { Description = "Write a self-contained HTML page to this .html file, or into this folder." };
        var command = new Command("robustness", "Score models on windows disturbed by baseline wander and noise of growing strength.") { models, shards, split, windows, seed, json, report };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            if (!Splits.TryParse(parsed.GetRequiredValue(split), out var part))
                throw new ProblemException($"there is no split '{parsed.GetValue(split)}'; the splits are train, validation and test.");
            if (parsed.GetValue(windows) < 2)
                throw new ProblemException($"--windows {parsed.GetValue(windows)} must be 2 or more.");
            return RunAsync(
                [.. parsed.GetRequiredValue(models).Select(m => new ModelDirectory(Path.GetFullPath(m)))],
                ShardSet.Open(parsed.GetRequiredValue(shards)),
                part,
                (parsed.GetValue(windows), parsed.GetValue(seed)),
                (parsed.GetValue(json), parsed.GetValue(report)),
                stop);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        ModelDirectory[] models, ShardSet shards, Split split, (int Windows, long Seed) sample, (string? Json, string? Report) files, CancellationToken stop)
    {
        var classifiers = models.Select(m => m.Load()).ToArray();
        foreach (var classifier in classifiers)
        {
            if (classifier.Info.WhyIncompatible(shards.Settings.Preprocess.Fingerprint) is { } why)
                throw new ProblemException(why);
        }

        var names = NamesOf(models);
        var result = await ProgressView.RunAsync("robustness", TimeProvider.System, report =>
        {
            var conditions = Condition.All.Count;
            var windows = RobustnessRun.Choose(() => shards.Batches(split, BatchSize), sample.Windows, sample.Seed, stop);
            return Task.FromResult(RobustnessRun.Run(
                windows,
                shards.Settings.Preprocess,
                [.. classifiers.Select((classifier, i) => (names[i], (Func<SegmentBatch, float[]>)classifier.Predict))],
                Splits.NameOf(split),
                sample.Seed,
                done => report(new ProgressState(done, conditions, $"{done}/{conditions} strengths")),
                stop));
        }).ConfigureAwait(false);
        RobustnessTable.Print(result, AnsiConsole.Console);
        if (files.Json is { } json)
        {
            RobustnessJson.Save(result, json);
            Console.WriteLine($"figures: {Path.GetFullPath(json)}");
        }

        if (files.Report is { } path)
            Console.WriteLine($"report: {RobustnessPage.Write(result, path)}");
        return ExitCodes.Done;
    }

    /// <summary>The folders' own names where they differ, else their paths.</summary>
    private static string[] NamesOf(ModelDirectory[] models)
    {
        var names = Array.ConvertAll(models, m => Path.GetFileName(Path.TrimEndingDirectorySeparator(m.Path)));
        return names.Distinct(StringComparer.Ordinal).Count() == names.Length ? names : Array.ConvertAll(models, m => m.Path);
    }
}
