namespace Mina.Streaming.Live;

/// <summary>What became of a chunk that was offered.</summary>
public enum Offered
{
    /// <summary>The chunk is in its stream's queue and, where there is a log, on disk.</summary>
    Taken,

    /// <summary>There was no room in time: the chunk is lost, and leaves a gap.</summary>
    Dropped,

    /// <summary>The stream has its share of all bytes that may wait: the chunk was not taken.</summary>
    QueueFull,

    /// <summary>The stream is new, and there are as many streams as are allowed.</summary>
    TooManyStreams,

    /// <summary>The shell is closed.</summary>
    Closed,

    /// <summary>The chunk is outside the <see cref="ChunkLimits"/>.</summary>
    Invalid,

    /// <summary>The chunk is in its stream's queue, but not on disk: it must not be acknowledged.</summary>
    Unlogged,
}

/// <summary>A failure that did not end the monitoring.</summary>
/// <param name="Stream">The stream that failed, which begins again; null: a batch of several streams, or the recorder.</param>
/// <param name="Exception">The exception.</param>
public sealed record LiveFault(string? Stream, Exception Exception);
