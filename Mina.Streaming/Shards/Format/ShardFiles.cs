using System.Security.Cryptography;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Shards;

/// <summary>Compares the files of shards in a directory with its manifest.</summary>
internal static class ShardFiles
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Finds the names of the finished shards in a directory that are not listed, in ordinal order.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="listed">The shards that its manifest lists.</param>
    public static IReadOnlyList<string> Unlisted(IFileStore files, string directory, IEnumerable<ShardEntry> listed)
    {
        var known = listed.Select(shard => shard.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Enum.GetValues<Split>()
                .Select(split => $"split={Splits.NameOf(split)}")
                .SelectMany(folder => files.List(Path.Combine(directory, folder)).Select(file => $"{folder}/{Path.GetFileName(file)}"))
                .Where(name => IsShard(name) && !known.Contains(name))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Computes the SHA-256 of a file, in lower-case hexadecimal.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string HashOf(string path)
    {
        if (PlainFile.LooksEmpty(path))
            return Convert.ToHexStringLower(SHA256.HashData([]));
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>Says in one sentence what is wrong with a listed shard; null where it is whole, bit for bit.</summary>
    public static string? FaultOf(string directory, ShardEntry shard)
    {
        try
        {
            ShardDirectory.RequireWhole(DiskFiles.Instance, directory, shard);
            var path = ShardDirectory.FullPath(directory, shard.Name);
            return HashOf(path) == shard.Sha256 ? null
                : $"{path} is not what {Manifest.FileName} says (its SHA-256 differs); restore it, or make the shards again.";
        }
        catch (ProblemException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{shard.Name} in {directory} cannot be read ({e.Message.TrimEnd('.')}); restore it, or make the shards again.";
        }
    }

    private static bool IsShard(string name) =>
        name.Contains("/part-", StringComparison.Ordinal) && name.EndsWith(".parquet", StringComparison.Ordinal);
}
