using System.Globalization;
using System.Text.Json.Nodes;

namespace Mina.Host.Monitor.Outputs.Fhir;

/// <summary>
/// Writes an episode as a FHIR R4 Observation of the heart's rhythm whose value is atrial fibrillation, derived from the strips of ECG that are
/// kept of it. It is preliminary while the episode goes on.
/// </summary>
/// <param name="method">What found the episode.</param>
/// <param name="options">The systems of identifiers.</param>
internal sealed class FhirWriter(FhirMethod method, FhirOptions options)
{
    private const string ComponentSystem = "urn:x-mina:component";

    /// <summary>One Observation that is whole in itself: its strips are contained in it.</summary>
    public JsonObject WriteAlone(FhirEpisode found)
    {
        var who = new FhirSubject(found.Episode.Stream, options);
        var strips = FhirStrip.Of(found);
        var observation = Observation(found, who, strips.Select(strip => $"#{strip.Id}"));
        if (strips.Count > 0)
            observation["contained"] = new JsonArray([.. strips.Select(strip => strip.ToJson(who))]);
        return observation;
    }

    /// <summary>
    /// A transaction that a server takes whole or not at all, with the Observation and one for each strip. Each has an id of ours, by which it is
    /// put, so that a server that is sent it twice has it once.
    /// </summary>
    public JsonObject WriteTransaction(FhirEpisode found)
    {
        var who = new FhirSubject(found.Episode.Stream, options);
        var strips = FhirStrip.Of(found);
        var entries = new JsonArray();
        foreach (var strip in strips)
            entries.Add(Entry(strip.Urn, strip.ToJson(who)));
        entries.Add(Entry(FhirJson.Urn("episode", found.Episode.Id), Observation(found, who, strips.Select(strip => strip.Urn))));
        return new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["id"] = FhirJson.Id("bundle", found.Episode.Id),
            ["type"] = "transaction",
            ["entry"] = entries,
        };
    }

    private static JsonObject Entry(string urn, JsonObject resource) => new()
    {
        ["fullUrl"] = urn,
        ["request"] = new JsonObject { ["method"] = "PUT", ["url"] = $"Observation/{(string)resource["id"]!}" },
        ["resource"] = resource,
    };

    private JsonObject Observation(FhirEpisode found, FhirSubject who, IEnumerable<string> strips)
    {
        var episode = found.Episode;
        DateTimeOffset? end = episode.Open ? null : episode.End;
        var duration = (episode.End - episode.Start).TotalSeconds;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"Atrial fibrillation of stream {episode.Stream} from {FhirJson.Time(episode.Start)}, {duration:0} s{(episode.Open ? " so far" : "")}, "
                + $"mean probability {episode.MeanProbability:0.00}; found by Mina, which is not a medical device.");
        var derivedFrom = new JsonArray([.. strips.Select(FhirJson.Reference)]);
        var observation = new JsonObject
        {
            ["resourceType"] = "Observation",
            ["id"] = FhirJson.Id("episode", episode.Id),
            ["text"] = FhirJson.Narrative(text),
            ["identifier"] = new JsonArray(FhirJson.Identifier(FhirSubject.EpisodeSystem, episode.Id)),
            ["status"] = episode.Open ? "preliminary" : "final",
            ["category"] = FhirJson.ProcedureCategory(),
            ["code"] = FhirJson.HeartRhythm(),
            ["subject"] = who.Subject(),
            ["effectivePeriod"] = FhirJson.Period(episode.Start, end),
            ["valueCodeableConcept"] = FhirJson.AtrialFibrillation(),
            ["note"] = new JsonArray(new JsonObject { ["text"] = "Found by Mina, which is not a medical device." }),
            ["method"] = new JsonObject { ["text"] = MethodText() },
            ["device"] = who.Device(),
        };
        if (derivedFrom.Count > 0)
            observation["derivedFrom"] = derivedFrom;
        observation["component"] = Components(found, duration);
        return observation;
    }

    private string MethodText() => method.HasRhythmLevel
        ? $"Network {method.Network} on windows of 10 s, rhythm level on the windows of a minute, and rules for episodes"
        : $"Network {method.Network} on windows of 10 s, and rules for episodes";

    private JsonArray Components(FhirEpisode found, double duration)
    {
        var components = new JsonArray(
            Component("duration", "Duration of the episode", "valueQuantity", FhirJson.Quantity(Math.Round(duration, 3), "s")),
            Component(
                "probability", "Mean probability of atrial fibrillation", "valueQuantity",
                FhirJson.Quantity(Math.Round(found.Episode.MeanProbability, 4), "1")));
        const string Burden = "Share of the classifiable time of the 24 h up to the end of the episode that is atrial fibrillation";
        var burden = Component("burden", Burden);
        if (found.Burden is { } share)
            burden["valueQuantity"] = FhirJson.Quantity(Math.Round(100 * share, 2), "%");
        else
            burden["dataAbsentReason"] = FhirJson.Concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-applicable", "Not Applicable");
        components.Add(burden);
        components.Add(Component("method", "Network that judged the windows", "valueString", method.Network));
        components.Add(Component("software-version", "Version of Mina", "valueString", method.Software));
        if (method.ModelSha256.Length > 0)
            components.Add(Component("model-version", "SHA-256 of the network's weights", "valueString", method.ModelSha256));
        return components;
    }

    private static JsonObject Component(string code, string text, string? kind = null, JsonNode? value = null)
    {
        var component = new JsonObject { ["code"] = FhirJson.Concept(ComponentSystem, code, text) };
        if (kind is not null)
            component[kind] = value;
        return component;
    }
}
