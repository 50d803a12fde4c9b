using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Evaluation.Robustness;

/// <summary>Asks models about windows with disturbances of growing strength added to the trace before it is preprocessed.</summary>
public static class RobustnessRun
{
    private const int Resamples = 200;

    /// <summary>Chooses windows of the paper's view: at most <paramref name="count"/>, the same every time for a seed.</summary>
    /// <param name="batches">Gives the split's segments, twice.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="seed">Of the choice.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="ProblemException">There are none, or not of both classes.</exception>
    public static IReadOnlyList<LabelledTrace> Choose(Func<IEnumerable<SegmentBatch>> batches, int count, long seed, CancellationToken cancel = default)
    {
        var all = new List<WindowScore>();
        foreach (var batch in batches())
        {
            cancel.ThrowIfCancellationRequested();
            for (var row = 0; row < batch.Count; row++)
                all.Add(new WindowScore(batch.RecordingId[row], batch.Start[row], batch.Label[row], (int)batch.Class[row], 0));
        }

        var chosen = Sampling.Windows(seed, count, all);
        if (chosen.All(w => w.Class != 1) || chosen.All(w => w.Class != 0))
            throw new ProblemException($"{chosen.Length} windows of the split do not hold both AF and others: take more --windows or another --split.");
        return LabelledTraces.Find(batches(), chosen.Select(WindowKey.Of).ToHashSet(), cancel);
    }

    /// <summary>Asks.</summary>
    /// <param name="windows">Undisturbed.</param>
    /// <param name="settings">The models' preprocessing.</param>
    /// <param name="models">Names, and the probability of AF of each segment of a batch.</param>
    /// <param name="split">The windows' split, for the record.</param>
    /// <param name="seed">Of the disturbances and the bootstrap.</param>
    /// <param name="progress">Called after each condition with how many are done.</param>
    /// <param name="cancel">Stops between batches.</param>
    public static RobustnessResult Run(
        IReadOnlyList<LabelledTrace> windows,
        PreprocessSettings settings,
        IReadOnlyList<(string Name, Func<SegmentBatch, float[]> Classify)> models,
        string split,
        long seed,
        Action<int>? progress = null,
        CancellationToken cancel = default)
    {
        var segments = new TraceSegments(settings);
        var points = models.Select(_ => new List<RobustnessPoint>()).ToArray();
        foreach (var condition in Condition.All)
        {
            var scores = models.Select(_ => new List<WindowScore>()).ToArray();
            foreach (var chunk in windows.Chunk(TraceSegments.BatchSize))
            {
                cancel.ThrowIfCancellationRequested();
                // Segments once for all models: making them costs about as much as asking one.
                var batch = segments.Fill([.. chunk.Select(w => condition.Disturb(w.Key, w.Trace, seed))]);
                for (var m = 0; m < models.Count; m++)
                {
                    var probabilities = models[m].Classify(batch);
                    scores[m].AddRange(chunk.Select((w, i) => new WindowScore(w.Key.RecordingId, w.Key.Start, w.Label, w.Class, probabilities[i])));
                }
            }

            for (var m = 0; m < models.Count; m++)
                points[m].Add(new RobustnessPoint(condition, Metrics.OfView(0.5, seed, Resamples, Views.Paper([.. scores[m]]))));
            progress?.Invoke(points[0].Count);
        }

        return new RobustnessResult(
            split,
            windows.Count,
            windows.Count(w => w.Class == 1),
            windows.Select(w => w.Key.RecordingId).Distinct(StringComparer.Ordinal).Count(),
            seed,
            [.. models.Select((model, m) => new ModelRobustness(model.Name, points[m]))]);
    }
}
