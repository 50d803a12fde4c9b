using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mina.Streaming.Live;

/// <summary>
/// Times of ISO 8601 must name their zone, <c>Z</c> or an offset: one without would mean another instant on every machine.
/// </summary>
public static class ZonedTime
{
    /// <summary>Whether a time of ISO 8601 names its zone.</summary>
    /// <param name="text">The date, a T, and the time of day.</param>
    public static bool HasZone(ReadOnlySpan<char> text)
    {
        // The date has hyphens too, so the offset is looked for after the T.
        var at = text.IndexOfAny('T', 't');
        return at > 0 && (text[^1] is 'Z' or 'z' || text[at..].ContainsAny('+', '-'));
    }

    /// <summary>Reads a time that names its zone from JSON.</summary>
    internal sealed class JsonConverter : JsonConverter<DateTimeOffset>
    {
        /// <inheritdoc/>
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time) && HasZone(reader.GetString())
                ? time : throw new JsonException();

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}
