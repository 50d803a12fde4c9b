using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>How streams are cut into windows and classified, and how much may wait.</summary>
public sealed record LiveOptions
{
    /// <summary>The model's preprocessing.</summary>
    public PreprocessSettings Settings { get; init; } = PreprocessSettings.Default;

    /// <summary>Says which windows can be classified; the default is the check that <c>classify</c> uses.</summary>
    public WindowCheck Check { get; init; } = WindowQuality.FaultOf;

    /// <summary>The largest number of windows in a batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The longest time that a window waits for others to share its batch.</summary>
    public TimeSpan BatchWait { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Seconds of a stream's samples that stay in memory, at least 70: the trailing 60 s and a window.</summary>
    public int KeptSeconds { get; init; } = 300;

    /// <summary>Whether beats are detected, and handed on with the windows.</summary>
    public bool FindsBeats { get; init; }

    /// <summary>Chunks of a stream that may wait; beyond that they are dropped, and leave a gap.</summary>
    public int QueueLength { get; init; } = 64;

    /// <summary>Bytes of chunks that may wait, over all streams; a stream may hold an eighth of what is free.</summary>
    public long MaxQueuedBytes { get; init; } = 128 << 20;

    /// <summary>How long the network edge waits for room in the queue before it drops a chunk.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest number of streams at once.</summary>
    public int MaxStreams { get; init; } = 5000;

    internal CutterOptions Cutter => new() { Settings = Settings, Check = Check, KeptSeconds = KeptSeconds, FindsBeats = FindsBeats };
}
