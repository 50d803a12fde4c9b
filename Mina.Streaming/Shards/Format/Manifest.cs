using System.Text.Json;
using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>
/// The append-only list of finished shards, with a line of JSON for each, in the order in which they were finished. A shard that it does not
/// list does not exist.
/// </summary>
public static class Manifest
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "manifest.jsonl";

    /// <summary>The line of a shard, with the newline that makes it count.</summary>
    internal static byte[] LineOf(ShardEntry entry) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(entry, ShardJson.Line.ShardEntry), (byte)'\n'];

    /// <summary>Reads the list.</summary>
    /// <param name="bytes">The file, whose last line a crash may have cut anywhere.</param>
    /// <param name="path">The path that messages name.</param>
    /// <returns>The shards, and the number of bytes of the file that hold whole lines; what follows was torn and does not count.</returns>
    /// <exception cref="ProblemException">A line other than the last one is damaged, which no crash does.</exception>
    internal static (IReadOnlyList<ShardEntry> Shards, long Whole) Parse(ReadOnlySpan<byte> bytes, string path)
    {
        var shards = new List<ShardEntry>();
        var at = 0;
        while (at < bytes.Length)
        {
            var end = bytes[at..].IndexOf((byte)'\n');
            if (end < 0)
                break;
            var last = at + end + 1 == bytes.Length;
            if (Entry(bytes.Slice(at, end)) is { } entry)
                shards.Add(entry);
            else if (last)
                break;
            else
                throw new ProblemException($"{path} is damaged in line {shards.Count + 1}; restore it, or make the shards again in another directory.");
            at += end + 1;
        }

        return (shards, at);
    }

    /// <summary>Whether this program gives such names. Nothing outside the directory is read, whatever a manifest says.</summary>
    private static bool IsName(string name)
    {
        var parts = name.Split('/');
        return parts.Length == 2 && parts[0].StartsWith("split=", StringComparison.Ordinal) && Splits.TryParse(parts[0]["split=".Length..], out _)
            && parts[1].StartsWith("part-", StringComparison.Ordinal) && parts[1].EndsWith(".parquet", StringComparison.Ordinal) && !parts[1].Contains('\\');
    }

    private static ShardEntry? Entry(ReadOnlySpan<byte> line)
    {
        try
        {
            var entry = JsonSerializer.Deserialize(line, ShardJson.Line.ShardEntry);
            return entry is { Name: not null, SplitName: not null, Recordings: not null, Labels: not null, Sha256: not null, Rows: > 0, Bytes: > 0 }
                && IsName(entry.Name) && entry.Recordings.All(id => id is not null) && entry.Labels.Values.All(count => count is not null) ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
