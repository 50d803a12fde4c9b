using System.Text.Json.Nodes;

namespace Mina.Host.Monitor.Outputs.Fhir;

/// <summary>The patient and the device of a stream, as identifiers that a server can resolve.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Options">The systems of its identifiers.</param>
internal sealed record FhirSubject(string Stream, FhirOptions Options)
{
    /// <summary>The system of episodes' ids.</summary>
    public const string EpisodeSystem = "urn:x-mina:episode";

    /// <summary>The system of strips' names.</summary>
    public const string StripSystem = "urn:x-mina:strip";

    /// <summary>A reference to the patient, where streams have the names of patients; elsewhere to the device.</summary>
    public JsonObject Subject() => Options.SubjectSystem is { } system
        ? new JsonObject { ["type"] = "Patient", ["identifier"] = FhirJson.Identifier(system, Stream), ["display"] = Stream }
        : Device();

    /// <summary>A reference to the device that sent the stream.</summary>
    public JsonObject Device() => new()
    {
        ["type"] = "Device",
        ["identifier"] = FhirJson.Identifier(Options.DeviceSystem, Stream),
        ["display"] = Stream,
    };
}
