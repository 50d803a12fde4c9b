namespace Mina.Streaming.Ingest;

/// <summary>How far an ingest has come.</summary>
/// <param name="Done">The number of recordings that are written, rejected or finished by an earlier run.</param>
/// <param name="Total">The number of recordings in the source; null where the source cannot tell.</param>
/// <param name="Skipped">The number of recordings that an earlier run finished.</param>
/// <param name="Rejected">The number of recordings that were rejected.</param>
/// <param name="Windows">The number of segments that this run has written.</param>
/// <param name="BytesRead">The size in bytes of the recordings that this run has read.</param>
/// <param name="BytesWritten">The size in bytes of the shards that this run has written.</param>
public sealed record IngestProgress(
    int Done, int? Total, int Skipped, int Rejected, long Windows, long BytesRead, long BytesWritten);
