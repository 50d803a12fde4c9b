using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Explanations;

/// <summary>One window with what the network looked at in it: what a picture is drawn of.</summary>
/// <param name="RecordingId">Whose window.</param>
/// <param name="StartSeconds">From the recording's start.</param>
/// <param name="Channels">4 channels of 3000 samples at 300 Hz.</param>
/// <param name="Unit">Of the samples: "mV", or "SD" for standard deviations of the recording.</param>
/// <param name="Attention">Where the network looked, and the probability.</param>
/// <param name="Threshold">AF from this probability on.</param>
public sealed record WindowExplanation(
    string RecordingId, double StartSeconds, float[][] Channels, string Unit, SegmentAttention Attention, double Threshold)
{
    /// <summary>What the recording shows; null where nobody has said.</summary>
    public Label? Label { get; init; }

    /// <summary>Why this window ("the highest probability of 12 windows"); null: somebody chose it.</summary>
    public string? Why { get; init; }

    /// <summary>What the window shows.</summary>
    public Finding Finding => Findings.At(Threshold, Attention.Probability);

    /// <summary>Explains the rows of a batch, in standard deviations.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="batch">Segments with their recordings' ids and starts.</param>
    public static WindowExplanation[] Of(Classifier classifier, SegmentBatch batch)
    {
        var explanation = classifier.Explain(batch);
        return [.. Enumerable.Range(0, batch.Count).Select(row => new WindowExplanation(
            batch.RecordingId[row],
            (double)batch.Start[row] / Shapes.Fs,
            [.. Enumerable.Range(0, Shapes.Channels).Select(c => batch.X.AsSpan(((c * batch.Count) + row) * Shapes.Window, Shapes.Window).ToArray())],
            "SD",
            Attentions.OfRow(explanation, row),
            classifier.Info.Thresholds.Uniform) { Label = batch.Label[row] })];
    }
}
