using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>How streams are classified.</summary>
public sealed record LiveOptions
{
    /// <summary>The model's preprocessing.</summary>
    public PreprocessSettings Settings { get; init; } = PreprocessSettings.Default;

    /// <summary>Which windows can be classified; the same as <c>classify</c> uses.</summary>
    public WindowCheck Check { get; init; } = WindowQuality.FaultOf;

    /// <summary>Windows that the classifier gets at once, at most.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>How long a window waits for others to share a batch, at most.</summary>
    public TimeSpan BatchWait { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Seconds of a stream's samples that stay in memory; at least 70 (the trailing 60 s and a window).</summary>
    public int KeptSeconds { get; init; } = 300;

    /// <summary>Whether windows bring the stream's beats with them.</summary>
    public bool FindsBeats { get; init; }

    /// <summary>Chunks of a stream that may wait; more are dropped, and are a gap.</summary>
    public int QueueLength { get; init; } = 64;

    /// <summary>How long the network edge waits for room in the queue before it drops a chunk.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Streams at once.</summary>
    public int MaxStreams { get; init; } = 5000;

    internal CutterOptions Cutter => new() { Settings = Settings, Check = Check, KeptSeconds = KeptSeconds, FindsBeats = FindsBeats };
}
