using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Monitor;

/// <summary>Explains one segment in the form that the page and the API use.</summary>
internal static class SegmentAttention
{
    /// <summary>Explains row 0 of the segments.</summary>
    public static WindowAttention Explain(Classifier classifier, Segments rows, DateTimeOffset start)
    {
        var batch = new SegmentBatch(1) { Count = 1 };
        batch.Set(0, rows, 0);
        var seen = Attentions.OfRow(classifier.Explain(batch), 0);
        return new WindowAttention(
            start,
            seen.Probability,
            seen.Beat,
            seen.Rhythm,
            seen.Frequency,
            [.. Enumerable.Range(0, Shapes.Channels).Select(c => rows.X.AsSpan(c * Shapes.Window, Shapes.Window).ToArray())]);
    }
}
