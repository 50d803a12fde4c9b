using System.CommandLine;
using System.Globalization;
using Mina.Host.Models;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Labels;
using Mina.Streaming.Shards;

namespace Mina.Host.Commands;

/// <summary><c>mina train --shards SHARDS --recipe hw4 --out MODEL</c>: trains a model on shards.</summary>
internal static class TrainCommand
{
    private const string CheckpointParameter = "resumeFrom";

    public static Command Create()
    {
        var shards = CommonOptions.Shards();
        var output = new Option<string>("--out", "-o") { Description = "The folder that the model is written to.", DefaultValueFactory = _ => "model" };
        var recipe = new RecipeOptions();
        var seed = CommonOptions.Seed("The seed of the initial weights, the order of the windows and the dropout.");
        var threads = new Option<int>("--threads")
        {
            Description = "The number of threads. The simd engine uses up to 16, and their number does not change the weights.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var teachers = new Option<string[]>("--teacher")
        {
            Description = "With recipe distilled, a model to learn from; give the option once for each. "
                + "Default: three of recipe default, trained first into --out.",
        };
        var network = new Option<string>("--network")
        {
            Description = "The network. FreqNet is the published one; the torch engine computes others too.",
            DefaultValueFactory = _ => NetworkCatalog.Default.Name,
        };
        var engine = new Option<string>("--engine")
        {
            Description = "The engine: simd (hand-written and fast) or torch (TorchSharp's autograd, for any network; part of the repository only).",
            DefaultValueFactory = _ => "simd",
        };
        var device = new Option<string>("--device")
        {
            Description = "The device: cpu, or cuda where the torch engine has a CUDA build.",
            DefaultValueFactory = _ => "cpu",
        };
        var motion = new Option<string?>("--motion")
        {
            Description = "Recordings of electrode motion noise alone, all leads of them: a folder or a file, for recipes with motion_noise.",
        };
        var fold = new Option<string?>("--fold")
        {
            Description = "A part of the training recordings that is left out, such as 2/5 for the second of five, for train-recordings --fold-model.",
            HelpName = "K/N",
        };
        var groups = new Option<string?>("--groups")
        {
            Description = "With --fold, the person of each recording, a csv of id,person: a person's recordings lie in one part.",
        };
        var resume = new Option<bool>("--resume") { Description = "Continue exactly from the checkpoint in --out." };
        var command = new Command("train", "Train a network on shards. Ctrl-C stops after the batch; --resume continues exactly there.")
        {
            shards, output, seed, threads, teachers, network, engine, device, motion, fold, groups, resume,
        };
        recipe.AddTo(command);
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var chosen = recipe.Read(parsed);
            var cores = parsed.AtLeast(1, threads);
            var computing = NetworkCatalog.FindEngine(parsed.GetRequiredValue(engine)).On(parsed.GetRequiredValue(device), cores);
            var plan = new TrainingPlan(
                NetworkCatalog.FindIn(computing, parsed.GetRequiredValue(network)), chosen, parsed.GetValue(seed), null, Threads(cores));
            var model = new ModelDirectory(Path.GetFullPath(parsed.GetRequiredValue(output)));
            var noise = MotionOf(chosen, parsed.GetValue(motion));
            var leftOut = FoldOf(parsed.GetValue(fold));
            if (leftOut is null && parsed.GetValue(groups) is not null)
                throw new ProblemException("--groups needs --fold; the split itself is made by ingest --groups.");
            var persons = parsed.GetValue(groups) is { } file ? GroupTable.Load(file) : null;
            var source = new TrainingShards(ShardSet.Open(parsed.GetRequiredValue(shards)), noise, leftOut, persons);
            return RunAsync(source, model, plan, parsed.GetValue(teachers) ?? [], parsed.GetValue(resume), stop);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        TrainingShards source, ModelDirectory model, TrainingPlan plan, string[] teachers, bool resume, CancellationToken stop)
    {
        if (plan.Recipe.TeacherShare == 0 && teachers.Length > 0)
            throw new ProblemException(
                $"recipe {plan.Recipe.Name} does not learn from a teacher; leave --teacher out, or choose --recipe {Recipe.Distilled.Name}.");
        using var folder = new TrainingFolder(model, source, TimeProvider.System);
        folder.Hold();
        folder.Check(resume, trainsTeachers: plan.Recipe.TeacherShare > 0 && teachers.Length == 0);
        if (teachers.Length > 0)
            plan = new TrainingPlan(
                plan.Network,
                plan.Recipe,
                plan.Seed,
                Teacher.FromModels(teachers.Select(path => LoadTeacher(path, source.Settings))),
                plan.Workers);
        var result = await ProgressView.RunAsync("train", TimeProvider.System, report =>
        {
            folder.Report = report;
            return Task.FromResult(Train());
        }).ConfigureAwait(false);
        return result is { Completed: true } ? ExitCodes.Done : ExitCodes.Stopped;

        TrainResult? Train()
        {
            try
            {
                return ModelTraining.Run(plan, source, folder, ModelCalibration.Fit, stop);
            }
            catch (ArgumentException e) when (e.ParamName == CheckpointParameter)
            {
                // The folder's checkpoint is of a run with other settings, or of other data.
                throw new ProblemException($"{model.Path} cannot be resumed: {e.Message.Split(" (Parameter")[0]}", e);
            }
        }
    }

    private static Fold? FoldOf(string? text) => text is null ? null : Fold.Parse(text)
        ?? throw new ProblemException($"--fold {text} is no part of the recordings: write K/N, such as 2/5 for the second of five.");

    private static (INetwork Network, float[] Weights) LoadTeacher(string path, PreprocessSettings settings)
    {
        var model = new ModelDirectory(Path.GetFullPath(path));
        var (weights, info) = model.LoadWeights();
        if (info.WhyIncompatible(settings.Fingerprint) is { } why)
            throw new ProblemException($"{model.Path} cannot teach here: {why}");
        return (info.FindNetwork(), weights);
    }

    /// <summary>The noise that a recipe adds to windows; null for a recipe without any.</summary>
    private static MotionNoise? MotionOf(Recipe recipe, string? path)
    {
        if (recipe.MotionNoise == 0)
        {
            return path is null ? null : throw new ProblemException(
                $"recipe {recipe.Name} adds no motion noise; leave --motion out, or give --motion-noise a chance above 0.");
        }

        if (path is null)
            throw new ProblemException($"recipe {recipe.Name} adds motion noise to windows; name recordings of it with --motion, or give --motion-noise 0.");
        using var folder = RecordingFolder.Open(path);
        return new MotionNoise(folder.Entries.SelectMany(Leads).ToList());
    }

    /// <exception cref="ProblemException">A lead cannot be read.</exception>
    private static IEnumerable<(double Fs, float[] Samples)> Leads(RecordingEntry entry)
    {
        var (reader, refused) = entry.Open(new ReadOptions());
        int leads;
        using (reader)
            leads = (reader ?? throw new ProblemException(refused!.Message)).Leads.Count;
        for (var i = 0; i < leads; i++)
        {
            var (recording, rejection) = entry.Read(new ReadOptions(i.ToString(CultureInfo.InvariantCulture)));
            if (recording is null)
                throw new ProblemException(rejection!.Message);
            yield return (recording.Fs, recording.Samples);
        }
    }

    /// <summary>Creates workers of at most <paramref name="count"/> threads, including the caller's.</summary>
    private static Workers Threads(int count)
    {
        var bound = new ParallelOptions { MaxDegreeOfParallelism = count };
        return count == 1 ? SingleThread.Workers : (jobs, body) => Parallel.For(0, jobs, bound, body);
    }
}
