using Mina.Preprocess;
using Mina.Streaming.Recordings;

namespace Mina.Streaming.Ingest;

/// <summary>How recordings become shards, apart from what the shard directory's own settings say.</summary>
public sealed record IngestOptions
{
    /// <summary>Recordings that are read and preprocessed at once, &gt;= 1. Decides no byte of the shards.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How recordings are read.</summary>
    public ReadOptions Read { get; init; } = new();

    /// <summary>The label of a recording id; null where there is none.</summary>
    public required Func<string, Label?> LabelOf { get; init; }

    /// <summary>The group of a recording id; null where there is none, and the header's own counts.</summary>
    public Func<string, string?> GroupOf { get; init; } = static _ => null;

    /// <summary>Finish the shards that are open when a run is stopped (watching), rather than discard them.</summary>
    public bool KeepOpenShards { get; init; }
}
