namespace Mina.Preprocess;

/// <summary>
/// A batch of B segments in the network's layout, channel first. Buffers may be larger than B segments need; only the first 4 x B x ... floats
/// of each are used.
/// </summary>
/// <remarks>The reader of shards fills batches for training, and a live pipeline fills them for inference. The arrays belong to the batch's user.</remarks>
public sealed class SegmentBatch
{
    /// <summary>The class of an unlabelled segment in <see cref="Class"/>.</summary>
    public const int NoClass = -1;

    /// <summary>Creates a batch with room for <paramref name="capacity"/> segments.</summary>
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

    /// <summary>The number of segments that fit.</summary>
    public int Capacity { get; }

    /// <summary>The number of segments in the batch (B). It decides the layout, so it must be set before the batch is filled.</summary>
    public int Count { get; set; }

    /// <summary>The channels: (4, B, 3000).</summary>
    public float[] X { get; }

    /// <summary>The beat knowledge: (4, B, 3000).</summary>
    public float[] KBeat { get; }

    /// <summary>The rhythm knowledge: (4, B, 60).</summary>
    public float[] KRhythm { get; }

    /// <summary>The frequency knowledge: (4, B, 1).</summary>
    public float[] KFreq { get; }

    /// <summary>The classes (B): 1 is AF, 0 is not AF, and <see cref="NoClass"/> is unlabelled.</summary>
    public long[] Class { get; }

    /// <summary>The labels of the recordings (B); null where unlabelled.</summary>
    public Label?[] Label { get; }

    /// <summary>The recordings' ids (B).</summary>
    public string[] RecordingId { get; }

    /// <summary>The first sample of each window (B), in samples at 300 Hz from the recording's start.</summary>
    public int[] Start { get; }

    /// <summary>Copies one segment, given as channel-major spans as in a shard's row, to row <paramref name="row"/> of the batch.</summary>
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

    /// <summary>Copies only the channels of a segment; the row's knowledge stays as it was.</summary>
    public void Set(int row, ReadOnlySpan<float> x)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        for (var c = 0; c < Shapes.Channels; c++)
            x.Slice(c * Shapes.Window, Shapes.Window).CopyTo(X.AsSpan(((c * Count) + row) * Shapes.Window));
    }

    /// <summary>Sets the recording, the start and the label of a row; its channels and knowledge stay as they were.</summary>
    public void Describe(int row, string recordingId, int start, Label? label)
    {
        RecordingId[row] = recordingId;
        Start[row] = start;
        Label[row] = label;
        Class[row] = label is { } known ? Labels.ClassOf(known) : NoClass;
    }

    /// <summary>Leaves out all rows but these, in place, and sets <see cref="Count"/> to their number.</summary>
    /// <param name="rows">The rows that stay, in rising order; each is below <see cref="Count"/>.</param>
    public void Keep(ReadOnlySpan<int> rows)
    {
        // No row moves up, so that none is overwritten before it has moved.
        Keep(X, Shapes.Window, rows);
        Keep(KBeat, Shapes.Window, rows);
        Keep(KRhythm, Shapes.SubSegments, rows);
        Keep(KFreq, 1, rows);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            (Class[i], Label[i], RecordingId[i], Start[i]) = (Class[row], Label[row], RecordingId[row], Start[row]);
        }

        Count = rows.Length;
    }

    /// <summary>Copies row <paramref name="from"/> of <paramref name="segments"/> to row <paramref name="row"/> of the batch.</summary>
    public void Set(int row, Segments segments, int from) => Set(
        row,
        segments.X.AsSpan(from * Shapes.XLength, Shapes.XLength),
        segments.KBeat.AsSpan(from * Shapes.XLength, Shapes.XLength),
        segments.KRhythm.AsSpan(from * Shapes.RhythmLength, Shapes.RhythmLength),
        segments.KFreq.AsSpan(from * Shapes.Channels, Shapes.Channels));

    private void Keep(float[] values, int length, ReadOnlySpan<int> rows)
    {
        for (var c = 0; c < Shapes.Channels; c++)
        {
            for (var i = 0; i < rows.Length; i++)
                values.AsSpan(((c * Count) + rows[i]) * length, length).CopyTo(values.AsSpan(((c * rows.Length) + i) * length));
        }
    }
}
