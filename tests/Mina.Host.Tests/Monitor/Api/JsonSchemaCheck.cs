using System.Text.Json;

namespace Mina.Host.Tests.Monitor.Api;

/// <summary>Compares JSON with the part of JSON Schema that the description of the API uses.</summary>
internal sealed class JsonSchemaCheck(JsonElement document)
{
    /// <summary>Where a value is not what a schema says, as sentences; empty: it is valid.</summary>
    public IEnumerable<string> Faults(JsonElement schema, JsonElement value, string at = "$")
    {
        if (schema.TryGetProperty("$ref", out var reference))
            return Faults(Find(reference.GetString()!), value, at);
        foreach (var keyword in new[] { "oneOf", "anyOf" })
        {
            if (schema.TryGetProperty(keyword, out var choices))
            {
                var matching = choices.EnumerateArray().Count(choice => !Faults(choice, value, at).Any());
                return matching == 1 || (matching > 1 && keyword == "anyOf") ? [] : [$"{at}: {matching} of {keyword} match {Short(value)}"];
            }
        }

        if (schema.TryGetProperty("enum", out var names) && !names.EnumerateArray().Any(name => name.ToString() == value.ToString()))
            return [$"{at}: {Short(value)} is not in {names}"];
        if (schema.TryGetProperty("type", out var type) && !TypesOf(type).Any(name => Is(name, value)))
            return [$"{at}: {Short(value)} is not of type {type}"];
        if (schema.TryGetProperty("format", out var format) && format.GetString() == "date-time" && value.ValueKind == JsonValueKind.String
            && !value.TryGetDateTimeOffset(out _))
            return [$"{at}: {Short(value)} is no time"];
        return value.ValueKind switch
        {
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) =>
                value.EnumerateArray().SelectMany((item, i) => Faults(items, item, $"{at}[{i}]")),
            JsonValueKind.Object => ObjectFaults(schema, value, at),
            _ => [],
        };
    }

    private IEnumerable<string> ObjectFaults(JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)))
                yield return $"{at}: {name} is missing";
        }

        if (!schema.TryGetProperty("properties", out var properties))
            yield break;
        foreach (var property in value.EnumerateObject())
        {
            if (!properties.TryGetProperty(property.Name, out var own))
            {
                yield return $"{at}: {property.Name} is not described";
                continue;
            }

            foreach (var fault in Faults(own, property.Value, $"{at}.{property.Name}"))
                yield return fault;
        }
    }

    private JsonElement Find(string reference) =>
        reference.TrimStart('#', '/').Split('/').Aggregate(document, (element, name) => element.GetProperty(name));

    private static IEnumerable<string> TypesOf(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()!) : [type.GetString()!];

    private static bool Is(string type, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && value.TryGetInt64(out _)),
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        _ => type == "null",
    };

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] : value.GetRawText();
}
