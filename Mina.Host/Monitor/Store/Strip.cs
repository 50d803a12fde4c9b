namespace Mina.Host.Monitor.Store;

/// <summary>Which parts of an episode are kept as a strip.</summary>
[Flags]
public enum StripKinds
{
    /// <summary>No strip.</summary>
    None = 0,

    /// <summary>From 30 s before the onset to 30 s after it.</summary>
    Onset = 1,

    /// <summary>From 30 s before the end to 30 s after it.</summary>
    End = 2,

    /// <summary>Of an episode of three minutes and more, the minute whose probabilities lie nearest to one half.</summary>
    LeastCertain = 4,

    /// <summary>All of them.</summary>
    All = Onset | End | LeastCertain,
}

/// <summary>The ECG of a part of an episode, kept as long as the episode is.</summary>
/// <param name="Stream">The stream it is of.</param>
/// <param name="Episode">The episode's start, which together with the stream names it.</param>
/// <param name="Kind">One kind.</param>
/// <param name="Stretches">Samples as the device sent them, in order; empty: there were none to keep.</param>
public sealed record Strip(string Stream, DateTimeOffset Episode, StripKinds Kind, IReadOnlyList<SampleStretch> Stretches)
{
    private byte[]? _encoded;

    /// <summary>The stretches as a store on disk keeps them. They are encoded at the first call, which takes some milliseconds.</summary>
    internal byte[] Encoded => _encoded ??= StripCodec.Write(Stretches);
}
