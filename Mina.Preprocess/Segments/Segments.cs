namespace Mina.Preprocess;

/// <summary>
/// The segments of one recording, one after the other and channel-major, as <see cref="Preprocessor"/> cuts them and a shard holds them. The
/// buffers grow as needed and are used again for the next recording, so that the hot path allocates nothing.
/// </summary>
public sealed class Segments
{
    /// <summary>The number of segments.</summary>
    public int Count { get; private set; }

    /// <summary>The channels: Count x 12000.</summary>
    public float[] X { get; private set; } = [];

    /// <summary>The beat knowledge: Count x 12000.</summary>
    public float[] KBeat { get; private set; } = [];

    /// <summary>The rhythm knowledge: Count x 240.</summary>
    public float[] KRhythm { get; private set; } = [];

    /// <summary>The frequency knowledge: Count x 4.</summary>
    public float[] KFreq { get; private set; } = [];

    /// <summary>The first sample of each window, in samples at 300 Hz.</summary>
    public int[] Start { get; private set; } = [];

    /// <summary>The label of these windows, where windows have labels of their own (<see cref="Recording.Rhythms"/>); otherwise null.</summary>
    public Label? Label { get; internal set; }

    /// <summary>The windows of the recording that are still to be cut; null where there are no more.</summary>
    public RemainingWindows? Remaining { get; internal set; }

    /// <summary>Makes room for exactly <paramref name="count"/> segments, whose contents are undefined until they are written.</summary>
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

/// <summary>
/// The rest of a recording that is cut in pieces, so that a long recording needs no more memory than its samples and one piece.
/// </summary>
public sealed class RemainingWindows
{
    internal RemainingWindows(float[] signal, List<int> starts, Label[]? labels = null)
    {
        Signal = signal;
        Starts = starts;
        Labels = labels;
    }

    /// <summary>Whether the recording has windows of both classes; those of AF come last.</summary>
    public bool IsOfBothClasses => Labels is { Length: > 0 } && Labels[0] != Label.AF && Labels[^1] == Label.AF;

    /// <summary>The label of the next window, where windows have labels of their own; otherwise null.</summary>
    public Label? NextLabel => Labels is null || Next >= Labels.Length ? null : Labels[Next];

    /// <summary>The label of each window of <see cref="Starts"/>; null where windows have no labels of their own.</summary>
    internal Label[]? Labels { get; }

    /// <summary>The number of windows that are still to be cut.</summary>
    public int Count => Starts.Count - Next;

    /// <summary>The whole recording, normalised, at 300 Hz.</summary>
    internal float[] Signal { get; }

    /// <summary>The starts of all of its windows.</summary>
    internal List<int> Starts { get; }

    /// <summary>The index of the next window in <see cref="Starts"/>.</summary>
    internal int Next { get; set; }
}
