using Mina.Preprocess;

namespace Mina.Host.Tests.Evaluation;

/// <summary>Batches of made-up windows, and a classifier that knows their probabilities.</summary>
internal static class MadeUpBatches
{
    /// <summary>Windows in batches of <paramref name="size"/>, the last one smaller; a window's trace is its start everywhere.</summary>
    public static IEnumerable<SegmentBatch> InBatches(IReadOnlyList<MadeUpWindow> windows, int size)
    {
        foreach (var chunk in windows.Chunk(size))
        {
            var batch = new SegmentBatch(size) { Count = chunk.Length };
            for (var row = 0; row < chunk.Length; row++)
            {
                var window = chunk[row];
                var x = new float[Shapes.XLength];
                // Channel 0 tells the window; the others hold what no trace may ever show.
                x.AsSpan(0, Shapes.Window).Fill(window.Start);
                x.AsSpan(Shapes.Window).Fill(-1);
                batch.Set(row, x, new float[Shapes.XLength], new float[Shapes.RhythmLength], [window.Probability, 0, 0, 0]);
                batch.RecordingId[row] = window.Id;
                batch.Start[row] = window.Start;
                batch.Label[row] = window.Label;
                batch.Class[row] = window.Label is { } label ? Labels.ClassOf(label) : -1;
            }

            yield return batch;
        }
    }

    /// <summary>The probability that the window was made with.</summary>
    public static float[] Classify(SegmentBatch batch) => batch.KFreq[..batch.Count];

    /// <summary>Recordings of all labels whose probabilities tell something, but not everything.</summary>
    public static MadeUpWindow[] Some(int recordings, int seed)
    {
        var random = new Random(seed);
        var windows = new List<MadeUpWindow>();
        for (var r = 0; r < recordings; r++)
        {
            var label = (Label)(r % 4);
            var stride = label == Label.AF ? 50 : 500;
            for (var start = 0; start <= 3000; start += stride)
                windows.Add(new($"R{r:000}", start, label, (0.6f * random.NextSingle()) + (label == Label.AF ? 0.4f : 0)));
        }

        return [.. windows];
    }
}

internal sealed record MadeUpWindow(string Id, int Start, Label? Label, float Probability);
