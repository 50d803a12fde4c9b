using Mina.Host.Explanations;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Evaluation;

/// <summary>What a report shows of single windows: a second look, after the scores are known.</summary>
/// <param name="Typical">The typical window of each outcome that occurs, explained; in the order of <see cref="Outcome"/>.</param>
/// <param name="Check">Whether the network needs what it attends to; null without AF windows.</param>
public sealed record Inspection(IReadOnlyList<(Outcome Outcome, WindowExplanation Window)> Typical, AttentionCheck? Check)
{
    /// <summary>Reads the windows that it takes and asks the model again.</summary>
    /// <param name="batches">The segments that were scored.</param>
    /// <param name="classifier">The model that scored them.</param>
    /// <param name="result">The scores.</param>
    /// <param name="cancel">Stops between batches and windows.</param>
    public static Inspection Of(IEnumerable<SegmentBatch> batches, Classifier classifier, EvaluationResult result, CancellationToken cancel = default)
    {
        var typical = TypicalWindows.Of(result.Scores, result.Options.Thresholds.Uniform);
        var asked = AttentionCheck.Choose(result.Scores, result.Options.Seed);
        var traces = LabelledTraces.Find(batches, typical.Values.Select(WindowKey.Of).Concat(asked).ToHashSet(), cancel).ToDictionary(t => t.Key);
        var segments = new TraceSegments(classifier.Info.Preprocessing);
        return new Inspection(
            [
                .. typical.OrderBy(kind => kind.Key).Where(kind => traces.ContainsKey(WindowKey.Of(kind.Value))).Select(kind =>
                {
                    var trace = traces[WindowKey.Of(kind.Value)];
                    var batch = segments.Fill([trace.Trace]);
                    (batch.RecordingId[0], batch.Start[0], batch.Label[0]) = (trace.Key.RecordingId, trace.Key.Start, trace.Label);
                    return (kind.Key, WindowExplanation.Of(classifier, batch)[0] with { Threshold = result.Options.Thresholds.Uniform });
                }),
            ],
            AttentionCheck.Run(classifier, asked.Where(traces.ContainsKey).Select(key => traces[key]), result.Options.Seed, cancel));
    }
}
