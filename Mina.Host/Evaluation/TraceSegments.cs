using Mina.Preprocess;

namespace Mina.Host.Evaluation;

/// <summary>Makes segments of traces again, as ingest made them, and asks a classifier. Not for several threads at once.</summary>
/// <param name="settings">The preprocessing.</param>
public sealed class TraceSegments(PreprocessSettings settings)
{
    /// <summary>Windows in a batch at most.</summary>
    public const int BatchSize = 64;

    private readonly Preprocessor _preprocessor = new(settings);
    private readonly Segments _rows = new();
    private readonly SegmentBatch _batch = new(BatchSize);

    /// <summary>The probability of AF of each window.</summary>
    /// <param name="windows">(3000) each, normalised.</param>
    /// <param name="classifier">Probability of AF of each segment of a batch.</param>
    public float[] Probabilities(IReadOnlyList<float[]> windows, Func<SegmentBatch, float[]> classifier)
    {
        var probabilities = new float[windows.Count];
        for (var from = 0; from < windows.Count; from += BatchSize)
            classifier(Fill(windows, from)).CopyTo(probabilities.AsSpan(from));
        return probabilities;
    }

    /// <summary>The segments of at most a batch's windows; valid until the next call.</summary>
    public SegmentBatch Fill(IReadOnlyList<float[]> windows, int from = 0)
    {
        _rows.Resize(1);
        _batch.Count = Math.Min(BatchSize, windows.Count - from);
        for (var i = 0; i < _batch.Count; i++)
        {
            _preprocessor.Segment(windows[from + i], _rows, 0);
            _batch.Set(i, _rows, 0);
        }

        return _batch;
    }
}
