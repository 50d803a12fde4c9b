using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Shards;

/// <summary>The result of reading every byte of a shard directory.</summary>
/// <param name="Shards">The number of shards that the manifest lists.</param>
/// <param name="Bytes">Their size in bytes.</param>
/// <param name="Faults">A sentence for each shard that is missing or is not the one that was written.</param>
/// <param name="Unlisted">The shards that the manifest does not list, so that nothing reads them.</param>
public sealed record ShardVerification(int Shards, long Bytes, IReadOnlyList<string> Faults, IReadOnlyList<string> Unlisted)
{
    /// <summary>Reads every shard of a directory and compares its SHA-256 with the manifest's.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="progress">Receives the bytes read so far and the bytes in all after each shard; null reports nothing.</param>
    /// <param name="cancel">Stops between shards.</param>
    /// <exception cref="ProblemException">The directory holds no shards, or its settings or its manifest are damaged.</exception>
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
