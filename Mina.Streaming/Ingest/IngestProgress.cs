using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary>How far an ingest is.</summary>
/// <param name="Recordings">Recordings dealt with: taken, rejected, or there already.</param>
/// <param name="Windows">Segments written in this run.</param>
/// <param name="BytesRead">Of the recordings dealt with.</param>
/// <param name="BytesWritten">Of shards, finished and open.</param>
/// <param name="Rejected">Recordings rejected.</param>
public readonly record struct IngestProgress(int Recordings, long Windows, long BytesRead, long BytesWritten, int Rejected);

/// <summary>What an ingest came to.</summary>
/// <param name="Taken">Recordings written in this run.</param>
/// <param name="AlreadyThere">Recordings that the shards held before.</param>
/// <param name="Windows">Segments written in this run.</param>
/// <param name="Rejections">In the order of the recordings.</param>
/// <param name="Shards">All shards of the directory.</param>
/// <param name="Discarded">Recordings of this run whose shards were not finished when it was stopped; the next run takes them.</param>
public sealed record IngestSummary(int Taken, int AlreadyThere, long Windows, IReadOnlyList<Rejection> Rejections, IReadOnlyList<ShardEntry> Shards, int Discarded);
