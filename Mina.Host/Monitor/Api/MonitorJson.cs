using System.Text.Json;
using System.Text.Json.Serialization;
using Mina.Host.Monitor.Edges;

namespace Mina.Host.Monitor.Api;

/// <summary>What the monitor writes as JSON by itself, generated at compile time; what an endpoint returns is ASP.NET's to write.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AlarmPost))]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class MonitorJson : JsonSerializerContext;

/// <summary>What the webhook posts.</summary>
internal sealed record AlarmPost(
    string Event,
    string Notice,
    string Id,
    string Stream,
    string Kind,
    DateTimeOffset Raised,
    DateTimeOffset? Acknowledged,
    string? AcknowledgedBy,
    DateTimeOffset? Cleared,
    DateTimeOffset? Signal,
    DateTimeOffset? Onset,
    string? Episode,
    DateTimeOffset? Escalated,
    bool Open);
