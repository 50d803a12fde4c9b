using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>The JSON of the files beside the shards. The same input gives the same bytes.</summary>
[JsonSerializable(typeof(ShardEntry))]
[JsonSerializable(typeof(SettingsFile))]
internal sealed partial class ShardJson : JsonSerializerContext
{
    /// <summary>The style of one line, in which ids are escaped no more than JSON needs.</summary>
    public static ShardJson Line { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The indented style, for people to read.</summary>
    public static ShardJson Indented { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    });
}

/// <summary>What settings.json holds.</summary>
internal sealed record SettingsFile(
    [property: JsonPropertyName("format")] int Format,
    [property: JsonPropertyName("fingerprint")] string Fingerprint,
    [property: JsonPropertyName("seed")] long Seed,
    [property: JsonPropertyName("split")] string Split,
    [property: JsonPropertyName("lead")] string? Lead,
    [property: JsonPropertyName("fs")] double? Fs,
    [property: JsonPropertyName("rows_per_shard")] int RowsPerShard,
    [property: JsonPropertyName("rows_per_group")] int RowsPerGroup,
    [property: JsonPropertyName("preprocess")] PreprocessSettings Preprocess);
