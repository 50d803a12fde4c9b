namespace Mina.Streaming.Ingest;

/// <summary>How far an ingest has come.</summary>
/// <param name="Done">Recordings dealt with: written, rejected, or there from an earlier run.</param>
/// <param name="Total">Recordings in all; null where the source cannot tell.</param>
/// <param name="Skipped">Of those done: there from an earlier run.</param>
/// <param name="Rejected">Of those done: not taken.</param>
/// <param name="Windows">Segments written by this run.</param>
/// <param name="BytesRead">Bytes of the recordings that this run has read.</param>
/// <param name="BytesWritten">Bytes of shards that this run has written.</param>
public sealed record IngestProgress(
    int Done, int? Total, int Skipped, int Rejected, long Windows, long BytesRead, long BytesWritten);
