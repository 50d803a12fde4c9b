using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Evaluation;

/// <summary>
/// What validation decides once the weights are trained: the temperature that makes probabilities true to their word, and the
/// thresholds of the best F1 in each view.
/// </summary>
public static class ModelCalibration
{
    private const long ResampleSeed = 1;

    /// <summary>Fits them.</summary>
    /// <param name="weights">The network's.</param>
    /// <param name="info">Its info; what it says of temperature, thresholds and metrics is replaced.</param>
    /// <param name="validation">Labelled segments that the weights were not trained on, each once.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <returns>The info with them, and with the validation figures under "validation/VIEW/FIGURE"; unchanged without segments.</returns>
    public static ModelInfo Fit(float[] weights, ModelInfo info, IEnumerable<SegmentBatch> validation, CancellationToken stop = default)
    {
        var keys = new List<WindowScore>();
        var margins = new List<double>();
        using (var classifier = Classifier.FromWeights(weights, info))
        {
            foreach (var batch in validation)
            {
                stop.ThrowIfCancellationRequested();
                var found = classifier.Margins(batch);
                for (var row = 0; row < batch.Count; row++)
                {
                    margins.Add(found[row]);
                    keys.Add(new WindowScore(batch.RecordingId[row], batch.Start[row], batch.Label[row], (int)batch.Class[row], 0));
                }
            }
        }

        if (keys.Count == 0)
            return info;
        // Uniform windows: the density of AF that a user meets, not the paper's.
        var uniform = Enumerable.Range(0, keys.Count).Where(row => Views.IsUniform(keys[row])).ToArray();
        var temperature = Temperature.Fit(Array.ConvertAll(uniform, row => margins[row]), Array.ConvertAll(uniform, row => keys[row].Class));
        var views = Views.All([.. keys.Zip(margins, (key, margin) => new WindowScore(key.RecordingId, key.Start, key.Label, key.Class, Temperature.Probability(temperature, margin)))]);
        var thresholds = Thresholds.FitAll(ResampleSeed, views);
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var view in views)
        {
            var figures = Metrics.FiguresAt(thresholds.Of(view), view.Scores, view.Classes);
            foreach (var (name, value) in new[] { ("roc_auc", figures.RocAuc), ("pr_auc", figures.PrAuc), ("f1", figures.F1), ("sensitivity", figures.Sensitivity), ("specificity", figures.Specificity), ("ppv", figures.Ppv) })
            {
                if (double.IsFinite(value))
                    metrics[$"validation/{view.Name}/{name}"] = value;
            }
        }

        return info.WithTemperature(temperature).WithMetrics(thresholds, metrics);
    }
}
