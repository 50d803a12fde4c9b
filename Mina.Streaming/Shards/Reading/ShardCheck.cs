using System.Collections.Concurrent;
using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>
/// Compares each shard's SHA-256 with the manifest's when it is first opened, so that nothing is trained on or scored that was not
/// written so. Later epochs do not check again. Any number of threads may ask; those that ask for one shard wait for one reading.
/// </summary>
internal sealed class ShardCheck(string directory)
{
    private readonly ConcurrentDictionary<string, Lazy<string?>> _faults = new(StringComparer.Ordinal);

    /// <summary>Checks a shard.</summary>
    /// <returns>The shard's path.</returns>
    /// <exception cref="ProblemException">It is not the one that was written.</exception>
    public string PathOf(ShardEntry shard)
    {
        var fault = _faults.GetOrAdd(shard.Name, _ => new Lazy<string?>(() => ShardFiles.FaultOf(directory, shard))).Value;
        return fault is null ? ShardDirectory.FullPath(directory, shard.Name) : throw new ProblemException(fault);
    }
}
