namespace Mina.Streaming.Live;

/// <summary>What became of a chunk that was offered.</summary>
public enum Offered
{
    /// <summary>It is in its stream's queue and, where there is a log, on disk.</summary>
    Taken,

    /// <summary>There was no room in time: it is lost, and a gap.</summary>
    Dropped,

    /// <summary>There are as many streams as may be.</summary>
    TooManyStreams,

    /// <summary>The shell is ending.</summary>
    Closed,

    /// <summary>It does not keep to <see cref="ChunkLimits"/>.</summary>
    Invalid,

    /// <summary>It is in its stream's queue, but not on disk: it must not be acknowledged.</summary>
    Unlogged,
}

/// <summary>Something that failed without ending the monitoring.</summary>
/// <param name="Stream">The stream that it happened to, which begins again; null: a batch of several streams, or the recorder.</param>
/// <param name="Exception">What happened.</param>
public sealed record LiveFault(string? Stream, Exception Exception);
