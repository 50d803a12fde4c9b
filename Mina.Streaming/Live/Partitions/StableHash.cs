namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// A hash of names that is the same on every machine and in every run (FNV-1a), so that a failure can be reproduced. .NET's own differs
/// from process to process.
/// </summary>
public static class StableHash
{
    /// <summary>Computes the hash of a name.</summary>
    public static uint Compute(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name)
            hash = (hash ^ c) * 16777619u;
        return hash;
    }
}
