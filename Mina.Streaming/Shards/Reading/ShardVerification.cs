using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Shards;

/// <summary>What a look at every byte of a shard directory found.</summary>
/// <param name="Shards">How many shards the manifest lists.</param>
/// <param name="Bytes">Bytes that they have.</param>
/// <param name="Faults">A sentence for each shard that is missing, or is not the one that was written.</param>
/// <param name="Unlisted">Shards that the manifest does not list, and that nothing reads therefore.</param>
public sealed record ShardVerification(int Shards, long Bytes, IReadOnlyList<string> Faults, IReadOnlyList<string> Unlisted)
{
    /// <summary>Reads every shard of a directory and compares its SHA-256 with the manifest's.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="progress">Called after each shard with how many bytes are done, and how many there are; null: not at all.</param>
    /// <param name="cancel">Stops between shards.</param>
    /// <exception cref="ProblemException">It is no shard directory, or its settings or its manifest are damaged.</exception>
    public static ShardVerification Run(string directory, Action<long, long>? progress = null, CancellationToken cancel = default)
    {
        directory = Path.GetFullPath(directory);
        _ = ShardSet.ReadSettings(directory);
        var (shards, torn) = ShardSet.ReadManifest(directory);
        var faults = new List<string>();
        if (torn)
            faults.Add($"{Manifest.FileName} in {directory} breaks off in its last line; the next 'mina ingest' into it mends that.");
        var (done, total) = (0L, shards.Sum(shard => shard.Bytes));
        foreach (var shard in shards)
        {
            cancel.ThrowIfCancellationRequested();
            if (ShardFiles.FaultOf(directory, shard) is { } fault)
                faults.Add(fault);
            done += shard.Bytes;
            progress?.Invoke(done, total);
        }

        return new ShardVerification(shards.Count, total, faults, ShardFiles.Unlisted(DiskFiles.Instance, directory, shards));
    }
}
