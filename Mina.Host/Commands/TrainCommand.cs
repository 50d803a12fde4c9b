using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Mina.Host.Evaluation;
using Mina.Host.Models;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Host.Commands;

/// <summary><c>mina train --shards SHARDS --recipe hw4 --out MODEL</c>: shards to a model.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var shards = new Option<string>("--shards", "-s") { Description = "Shards that ingest made.", DefaultValueFactory = _ => "out" };
        var output = new Option<string>("--out", "-o") { Description = "Where the model goes.", DefaultValueFactory = _ => "model" };
        var recipe = new Option<string>("--recipe") { Description = "hw4 (the published exercise to the letter) or default.", DefaultValueFactory = _ => "default" };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the training windows. Default: the recipe's." };
        var seed = new Option<long>("--seed") { Description = "Of the weights, the order of the windows and the dropout.", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "Threads of the arithmetic, of which up to 16 find work. They do not change the weights.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var resume = new Option<bool>("--resume") { Description = "Go on from the checkpoint in --out, exactly." };
        var command = new Command("train", "Train MINA on shards. Ctrl-C stops after the batch; --resume goes on exactly.") { shards, output, recipe, epochs, seed, threads, resume };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var name = parsed.GetRequiredValue(recipe);
            var chosen = RecipeModule.find(name)
                ?? throw new UserException($"there is no recipe '{name}'; the recipes are {string.Join(", ", RecipeModule.all.Select(known => known.Name))}.");
            if (parsed.GetValue(epochs) is { } count)
                chosen = RecipeModule.withEpochs(count >= 1 ? count : throw new UserException($"--epochs {count} must be 1 or more."), chosen);
            if (parsed.GetValue(threads) < 1)
                throw new UserException($"--threads {parsed.GetValue(threads)} must be 1 or more.");
            return RunAsync(
                new Request(parsed.GetRequiredValue(shards), new ModelDirectory(Path.GetFullPath(parsed.GetRequiredValue(output))), chosen, parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(resume)),
                stop);
        }));
        return command;
    }

    private sealed record Request(string Shards, ModelDirectory Model, Recipe Recipe, long Seed, int Threads, bool Resume);

    private static async Task<int> RunAsync(Request request, CancellationToken stop)
    {
        var time = TimeProvider.System;
        var (recipe, model) = (request.Recipe, request.Model);
        var shards = ShardSet.Open(request.Shards);
        var windows = shards.Windows(Split.Train);
        if (windows == 0)
            throw new UserException($"{shards.Directory} holds no training windows; ingest with a --split whose first share is above 0.");
        if (shards.Windows(Split.Train, 0) + shards.Windows(Split.Train, 1) != windows)
            throw new UserException($"{shards.Directory} holds training windows without a label; training needs labelled recordings.");
        var checkpoint = request.Resume ? model.LoadCheckpoint() : null;
        if (!request.Resume && File.Exists(model.Checkpoint))
            throw new UserException($"{model.Path} holds a training run already; add --resume to go on with it, or choose another --out.");
        Directory.CreateDirectory(model.Path);

        var windowsAnEpoch = shards.Windows(Split.Train, 0) + (shards.Windows(Split.Train, 1) / recipe.EveryAF);
        using var log = new TrainingLog(model, recipe, windowsAnEpoch, checkpoint, time);
        var result = await ProgressView.RunAsync("train", time, report =>
        {
            log.Report = report;
            return Task.FromResult(Trainer.Run(
                recipe,
                request.Seed,
                Threads(request.Threads),
                epoch => TrainingBatches(shards, recipe, request.Seed, epoch),
                () => shards.Batches(Split.Validation, recipe.BatchSize),
                checkpoint,
                log,
                stop));
        }).ConfigureAwait(false);

        model.Save(result.Checkpoint);
        if (result.SelectedEpoch > 0)
        {
            var info = ModelInfoModule.ofTraining(shards.Settings.Preprocess, DataOf(shards), result);
            // A recipe that asks validation for the epoch asks it for temperature and thresholds too; a stopped run does at its end.
            if (result.Completed && recipe.Selection == Selection.BestValidation)
                info = ModelCalibration.Fit(result.Weights, info, shards.Batches(Split.Validation, recipe.BatchSize), stop);
            model.Save(result.Weights, info);
        }

        if (!result.Completed)
        {
            Console.WriteLine($"stopped after batch {result.Checkpoint.Progress.StepInEpoch} of epoch {result.Checkpoint.Progress.Epoch + 1}; the same command with --resume goes on exactly there.");
            return ExitCodes.Stopped;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"model: {model.Path} (epoch {result.SelectedEpoch} of {recipe.Epochs}; model.safetensors, model.json, training.log, checkpoint.safetensors)"));
        return ExitCodes.Done;
    }

    /// <summary>At most <paramref name="count"/> threads, the caller's among them.</summary>
    private static Workers Threads(int count)
    {
        var bound = new ParallelOptions { MaxDegreeOfParallelism = count };
        return count == 1 ? WorkersModule.alone : (jobs, body) => Parallel.For(0, jobs, bound, body);
    }

    /// <summary>An epoch's batches, varied where the recipe says so; the same seed and epoch, the same batches.</summary>
    private static IEnumerable<SegmentBatch> TrainingBatches(ShardSet shards, Recipe recipe, long seed, int epoch)
    {
        return shards.ShuffledBatches(Split.Train, recipe.BatchSize, seed, epoch, everyAF: recipe.EveryAF, change: recipe.Augmented ? Varied : null);

        Action<SegmentBatch, int> Varied()
        {
            var augmenter = new Augmenter(shards.Settings.Preprocess, Augmentation.Default);
            // Far from one another for all seeds, epochs and batches.
            return (batch, number) => augmenter.Apply(batch, unchecked((seed * 1_000_003) + epoch) * 1_000_003 + number);
        }
    }

    private static TrainingData DataOf(ShardSet shards)
    {
        var manifest = SHA256.HashData(File.ReadAllBytes(Path.Combine(shards.Directory, Manifest.FileName)));
        var splits = Enum.GetValues<Split>().Select(split => new SplitCount(
            Splits.NameOf(split), shards.Of(split).Sum(shard => (long)shard.Recordings.Count), shards.Windows(split, 0), shards.Windows(split, 1)));
        return new TrainingData(Convert.ToHexStringLower(manifest), splits.ToArray());
    }
}
