using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mina.Host.Monitor.Outputs.Fhir;

/// <summary>The data types of FHIR R4 that Mina writes, as JSON.</summary>
internal static class FhirJson
{
    /// <summary>The media type of FHIR's JSON.</summary>
    public const string MediaType = "application/fhir+json";

    /// <summary>UCUM, the system of units.</summary>
    private const string Ucum = "http://unitsofmeasure.org";

    private const string Loinc = "http://loinc.org";

    // Codes of ISO/IEEE 11073-10101, which FHIR's own example of an ECG as SampledData uses too.
    private const string Mdc = "urn:oid:2.16.840.1.113883.6.24";

    // Nothing in a resource comes from a page, so that what JSON allows need not be escaped for HTML.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A resource as indented text.</summary>
    public static string Write(JsonObject resource) => resource.ToJsonString(Indented);

    /// <summary>An OperationOutcome with one issue: what FHIR says instead of an error.</summary>
    /// <param name="code">A code of the value set issue-type, such as not-found.</param>
    /// <param name="diagnostics">One sentence.</param>
    public static JsonObject Outcome(string code, string diagnostics) => new()
    {
        ["resourceType"] = "OperationOutcome",
        ["issue"] = new JsonArray(new JsonObject { ["severity"] = "error", ["code"] = code, ["diagnostics"] = diagnostics }),
    };

    /// <summary>An instant, UTC.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>A concept with one code.</summary>
    public static JsonObject Concept(string system, string code, string display, string? text = null)
    {
        var concept = new JsonObject
        {
            ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code, ["display"] = display }),
        };
        if (text is not null)
            concept["text"] = text;
        return concept;
    }

    /// <summary>The concept of the heart's rhythm.</summary>
    public static JsonObject HeartRhythm() => Concept(Loinc, "8884-9", "Heart rate rhythm", "Heart rhythm");

    /// <summary>The concept of atrial fibrillation.</summary>
    public static JsonObject AtrialFibrillation() => Concept("http://snomed.info/sct", "49436004", "Atrial fibrillation", "Atrial fibrillation");

    /// <summary>The concept of an ECG's voltage over time.</summary>
    public static JsonObject EcgVoltage(string text) => Concept(Mdc, "131328", "MDC_ECG_ELEC_POTL", text);

    /// <summary>The category of what a procedure found.</summary>
    public static JsonArray ProcedureCategory() =>
        [Concept("http://terminology.hl7.org/CodeSystem/observation-category", "procedure", "Procedure")];

    /// <summary>A quantity whose unit is written as its UCUM code is.</summary>
    public static JsonObject Quantity(double value, string unit) =>
        new() { ["value"] = value, ["unit"] = unit, ["system"] = Ucum, ["code"] = unit };

    /// <summary>A period; without an end it goes on.</summary>
    public static JsonObject Period(DateTimeOffset start, DateTimeOffset? end)
    {
        var period = new JsonObject { ["start"] = Time(start) };
        if (end is { } known)
            period["end"] = Time(known);
        return period;
    }

    /// <summary>An identifier.</summary>
    public static JsonObject Identifier(string system, string value) => new() { ["system"] = system, ["value"] = value };

    /// <summary>A reference to another resource of the same document or server.</summary>
    public static JsonObject Reference(string to) => new() { ["reference"] = to };

    /// <summary>A summary for people, for a reader that shows nothing else.</summary>
    /// <param name="text">Plain text.</param>
    public static JsonObject Narrative(string text) => new()
    {
        ["status"] = "generated",
        ["div"] = $"<div xmlns=\"http://www.w3.org/1999/xhtml\">{HtmlEncoder.Default.Encode(text)}</div>",
    };

    /// <summary>
    /// The id of a resource, the same in every process: FHIR allows 64 characters, and neither the tildes nor the underscores of Mina's own ids.
    /// </summary>
    /// <param name="kind">What it is of.</param>
    /// <param name="name">What tells it from the others of its kind.</param>
    public static string Id(string kind, string name) => $"mina-{kind}-{Convert.ToHexStringLower(Hash(name))}";

    /// <summary>The same as a URN, by which resources of a bundle name each other before a server has them.</summary>
    public static string Urn(string kind, string name)
    {
        var bytes = Hash($"{kind}~{name}");
        // RFC 9562: version 8, whose other bits are the maker's own, and the usual variant.
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return $"urn:uuid:{new Guid(bytes, bigEndian: true)}";
    }

    private static byte[] Hash(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name))[..16];
}
