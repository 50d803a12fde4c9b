namespace Mina.Preprocess;

/// <summary>
/// A batch of B segments as the network takes it, channel first. Buffers may be larger than B needs; only the first
/// 4 x B x ... floats count.
/// </summary>
/// <remarks>Made by the reader of shards (training) or by a live pipeline; the arrays belong to whoever holds the batch.</remarks>
public sealed class SegmentBatch
{
    /// <summary>The class of a segment that nobody labelled, in <see cref="Class"/>.</summary>
    public const int NoClass = -1;

    /// <summary>Makes room for <paramref name="capacity"/> segments.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not positive.</exception>
    public SegmentBatch(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        X = new float[capacity * Shapes.XLength];
        KBeat = new float[capacity * Shapes.XLength];
        KRhythm = new float[capacity * Shapes.RhythmLength];
        KFreq = new float[capacity * Shapes.Channels];
        Class = new long[capacity];
        Label = new Label?[capacity];
        RecordingId = new string[capacity];
        Start = new int[capacity];
        Capacity = capacity;
    }

    /// <summary>How many segments fit.</summary>
    public int Capacity { get; }

    /// <summary>Segments held (B); set it before filling: it fixes the layout.</summary>
    public int Count { get; set; }

    /// <summary>The channels: (4, B, 3000).</summary>
    public float[] X { get; }

    /// <summary>The beat knowledge: (4, B, 3000).</summary>
    public float[] KBeat { get; }

    /// <summary>The rhythm knowledge: (4, B, 60).</summary>
    public float[] KRhythm { get; }

    /// <summary>The frequency knowledge: (4, B, 1).</summary>
    public float[] KFreq { get; }

    /// <summary>The classes (B): 1 = AF, 0 = not AF, <see cref="NoClass"/> = unlabelled.</summary>
    public long[] Class { get; }

    /// <summary>What each recording shows (B); null: unlabelled.</summary>
    public Label?[] Label { get; }

    /// <summary>The recordings' ids (B).</summary>
    public string[] RecordingId { get; }

    /// <summary>The first sample of each window (B), in samples at 300 Hz from the recording's start.</summary>
    public int[] Start { get; }

    /// <summary>Copies one segment (channel-major spans, as in a shard's row) to row <paramref name="row"/> of the batch.</summary>
    public void Set(int row, ReadOnlySpan<float> x, ReadOnlySpan<float> kBeat, ReadOnlySpan<float> kRhythm, ReadOnlySpan<float> kFreq)
    {
        Set(row, x);
        for (var c = 0; c < Shapes.Channels; c++)
        {
            var at = (c * Count) + row;
            kBeat.Slice(c * Shapes.Window, Shapes.Window).CopyTo(KBeat.AsSpan(at * Shapes.Window));
            kRhythm.Slice(c * Shapes.SubSegments, Shapes.SubSegments).CopyTo(KRhythm.AsSpan(at * Shapes.SubSegments));
            KFreq[at] = kFreq[c];
        }
    }

    /// <summary>Copies the channels of one segment alone; the row's knowledge stays as it was.</summary>
    public void Set(int row, ReadOnlySpan<float> x)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        for (var c = 0; c < Shapes.Channels; c++)
            x.Slice(c * Shapes.Window, Shapes.Window).CopyTo(X.AsSpan(((c * Count) + row) * Shapes.Window));
    }

    /// <summary>Sets which window a row is and what its recording shows; the row's numbers stay as they were.</summary>
    public void Describe(int row, string recordingId, int start, Label? label)
    {
        RecordingId[row] = recordingId;
        Start[row] = start;
        Label[row] = label;
        Class[row] = label is { } known ? Labels.ClassOf(known) : NoClass;
    }

    /// <summary>Copies row <paramref name="from"/> of <paramref name="segments"/> to row <paramref name="row"/> of the batch.</summary>
    public void Set(int row, Segments segments, int from) => Set(
        row,
        segments.X.AsSpan(from * Shapes.XLength, Shapes.XLength),
        segments.KBeat.AsSpan(from * Shapes.XLength, Shapes.XLength),
        segments.KRhythm.AsSpan(from * Shapes.RhythmLength, Shapes.RhythmLength),
        segments.KFreq.AsSpan(from * Shapes.Channels, Shapes.Channels));
}
