using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Outputs.Fhir;

/// <summary>A stretch of a strip without a gap, as an Observation whose value is SampledData.</summary>
/// <param name="Name">What tells it from all other stretches: the episode's id, the kind of strip, and its place in the strip.</param>
/// <param name="Kind">The kind of strip.</param>
/// <param name="Stretch">The samples.</param>
internal sealed record FhirStrip(string Name, StripKinds Kind, SampleStretch Stretch)
{
    // A microvolt: finer than what devices resolve, so that rounding to it is within their own.
    private const double Factor = 0.001;

    // In SampledData's data: there is no value here.
    private const string Missing = "E";

    /// <summary>Its id.</summary>
    public string Id => FhirJson.Id("strip", Name);

    /// <summary>Its URN within a bundle.</summary>
    public string Urn => FhirJson.Urn("strip", Name);

    /// <summary>All stretches of an episode's strips.</summary>
    public static IReadOnlyList<FhirStrip> Of(FhirEpisode found) =>
    [
        .. found.Strips.SelectMany(strip => strip.Stretches.Where(stretch => stretch.Millivolts.Length > 0)
            .Select((stretch, i) => new FhirStrip($"{found.Episode.Id}~{strip.Kind}~{i}", strip.Kind, stretch))),
    ];

    /// <summary>Writes it.</summary>
    /// <param name="who">Subject and device.</param>
    public JsonObject ToJson(FhirSubject who)
    {
        var end = Stretch.From + TimeSpan.FromSeconds(Stretch.Millivolts.Length / Stretch.Fs);
        var text = $"ECG {Describe(Kind)} of an episode of atrial fibrillation of stream {who.Stream}, from {FhirJson.Time(Stretch.From)}";
        var strip = new JsonObject
        {
            ["resourceType"] = "Observation",
            ["id"] = Id,
            ["text"] = FhirJson.Narrative(text),
            ["identifier"] = new JsonArray(FhirJson.Identifier(FhirSubject.StripSystem, Name)),
            ["status"] = "final",
            ["category"] = FhirJson.ProcedureCategory(),
            ["code"] = FhirJson.EcgVoltage("ECG"),
            ["subject"] = who.Subject(),
            ["effectivePeriod"] = FhirJson.Period(Stretch.From, end),
            ["device"] = who.Device(),
            // Values are origin + data * factor, in the origin's unit. Limits are for data with L and U, which Mina never writes.
            ["valueSampledData"] = new JsonObject
            {
                ["origin"] = FhirJson.Quantity(0, "mV"),
                ["period"] = Math.Round(1000 / Stretch.Fs, 10),
                ["factor"] = Factor,
                ["dimensions"] = 1,
                ["data"] = DataOf(Stretch.Millivolts),
            },
        };
        return strip;
    }

    private static string DataOf(float[] millivolts)
    {
        var data = new StringBuilder(millivolts.Length * 5);
        foreach (var value in millivolts)
        {
            if (data.Length > 0)
                data.Append(' ');
            if (float.IsFinite(value))
                data.Append(CultureInfo.InvariantCulture, $"{Math.Round(value / Factor):0}");
            else
                data.Append(Missing);
        }

        return data.ToString();
    }

    private static string Describe(StripKinds kind) => kind switch
    {
        StripKinds.Onset => "around the onset",
        StripKinds.End => "around the end",
        _ => "of the least certain minute",
    };
}
