using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary>The outcome of an ingest.</summary>
public sealed record IngestSummary
{
    /// <summary>The shard directory, in full.</summary>
    public required string Output { get; init; }

    /// <summary>All shards that are listed, those of earlier runs too.</summary>
    public required IReadOnlyList<ShardEntry> Shards { get; init; }

    /// <summary>Of those, how many this run added: the last ones.</summary>
    public required int Added { get; init; }

    /// <summary>The run as it ended.</summary>
    public required IngestProgress Progress { get; init; }

    /// <summary>The recordings that were not taken, in the order of the source.</summary>
    public required IReadOnlyList<Rejection> Rejections { get; init; }

    /// <summary>
    /// Stopped before the source ended. Segments of shards not yet full were discarded: a rerun makes them again, and
    /// ends with the same bytes as a run that was never stopped.
    /// </summary>
    public required bool Stopped { get; init; }

    /// <summary>Recordings whose segments were discarded because the run was stopped.</summary>
    public required int Discarded { get; init; }

    /// <summary>Ids that the labels name and the source did not have, in ordinal order; empty where stopped or not asked.</summary>
    public required IReadOnlyList<string> NeverFound { get; init; }

    /// <summary>How long the run took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Where the list of rejections is; null: the run was stopped and wrote none.</summary>
    public string? RejectionFile { get; init; }

    /// <summary>Recordings and segments of a split by label, over all shards.</summary>
    public IReadOnlyDictionary<string, LabelCount> Counts(Split split) => ShardCounts.ByLabel(Shards.Where(shard => shard.Split == split));

    /// <summary>Rejections by reason, those that occurred, in the order of the enumeration.</summary>
    public IReadOnlyDictionary<RejectionReason, int> RejectionCounts =>
        Rejections.CountBy(rejection => rejection.Reason).OrderBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>Bytes of all shards.</summary>
    public long Bytes => Shards.Sum(shard => shard.Bytes);

    /// <summary>Segments in all shards.</summary>
    public long Windows => Shards.Sum(shard => (long)shard.Rows);
}
