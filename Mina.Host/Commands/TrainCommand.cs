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
    /// <summary>How many models a distilled one learns from where none are given.</summary>
    private const int Teachers = 3;

    public static Command Create()
    {
        var shards = new Option<string>("--shards", "-s") { Description = "Shards that ingest made.", DefaultValueFactory = _ => "out" };
        var output = new Option<string>("--out", "-o") { Description = "Where the model goes.", DefaultValueFactory = _ => "model" };
        var recipe = new Option<string>("--recipe") { Description = "hw4 (the published exercise to the letter), default, or distilled (a default model taught by three others).", DefaultValueFactory = _ => "default" };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the training windows. Default: the recipe's." };
        var seed = new Option<long>("--seed") { Description = "Of the weights, the order of the windows and the dropout.", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "Threads of the arithmetic, of which up to 16 find work. They do not change the weights.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var teachers = new Option<string[]>("--teacher") { Description = "Recipe distilled: a model to learn from; give it once for each. Default: three of recipe default are trained first, into --out." };
        var resume = new Option<bool>("--resume") { Description = "Go on from the checkpoint in --out, exactly." };
        var command = new Command("train", "Train MINA on shards. Ctrl-C stops after the batch; --resume goes on exactly.") { shards, output, recipe, epochs, seed, threads, teachers, resume };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var name = parsed.GetRequiredValue(recipe);
            var chosen = RecipeModule.find(name)
                ?? throw new ProblemException($"there is no recipe '{name}'; the recipes are {string.Join(", ", RecipeModule.all.Select(known => known.Name))}.");
            if (parsed.GetValue(epochs) is { } count)
                chosen = RecipeModule.withEpochs(count >= 1 ? count : throw new ProblemException($"--epochs {count} must be 1 or more."), chosen);
            if (parsed.GetValue(threads) < 1)
                throw new ProblemException($"--threads {parsed.GetValue(threads)} must be 1 or more.");
            return RunAsync(
                new Request(parsed.GetRequiredValue(shards), new ModelDirectory(Path.GetFullPath(parsed.GetRequiredValue(output))), chosen, parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(resume), parsed.GetValue(teachers) ?? []),
                stop);
        }));
        return command;
    }

    private sealed record Request(string Shards, ModelDirectory Model, Recipe Recipe, long Seed, int Threads, bool Resume, string[] Teachers);

    private static async Task<int> RunAsync(Request request, CancellationToken stop)
    {
        var (recipe, model) = (request.Recipe, request.Model);
        var shards = ShardSet.Open(request.Shards);
        var windows = shards.Windows(Split.Train);
        if (windows == 0)
            throw new ProblemException($"{shards.Directory} holds no training windows; ingest with a --split whose first share is above 0.");
        if (shards.Windows(Split.Train, 0) + shards.Windows(Split.Train, 1) != windows)
            throw new ProblemException($"{shards.Directory} holds training windows without a label; training needs labelled recordings.");
        CheckNew(model, request.Resume);
        Teacher? teacher = null;
        if (recipe.TeacherShare > 0)
        {
            var teachers = request.Teachers.Select(path => new ModelDirectory(Path.GetFullPath(path))).ToArray();
            if (teachers.Length == 0)
            {
                if (await TrainTeachersAsync(shards, request, stop).ConfigureAwait(false) is not { } trained)
                    return ExitCodes.Stopped;
                teachers = trained;
                // A run that was stopped among its teachers has no checkpoint of its own yet.
                request = request with { Resume = File.Exists(model.Checkpoint) };
            }

            teacher = Teacher.OfWeights([.. teachers.Select(one => WeightsOf(one, shards))]);
        }
        else if (request.Teachers.Length > 0)
        {
            throw new ProblemException($"recipe {recipe.Name} learns from no teacher; leave --teacher out, or choose --recipe {RecipeModule.distilled.Name}.");
        }

        return await TrainAsync(shards, request, teacher, stop).ConfigureAwait(false);
    }

    private static void CheckNew(ModelDirectory model, bool resume)
    {
        if (!resume && File.Exists(model.Checkpoint))
            throw new ProblemException($"{model.Path} holds a training run already; add --resume to go on with it, or choose another --out.");
    }

    /// <summary>Trains the models that the asked one learns from, beside it and with seeds of their own, as far as they are not there yet.</summary>
    /// <returns>Null: it was stopped.</returns>
    private static async Task<ModelDirectory[]?> TrainTeachersAsync(ShardSet shards, Request request, CancellationToken stop)
    {
        var recipe = RecipeModule.withEpochs(request.Recipe.Epochs, RecipeModule.standard);
        var teachers = Enumerable.Range(0, Teachers).Select(i => new ModelDirectory(Path.Combine(request.Model.Path, $"teacher-{i + 1}"))).ToArray();
        foreach (var (i, teacher) in teachers.Index())
        {
            CheckNew(teacher, request.Resume);
            var began = File.Exists(teacher.Checkpoint);
            if (began && teacher.LoadCheckpoint().Progress.Epoch >= recipe.Epochs)
                continue;
            var own = request with { Model = teacher, Recipe = recipe, Seed = request.Seed + i, Resume = began };
            if (await TrainAsync(shards, own, null, stop).ConfigureAwait(false) != ExitCodes.Done)
                return null;
        }

        return teachers;
    }

    private static float[] WeightsOf(ModelDirectory model, ShardSet shards)
    {
        var (weights, info) = model.LoadWeights();
        return ModelInfoModule.checkCompatible(shards.Settings.Preprocess.Fingerprint, info) is { } why ? throw new ProblemException($"{model.Path} cannot teach here: {why}") : weights;
    }

    private static async Task<int> TrainAsync(ShardSet shards, Request request, Teacher? teacher, CancellationToken stop)
    {
        var time = TimeProvider.System;
        var (recipe, model) = (request.Recipe, request.Model);
        var checkpoint = request.Resume ? model.LoadCheckpoint() : null;
        Directory.CreateDirectory(model.Path);
        var windowsAnEpoch = shards.Windows(Split.Train, 0) + (shards.Windows(Split.Train, 1) / recipe.EveryAF);
        using var log = new TrainingLog(model, recipe, windowsAnEpoch, checkpoint, time);
        var result = await ProgressView.RunAsync("train", time, report =>
        {
            log.Report = report;
            return Task.FromResult(Trainer.Run(
                recipe,
                request.Seed,
                teacher,
                Threads(request.Threads),
                epoch => TrainingBatches.Of(shards, recipe, request.Seed, epoch),
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

    private static TrainingData DataOf(ShardSet shards)
    {
        var manifest = SHA256.HashData(File.ReadAllBytes(Path.Combine(shards.Directory, Manifest.FileName)));
        var splits = Enum.GetValues<Split>().Select(split => new SplitCount(
            Splits.NameOf(split), shards.InSplit(split).Sum(shard => (long)shard.Recordings.Count), shards.Windows(split, 0), shards.Windows(split, 1)));
        return new TrainingData(Convert.ToHexStringLower(manifest), splits.ToArray());
    }
}
