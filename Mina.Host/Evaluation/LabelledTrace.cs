using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Evaluation;

/// <summary>Which window of which recording.</summary>
/// <param name="RecordingId">The recording's id.</param>
/// <param name="Start">First sample, at 300 Hz.</param>
public readonly record struct WindowKey(string RecordingId, int Start)
{
    /// <summary>The window of a score.</summary>
    public static WindowKey Of(WindowScore score) => new(score.RecordingId, score.Start);
}

/// <summary>A labelled window's original channel: all that its segment can be made of again.</summary>
/// <param name="Key">Which window.</param>
/// <param name="Label">What its recording shows; null where only the class is known.</param>
/// <param name="Class">1 = AF, 0 = not AF.</param>
/// <param name="Trace">(3000): at 300 Hz, in standard deviations of the recording.</param>
public sealed record LabelledTrace(WindowKey Key, Label? Label, int Class, float[] Trace);

/// <summary>Picks windows out of shards.</summary>
public static class LabelledTraces
{
    /// <summary>Reads until all are found.</summary>
    /// <param name="batches">Segments, in any order.</param>
    /// <param name="wanted">Which; one that is not there is left out.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>In the order read.</returns>
    public static IReadOnlyList<LabelledTrace> Find(IEnumerable<SegmentBatch> batches, IReadOnlySet<WindowKey> wanted, CancellationToken cancel = default)
    {
        var found = new List<LabelledTrace>();
        foreach (var batch in batches)
        {
            cancel.ThrowIfCancellationRequested();
            for (var row = 0; row < batch.Count; row++)
            {
                var key = new WindowKey(batch.RecordingId[row], batch.Start[row]);
                if (wanted.Contains(key))
                    found.Add(new LabelledTrace(key, batch.Label[row], (int)batch.Class[row], batch.X.AsSpan(row * Shapes.Window, Shapes.Window).ToArray()));
            }

            if (found.Count == wanted.Count)
                break;
        }

        return found;
    }
}
