using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Api;

/// <summary>
/// A time in a request. It must name its zone (Z or an offset): without one it would mean another instant on every machine, and episodes would
/// seem to be missing.
/// </summary>
[JsonConverter(typeof(FromJson))]
internal readonly record struct UtcTime(DateTimeOffset Value)
{
    private const int MaxLength = 40;

    /// <summary>Reads a time of ISO 8601 with a zone; ASP.NET calls this for each parameter of the type.</summary>
    public static bool TryParse(string? text, IFormatProvider? provider, out UtcTime time)
    {
        time = default;
        if (text is not { Length: <= MaxLength } || text.IndexOf('T', StringComparison.OrdinalIgnoreCase) is not (> 0 and var at))
            return false;
        // A plus that was not escaped in the address arrives as a blank.
        var escaped = text[..at] + text[at..].Replace(' ', '+');
        if (!ZonedTime.HasZone(escaped) || !DateTimeOffset.TryParse(escaped, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var value))
            return false;
        time = new UtcTime(value.ToUniversalTime());
        return true;
    }

    private sealed class FromJson : JsonConverter<UtcTime>
    {
        public override UtcTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.TokenType == JsonTokenType.String ? reader.GetString() : null, null, out var time)
                ? time : throw new JsonException("a time names its zone");

        public override void Write(Utf8JsonWriter writer, UtcTime value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
