using System.Globalization;
using Mina.Host.Models;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Host.Commands;

/// <summary>The folder of a training run: the model's own files, and a folder for each teacher that is trained first.</summary>
/// <param name="model">The model's folder.</param>
/// <param name="shards">The shards that the model is trained on.</param>
/// <param name="time">The clock of the log.</param>
internal sealed class TrainingFolder(ModelDirectory model, TrainingShards shards, TimeProvider time) : ITrainingStore, IDisposable
{
    private const string LockName = ".lock";

    private TrainingLog? _log;
    private IDisposable? _lock;

    /// <summary>Receives the progress.</summary>
    public Action<ProgressState> Report { get; set; } = static _ => { };

    /// <summary>Locks the folder until this is disposed, so that no other training writes into it.</summary>
    /// <exception cref="ProblemException">Another training holds the folder, or it cannot be written to.</exception>
    public void Hold()
    {
        try
        {
            DiskFiles.Instance.CreateDirectory(model.Path);
            _lock = DiskFiles.Instance.Lock(Path.Combine(model.Path, LockName));
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && DiskFailure.Explain(e) is not null))
        {
            throw new ProblemException($"{model.Path} cannot be written because {DiskFailure.Reason(e)}; choose another --out.", e);
        }
        catch (IOException e) when (System.IO.Directory.Exists(model.Path))
        {
            throw new ProblemException($"{model.Path} is being trained into by another process; wait for it to end, or choose another --out.", e);
        }
        catch (IOException e)
        {
            throw new ProblemException($"{model.Path} cannot be made ({e.Message.TrimEnd('.')}); choose another --out.", e);
        }
    }

    /// <summary>Checks that the folder is new or, with <c>--resume</c>, that it holds a run.</summary>
    /// <param name="resume">Whether to continue an earlier run.</param>
    /// <param name="trainsTeachers">Whether the run trains teachers first; one that was stopped meanwhile has no checkpoint of its own.</param>
    /// <exception cref="ProblemException">A new run finds a folder that holds one, or a resumed run one of other recordings.</exception>
    public void Check(bool resume, bool trainsTeachers)
    {
        if (resume)
        {
            if (!trainsTeachers)
                model.LoadCheckpoint();
            if (File.Exists(model.Info) && model.LoadWeights().Info.Data.Fold is var fold && fold != shards.Data.Fold)
                throw new ProblemException(
                    $"{model.Path} was begun {(fold.Length > 0 ? $"with --fold {fold}" : "without --fold")}: resume with the same, or choose another --out.");
            return;
        }

        string[] names = trainsTeachers ? ["", .. ModelTraining.TeacherNames] : [""];
        if (names.Select(Directory).FirstOrDefault(directory => File.Exists(directory.Checkpoint)) is { } used)
            throw new ProblemException($"{used.Path} holds a training run already; add --resume to go on with it, or choose another --out.");
    }

    /// <inheritdoc/>
    public Checkpoint? FindCheckpoint(string name)
    {
        var directory = Directory(name);
        return File.Exists(directory.Checkpoint) ? directory.LoadCheckpoint() : null;
    }

    /// <inheritdoc/>
    public TrainingObserver Watch(string name, Recipe recipe, Checkpoint? resumed)
    {
        var directory = Directory(name);
        System.IO.Directory.CreateDirectory(directory.Path);
        _log?.Dispose();
        _log = new TrainingLog(directory, recipe, shards.WindowsAnEpoch(recipe), resumed, time) { Report = state => Report(state) };
        return _log;
    }

    /// <inheritdoc/>
    public void Save(string name, TrainResult result, ModelInfo? info)
    {
        var directory = Directory(name);
        directory.Save(result.Checkpoint);
        if (info is not null)
        {
            directory.Save(result.Weights, info);
            WholeFile.Write(Path.Combine(directory.Path, TrainedOnFiles.NetworkName), shards.TrainedOn.Encode());
        }

        var progress = result.Checkpoint.Progress;
        var ended = progress.Epoch < progress.Recipe.Epochs ? $", ended early after {progress.Epoch}" : "";
        ProgressView.PrintResult(result.Completed
            ? string.Create(CultureInfo.InvariantCulture,
                $"model: {directory.Path} (epoch {result.SelectedEpoch} of {progress.Recipe.Epochs}{ended}; model.safetensors, model.json, "
                    + $"training.log, history.csv, checkpoint.safetensors)")
            : $"stopped after batch {progress.StepInEpoch} of epoch {progress.Epoch + 1}; the same command with --resume goes on exactly there.");
    }

    /// <inheritdoc/>
    public float[] LoadWeights(string name) => Directory(name).LoadWeights().Weights;

    /// <inheritdoc/>
    public void Dispose()
    {
        _log?.Dispose();
        _lock?.Dispose();
    }

    private ModelDirectory Directory(string name) => name.Length == 0 ? model : new ModelDirectory(Path.Combine(model.Path, name));
}
