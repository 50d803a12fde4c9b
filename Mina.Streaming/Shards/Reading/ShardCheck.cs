using System.Collections.Concurrent;
using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>
/// Compares each shard's SHA-256 with the manifest's when the shard is first opened, so that nothing is trained on or scored but what was
/// written. Later epochs do not check again. Any number of threads may ask, and those that ask for the same shard wait for one check.
/// </summary>
internal sealed class ShardCheck(string directory)
{
    private readonly ConcurrentDictionary<string, Lazy<string?>> _faults = new(StringComparer.Ordinal);

    /// <summary>Checks a shard, unless it was checked before.</summary>
    /// <returns>The shard's path.</returns>
    /// <exception cref="ProblemException">The file is not the one that was written.</exception>
    public string PathOf(ShardEntry shard)
    {
        var fault = _faults.GetOrAdd(shard.Name, _ => new Lazy<string?>(() => ShardFiles.FaultOf(directory, shard))).Value;
        return fault is null ? ShardDirectory.FullPath(directory, shard.Name) : throw new ProblemException(fault);
    }
}
