using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>The rows of one row group in memory, column by column. It is filled, written or read, and used again.</summary>
internal sealed class RowGroup
{
    private readonly string?[] _labelNames;
    private readonly int?[] _classes;

    /// <param name="capacity">The number of rows that fit.</param>
    /// <param name="lists">The number of lists to hold, in the schema's order; reading skips the others.</param>
    public RowGroup(int capacity, int lists = 4)
    {
        Capacity = capacity;
        RecordingId = new string[capacity];
        Start = new int[capacity];
        Label = new Label?[capacity];
        Fs = new int[capacity];
        _labelNames = new string?[capacity];
        _classes = new int?[capacity];
        Lists = Array.ConvertAll(ShardSchema.Lists[..lists], list => new float[capacity * list.Length]);
    }

    public int Capacity { get; }

    public int Count { get; set; }

    public string[] RecordingId { get; }

    public int[] Start { get; }

    public Label?[] Label { get; }

    public int[] Fs { get; }

    /// <summary>The lists x, k_beat, k_rhythm and k_freq, or the first of them, each Count times its length.</summary>
    public float[][] Lists { get; }

    /// <summary>The names of <see cref="Label"/>, as the column holds them.</summary>
    public string?[] LabelNames => _labelNames;

    /// <summary>The classes of <see cref="Label"/>, as the column holds them.</summary>
    public int?[] Classes => _classes;

    public ReadOnlySpan<float> List(int list, int row)
    {
        var length = ShardSchema.Lists[list].Length;
        return Lists[list].AsSpan(row * length, length);
    }

    /// <summary>Takes as many rows as fit, from <paramref name="from"/> on.</summary>
    /// <returns>The number of rows taken.</returns>
    public int Take(string recordingId, Label? label, int fs, Segments rows, int from)
    {
        var n = Math.Min(Capacity - Count, rows.Count - from);
        RecordingId.AsSpan(Count, n).Fill(recordingId);
        rows.Start.AsSpan(from, n).CopyTo(Start.AsSpan(Count));
        Label.AsSpan(Count, n).Fill(label);
        _labelNames.AsSpan(Count, n).Fill(label is { } l ? Labels.NameOf(l) : null);
        _classes.AsSpan(Count, n).Fill(label is { } k ? Labels.ClassOf(k) : null);
        Fs.AsSpan(Count, n).Fill(fs);
        Copy(rows.X, 0);
        Copy(rows.KBeat, 1);
        Copy(rows.KRhythm, 2);
        Copy(rows.KFreq, 3);
        Count += n;
        return n;

        void Copy(float[] source, int list)
        {
            var length = ShardSchema.Lists[list].Length;
            source.AsSpan(from * length, n * length).CopyTo(Lists[list].AsSpan(Count * length));
        }
    }

    /// <summary>Copies row <paramref name="from"/> with all its lists to row <paramref name="row"/> of a batch.</summary>
    public void CopyTo(SegmentBatch batch, int row, int from)
    {
        batch.Set(row, List(0, from), List(1, from), List(2, from), List(3, from));
        batch.Describe(row, RecordingId[from], Start[from], Label[from]);
    }
}
