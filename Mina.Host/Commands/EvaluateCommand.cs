using System.CommandLine;
using System.Globalization;
using Mina.Host.Evaluation;
using Mina.Host.Models;
using Mina.Host.Reports;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina evaluate --model MODEL --shards SHARDS --split test</c>: how good a model is.</summary>
internal static class EvaluateCommand
{
    private const int BatchSize = 128;

    public static Command Create()
    {
        var model = ModelOption.Create();
        var shards = new Option<string>("--shards", "-s") { Description = "Shards that ingest made.", DefaultValueFactory = _ => "out" };
        var split = new Option<string>("--split") { Description = "Which part of them: train, validation or test.", DefaultValueFactory = _ => "test" };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file." };
        var report = new Option<string?>("--report") { Description = "Write a self-contained HTML report to this .html file, or into this folder." };
        var threshold = new Option<double?>("--threshold") { Description = "AF from this probability on. Default: the model's." };
        var seed = new Option<long>("--seed") { Description = "Of the bootstrap.", DefaultValueFactory = _ => 1 };
        var resamples = new Option<int>("--resamples") { Description = "Of the bootstrap over recordings.", DefaultValueFactory = _ => 1000 };
        var recordings = new RecordingsArguments();
        var command = new Command("evaluate", "Score a model on a split: all windows (as the paper), uniform windows, recordings; with 95 % intervals. Or on long recordings with rhythm annotations: AF episodes and duration.") { model, shards, split, json, report, threshold, seed, resamples };
        recordings.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(recordings.Folder) is null)
                return;
            foreach (var option in new Option[] { shards, split, report, seed, resamples })
            {
                if (result.GetResult(option) is { Implicit: false })
                    result.AddError($"--recordings and {option.Name} exclude each other: shards are scored by window, recordings by episode.");
            }
        });
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var directory = new ModelDirectory(Path.GetFullPath(parsed.GetRequiredValue(model)));
            if (parsed.GetValue(threshold) is { } given && !(given is > 0 and < 1))
                throw new ProblemException($"--threshold {given} must lie between 0 and 1.");
            if (parsed.GetValue(recordings.Folder) is not null)
                return EvaluateRecordings.RunAsync(directory, recordings.Of(parsed), parsed.GetValue(threshold), parsed.GetValue(json), stop);
            var options = new EvaluationOptions { Seed = parsed.GetValue(seed), Resamples = parsed.GetValue(resamples) };
            if (options.Resamples < 1)
                throw new ProblemException($"--resamples {options.Resamples} must be 1 or more.");
            if (!Splits.TryParse(parsed.GetRequiredValue(split), out var part))
                throw new ProblemException($"there is no split '{parsed.GetValue(split)}'; the splits are train, validation and test.");
            return RunAsync(directory, parsed.GetRequiredValue(shards), part, new Files(parsed.GetValue(json), parsed.GetValue(report)), parsed.GetValue(threshold), options, stop);
        }));
        return command;
    }

    private sealed record Files(string? Json, string? Report);

    private static async Task<int> RunAsync(ModelDirectory model, string shardDirectory, Split split, Files files, double? threshold, EvaluationOptions options, CancellationToken stop)
    {
        var shards = ShardSet.Open(shardDirectory);
        using var classifier = model.Load();
        if (classifier.Info.WhyIncompatible(shards.Settings.Preprocess.Fingerprint) is { } why)
            throw new ProblemException(why);
        var windows = shards.Windows(split);
        options = options with { Thresholds = threshold is { } one ? ViewThresholds.Same(one) : classifier.Info.Thresholds, Temperature = classifier.Info.Temperature };
        var result = await ProgressView.RunAsync("evaluate", TimeProvider.System, report => Task.FromResult(Evaluator.Run(
            shards.Batches(split, BatchSize),
            classifier.Predict,
            options,
            progress => report(new ProgressState(progress.Windows, windows, string.Create(CultureInfo.InvariantCulture, $"{progress.Windows:N0}/{windows:N0} windows, {progress.Recordings:N0} recordings"))),
            stop))).ConfigureAwait(false);
        EvaluationTable.Print(result, AnsiConsole.Console);
        if (files.Json is { } json)
        {
            EvaluationJson.Save(result, json);
            Console.WriteLine($"figures: {Path.GetFullPath(json)}");
        }

        if (files.Report is { } path)
        {
            var inspection = Inspection.Of(shards.Batches(split, BatchSize), classifier, result, stop);
            Console.WriteLine($"report: {HtmlReport.Write(result, HeaderOf(classifier.Info, model, shards, split), path, inspection)}");
        }

        return ExitCodes.Done;
    }

    private static ReportHeader HeaderOf(ModelInfo info, ModelDirectory model, ShardSet shards, Split split)
    {
        string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
        var counts = shards.Counts(split);
        return new ReportHeader(
            "Atrial fibrillation detection: evaluation",
            [
                new("model", model.Path),
                new("network", $"{info.Network}, {N(info.Parameters)} parameters"),
                new("recipe", $"{info.Recipe.Name}, epoch {info.SelectedEpoch} of {info.Recipe.Epochs}, seed {info.Seed}"),
                new("preprocessing", info.Fingerprint),
            ],
            [
                new("shards", shards.Directory),
                new("split", Splits.NameOf(split)),
                new("recordings", N(counts.Values.Sum(count => (long)count.Recordings))),
                new("windows", $"{N(shards.Windows(split))}, of which {N(shards.Windows(split, 1))} AF"),
            ])
        {
            History = info.Epochs,
        };
    }
}
