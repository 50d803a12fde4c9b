using System.Text.Json.Serialization;
using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>The numbers of recordings and segments with one label.</summary>
/// <param name="Recordings">The number of recordings.</param>
/// <param name="Windows">The number of their segments.</param>
public sealed record LabelCount(
    [property: JsonPropertyName("recordings")] int Recordings,
    [property: JsonPropertyName("windows")] long Windows);

/// <summary>A finished shard, as its line in the manifest says.</summary>
/// <param name="Name">The path below the shard directory, with forward slashes: <c>split=train/part-00000.parquet</c>.</param>
/// <param name="SplitName">The split: train, validation or test.</param>
/// <param name="Rows">The number of segments.</param>
/// <param name="Labels">The numbers of recordings and segments by label ("Normal", "AF", "Other", "Noisy", "unlabelled"); unused labels are left out.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Sha256">The SHA-256 of the file, in lower-case hexadecimal.</param>
/// <param name="Recordings">The ids of all recordings whose segments it holds, in the order of the rows.</param>
public sealed record ShardEntry(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("split")] string SplitName,
    [property: JsonPropertyName("rows")] int Rows,
    [property: JsonPropertyName("labels")] IReadOnlyDictionary<string, LabelCount> Labels,
    [property: JsonPropertyName("bytes")] long Bytes,
    [property: JsonPropertyName("sha256")] string Sha256,
    [property: JsonPropertyName("recordings")] IReadOnlyList<string> Recordings)
{
    /// <summary>The key in <see cref="Labels"/> of unlabelled segments.</summary>
    public const string Unlabelled = "unlabelled";

    /// <summary>The split that it belongs to.</summary>
    [JsonIgnore]
    public Split Split => Splits.TryParse(SplitName, out var split)
        ? split
        : throw new ProblemException($"{Manifest.FileName} names the split '{SplitName}', which is not train, validation or test; make the shards again.");

    /// <summary>The number of segments of a class: 1 is AF and 0 is not AF.</summary>
    public long Windows(int @class)
    {
        var n = 0L;
        foreach (var (name, count) in Labels)
        {
            if (Preprocess.Labels.TryParse(name, out var label) && Preprocess.Labels.ClassOf(label) == @class)
                n += count.Windows;
        }

        return n;
    }
}
