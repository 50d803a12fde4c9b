using System.Globalization;
using Mina.Host.Models;
using Mina.Host.Reports;
using Mina.Host.Shell;
using Mina.Model;

namespace Mina.Host.Commands;

/// <summary>Reports a training run while it goes on: its progress, a log file, and a checkpoint after each epoch.</summary>
internal sealed class TrainingLog : TrainingObserver, IDisposable
{
    private const int LogEvery = 50;

    private readonly ModelDirectory _model;
    private readonly Recipe _recipe;
    private readonly TimeProvider _time;
    private readonly StreamWriter _log;
    private readonly long _stepsAnEpoch;
    private long _epochBegan;
    private double _recentLoss = double.NaN;

    public TrainingLog(ModelDirectory model, Recipe recipe, long windows, Checkpoint? resumed, TimeProvider time)
    {
        (_model, _recipe, _time) = (model, recipe, time);
        _stepsAnEpoch = (windows + recipe.BatchSize - 1) / recipe.BatchSize;
        _epochBegan = time.GetTimestamp();
        _log = new StreamWriter(model.Log, append: resumed is not null) { AutoFlush = true };
        Write(resumed is null
            ? $"recipe {recipe.Name}: {recipe.Epochs} epochs of {_stepsAnEpoch} steps, {windows} windows, batches of {recipe.BatchSize}"
            : $"resumed after epoch {resumed.Progress.Epoch}, step {resumed.Progress.StepInEpoch}");
    }

    /// <summary>Receives the progress.</summary>
    public Action<ProgressState> Report { get; set; } = static _ => { };

    public override void OnBatch(int epoch, int step, double loss)
    {
        _recentLoss = double.IsNaN(_recentLoss) ? loss : (0.98 * _recentLoss) + (0.02 * loss);
        if (step % LogEvery == 0)
            Write(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch} step {step} loss {_recentLoss:0.0000}"));
        Report(new ProgressState(
            ((epoch - 1) * _stepsAnEpoch) + step,
            _recipe.Epochs * _stepsAnEpoch,
            string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}/{_recipe.Epochs}, step {step}/{_stepsAnEpoch}, loss {_recentLoss:0.0000}")));
    }

    public override void OnEpoch(EpochResult result, Checkpoint checkpoint)
    {
        _model.Save(checkpoint);
        TrainingHistory.Save(_model.History, checkpoint.Progress.History);
        TrainingCurves.Save(_model.Curves, _model.CurvesSvg, checkpoint.Progress.History, $"recipe {_recipe.Name}");
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {result.Epoch}/{_recipe.Epochs}: train loss {result.TrainLoss:0.0000}, validation {Or(result.ValidationLoss)}, ROC-AUC "
                + $"{Or(result.ValidationRocAuc)}, {ProgressView.Clock(_time.GetElapsedTime(_epochBegan))}");
        _epochBegan = _time.GetTimestamp();
        Write(line);
        ProgressView.PrintResult(line);
    }

    public void Dispose() => _log.Dispose();

    private static string Or(double? value) => value is { } known ? known.ToString("0.0000", CultureInfo.InvariantCulture) : "none";

    private void Write(string line) => _log.WriteLine($"{_time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {line}");
}
