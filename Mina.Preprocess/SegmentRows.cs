namespace Mina.Preprocess;

/// <summary>
/// Segments of one recording, one row each, channel-major: what a shard holds. Grows as needed and is used again for
/// the next recording, so that the hot path allocates nothing.
/// </summary>
public sealed class SegmentRows
{
    /// <summary>Rows held.</summary>
    public int Count { get; private set; }

    /// <summary>Count x 12000.</summary>
    public float[] X { get; private set; } = [];

    /// <summary>Count x 12000.</summary>
    public float[] KBeat { get; private set; } = [];

    /// <summary>Count x 240.</summary>
    public float[] KRhythm { get; private set; } = [];

    /// <summary>Count x 4.</summary>
    public float[] KFreq { get; private set; } = [];

    /// <summary>First sample of each row's window, in samples at 300 Hz.</summary>
    public int[] Start { get; private set; } = [];

    /// <summary>What of the recording is not cut yet; null: nothing.</summary>
    public SegmentRest? Rest { get; internal set; }

    /// <summary>Makes room for exactly <paramref name="count"/> rows; their contents are undefined until written.</summary>
    public void Resize(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        if (count <= Start.Length)
            return;
        Start = new int[count];
        X = new float[count * Shapes.XLength];
        KBeat = new float[count * Shapes.XLength];
        KRhythm = new float[count * Shapes.RhythmLength];
        KFreq = new float[count * Shapes.Channels];
    }
}
