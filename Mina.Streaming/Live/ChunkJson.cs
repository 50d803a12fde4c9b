using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mina.Streaming.Live;

/// <summary>
/// The message of <see cref="ChunkBinary"/> as JSON, for quick trials:
/// <c>{"version":1,"seq":0,"time":"2026-01-01T12:00:00Z","fs":250,"unit":"mV","gain":1,"samples":[0.01,null],"end":false}</c>.
/// Defaults: version 1, unit mV, gain 1, end false. A missing sample is null.
/// </summary>
public static class ChunkJson
{
    /// <summary>Reads a message.</summary>
    /// <param name="message">The whole payload.</param>
    /// <param name="chunk">The chunk, in mV; null where the message is wrong.</param>
    /// <param name="error">What is wrong with the message, in one sentence; null where it is right.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out SampleChunk? chunk, [NotNullWhen(false)] out string? error)
    {
        chunk = null;
        Message? read;
        try
        {
            read = JsonSerializer.Deserialize(message, ChunkJsonContext.Default.Message);
        }
        catch (JsonException e)
        {
            error = e.Path == "$.time" ? "the time is not one of ISO 8601 with its zone, such as 2026-01-01T12:00:00Z"
                : $"the JSON is not a chunk (at {e.Path ?? "its start"})";
            return false;
        }

        ChunkUnit? unit = read?.Unit switch
        {
            null or "mV" => ChunkUnit.Millivolt,
            "uV" or "µV" => ChunkUnit.Microvolt,
            "V" => ChunkUnit.Volt,
            _ => null,
        };
        error = read?.Seq is null || read.Time is null || read.Fs is null || (read.Samples is null && !read.End) ? "a chunk needs seq, time, fs and samples"
            : (read.Version ?? 1) != 1 ? $"version {read.Version} of the message is not known; this program reads version 1"
            : unit is null ? "the unit is none of mV, uV and V"
            : !(read.Gain is null or (> 0 and < double.PositiveInfinity)) ? "the gain is not a positive number"
            : null;
        if (error is not null)
            return false;
        var scale = ChunkBinary.MillivoltsPer(unit!.Value) / (read!.Gain ?? 1);
        chunk = new SampleChunk(
            read.Seq!.Value,
            read.Time!.Value.ToUniversalTime(),
            read.Fs!.Value,
            Array.ConvertAll(read.Samples ?? [], v => v is { } known && double.IsFinite(known * scale) ? (float)(known * scale) : float.NaN),
            read.End);
        return true;
    }

    internal sealed record Message(
        int? Version,
        long? Seq,
        [property: JsonConverter(typeof(ZonedTime.JsonConverter))] DateTimeOffset? Time,
        double? Fs,
        string? Unit,
        double? Gain,
        double?[]? Samples,
        bool End);
}

/// <summary>The serializer of the message, generated at compile time so that no reflection is needed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChunkJson.Message))]
internal sealed partial class ChunkJsonContext : JsonSerializerContext;
