namespace Mina.Preprocess;

/// <summary>A recording that is cut piece by piece, so that a long one needs no more memory than its samples and a piece.</summary>
public sealed class SegmentRest
{
    internal SegmentRest(float[] signal, List<int> starts)
    {
        Signal = signal;
        Starts = starts;
    }

    /// <summary>Windows still to be cut.</summary>
    public int Count => Starts.Count - Next;

    /// <summary>The whole recording, normalised, 300 Hz.</summary>
    internal float[] Signal { get; }

    /// <summary>Where all its windows start.</summary>
    internal List<int> Starts { get; }

    /// <summary>Index of the next.</summary>
    internal int Next { get; set; }
}
