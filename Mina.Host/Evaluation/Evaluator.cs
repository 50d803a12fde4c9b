using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Evaluation;

/// <summary>Scores labelled segments with a classifier and takes its measure.</summary>
public static class Evaluator
{
    /// <summary>
    /// Reads the batches once, holding only one of them, the scores and the traces of the worst mistakes.
    /// </summary>
    /// <param name="batches">Labelled segments, in any order; windows of one recording may be spread over batches.</param>
    /// <param name="classifier">Probability of AF (0 to 1) for each of a batch's Count segments.</param>
    /// <param name="options">How scores are judged.</param>
    /// <param name="progress">Called after each batch.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="ProblemException">There is nothing to score, a segment has no class, or the classifier gave no probability.</exception>
    public static EvaluationResult Run(
        IEnumerable<SegmentBatch> batches,
        Func<SegmentBatch, float[]> classifier,
        EvaluationOptions options,
        Action<EvaluationProgress>? progress = null,
        CancellationToken cancel = default)
    {
        var scores = new List<WindowScore>();
        var recordings = new HashSet<string>(StringComparer.Ordinal);
        var falsePositives = new WorstMistakes(options.WorstMistakes, 0);
        var falseNegatives = new WorstMistakes(options.WorstMistakes, 1);
        foreach (var batch in batches)
        {
            cancel.ThrowIfCancellationRequested();
            var probabilities = classifier(batch);
            if (probabilities.Length != batch.Count)
                throw new ProblemException($"The classifier gave {probabilities.Length} probabilities for a batch of {batch.Count} segments.");
            for (var row = 0; row < batch.Count; row++)
            {
                var score = ScoreOf(batch, row, probabilities[row]);
                scores.Add(score);
                recordings.Add(score.RecordingId);
                if (score.Probability >= options.Thresholds.Uniform != (score.Class == 1))
                {
                    // Channel 0 (the original) of X, (4, B, 3000), starts at row x 3000.
                    var trace = batch.X.AsSpan(row * Shapes.Window, Shapes.Window);
                    (score.Class == 0 ? falsePositives : falseNegatives).Offer(score, trace);
                }
            }

            progress?.Invoke(new EvaluationProgress(scores.Count, recordings.Count));
        }

        if (scores.Count == 0)
            throw new ProblemException("The split holds no segments, so there is nothing to evaluate: choose another --split, or ingest more recordings.");
        return Judge(scores, options, falsePositives.Worst, falseNegatives.Worst);
    }

    /// <summary>The figures of scores that were made elsewhere (no traces, hence no mistakes to show).</summary>
    public static EvaluationResult Judge(
        IReadOnlyList<WindowScore> scores,
        EvaluationOptions options,
        IReadOnlyList<Mistake>? falsePositives = null,
        IReadOnlyList<Mistake>? falseNegatives = null)
    {
        var views = Views.All([.. scores]);
        // One seed for all views: over the same recordings they draw the same resamples.
        var metrics = Array.ConvertAll(views, view => Metrics.OfView(options.Thresholds.Of(view), options.Seed, options.Resamples, view));
        return new EvaluationResult(options, scores, metrics[0], metrics[1], metrics[2], falsePositives ?? [], falseNegatives ?? [])
        {
            Untempered = options.Temperature == 1 ? [] : UntemperedOf(scores, options.Temperature),
        };
    }

    private static Calibration[] UntemperedOf(IReadOnlyList<WindowScore> scores, double temperature)
    {
        var before = scores.Select(s => new WindowScore(s.RecordingId, s.Start, s.Label, s.Class, Temperature.Untempered(temperature, s.Probability)));
        return Array.ConvertAll(Views.All([.. before]), view => CalibrationModule.Of(Metrics.CalibrationBins, view.Scores, view.Classes));
    }

    private static WindowScore ScoreOf(SegmentBatch batch, int row, float probability)
    {
        var id = batch.RecordingId[row];
        var start = batch.Start[row];
        if (batch.Class[row] is not (0 or 1))
            throw new ProblemException($"Window {start} of recording {id} has no class: only labelled segments can be evaluated; classify scores the others.");
        if (!(probability >= 0 && probability <= 1))
            throw new ProblemException($"The model gave {probability} for window {start} of recording {id}, which is no probability: its weights are damaged or its training diverged.");
        return new WindowScore(id, start, batch.Label[row], (int)batch.Class[row], probability);
    }
}
