using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary>The outcome of an ingest.</summary>
public sealed record IngestSummary
{
    /// <summary>The full path of the shard directory.</summary>
    public required string Output { get; init; }

    /// <summary>All shards that the manifest lists, including those of earlier runs.</summary>
    public required IReadOnlyList<ShardEntry> Shards { get; init; }

    /// <summary>How many of the shards this run added; they are the last ones.</summary>
    public required int Added { get; init; }

    /// <summary>The counts at the end of the run.</summary>
    public required IngestProgress Progress { get; init; }

    /// <summary>The recordings that were not taken, in the order of the source.</summary>
    public required IReadOnlyList<Rejection> Rejections { get; init; }

    /// <summary>
    /// Whether the run was stopped before the source ended. The segments of shards that were not full were then discarded; a rerun makes them
    /// again and ends with the same bytes as a run that was never stopped.
    /// </summary>
    public required bool Stopped { get; init; }

    /// <summary>The number of recordings whose segments were discarded because the run was stopped.</summary>
    public required int Discarded { get; init; }

    /// <summary>
    /// The ids that the labels name and the source did not have, in ordinal order; empty where the run was stopped or
    /// <see cref="IngestOptions.LabelledIds"/> was null.
    /// </summary>
    public required IReadOnlyList<string> NeverFound { get; init; }

    /// <summary>The duration of the run.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The path of the list of rejections; null where the run was stopped and wrote no list.</summary>
    public string? RejectionFile { get; init; }

    /// <summary>Counts a split's recordings and segments by label, over all shards.</summary>
    public IReadOnlyDictionary<string, LabelCount> Counts(Split split) => ShardCounts.ByLabel(Shards.Where(shard => shard.Split == split));

    /// <summary>The number of rejections for each reason that occurred, in the order of the enumeration.</summary>
    public IReadOnlyDictionary<RejectionReason, int> RejectionCounts =>
        Rejections.CountBy(rejection => rejection.Reason).OrderBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>The size of all shards in bytes.</summary>
    public long Bytes => Shards.Sum(shard => shard.Bytes);

    /// <summary>The number of segments in all shards.</summary>
    public long Windows => Shards.Sum(shard => (long)shard.Rows);
}
