using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Store;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Host.Monitor.Api;

/// <summary>Episodes as files: WFDB rhythm annotations, FHIR R4 Observations.</summary>
internal static class Exports
{
    private const string FhirType = "application/fhir+json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MonitorApi.MapGroup(app, "/api");
        ListExports.Map(api);
        api.MapGet("/streams/{id}/episodes.atr", async Task<Results<FileContentHttpResult, ProblemHttpResult>> (
            IMonitor monitor,
            string id,
            UtcTime? from,
            UtcTime? to,
            CancellationToken cancel) =>
            {
                if (monitor.Find(id) is not { } stream)
                    return ApiProblems.NoStream(id);
                var episodes = await monitor.EpisodesAsync(
                    id, from?.Value ?? DateTimeOffset.UnixEpoch, to?.Value ?? StoreTime.Never, cancel).ConfigureAwait(false);
                return TypedResults.Bytes(Atr(stream.FirstSample, episodes, from?.Value), "application/octet-stream", $"{id}.atr");
            })
            .WithName("downloadAnnotations").ProducesProblem(StatusCodes.Status404NotFound)
            .Produces<FileContentHttpResult>(StatusCodes.Status200OK, "application/octet-stream")
            .WithSummary("Episodes as WFDB rhythm annotations ((AFIB and (N) at 300 Hz, from the stream's first sample (or 'from') on");
        api.MapGet("/episodes/{id}/fhir", async (IMonitor monitor, string id, CancellationToken cancel) =>
                await MonitorApi.FindEpisodeAsync(monitor, id, cancel).ConfigureAwait(false) is { } episode
                    ? TypedResults.Text(Fhir(episode), FhirType)
                    : TypedResults.Text(FhirOutcome("not-found", "There is no episode of this id."), FhirType, statusCode: StatusCodes.Status404NotFound))
            .WithName("getFhirObservation").Produces<JsonObject>(StatusCodes.Status200OK, FhirType)
            .Produces<JsonObject>(StatusCodes.Status404NotFound, FhirType)
            .WithSummary("An episode as a FHIR R4 Observation");
    }

    /// <summary>
    /// Encodes episodes as rhythm annotations at 300 Hz: (N at the start, (AFIB where an episode begins, and (N where it ends.
    /// </summary>
    /// <param name="first">The time of the stream's first sample.</param>
    /// <param name="episodes">The episodes in order of time.</param>
    /// <param name="from">The time of sample 0, before which nothing is written; null stands for <paramref name="first"/>.</param>
    public static byte[] Atr(DateTimeOffset first, IEnumerable<EpisodeStatus> episodes, DateTimeOffset? from = null)
    {
        var origin = from ?? first;
        // Beside a record of another frequency, readers would take the ticks for the record's own.
        List<WfdbAnnotation> annotations = [WfdbAnnotations.ResolutionNote(Shapes.Fs)];
        long last = -1;
        var normalFrom = 0L;
        foreach (var e in episodes.Where(e => e.End > origin))
        {
            var start = Math.Max(0, At(e.Start));
            if (start > normalFrom && normalFrom > last)
                Add(normalFrom, "(N");
            Add(start, "(AFIB");
            normalFrom = e.Open ? long.MaxValue : At(e.End);
        }

        if (normalFrom != long.MaxValue && normalFrom > last)
            Add(normalFrom, "(N");
        return WfdbAnnotations.Encode(annotations);

        long At(DateTimeOffset time) => (long)Math.Round((time - origin).TotalSeconds * Shapes.Fs);

        void Add(long sample, string rhythm)
        {
            annotations.Add(new WfdbAnnotation(Math.Max(sample, last), WfdbAnnotation.Rhythm, rhythm));
            last = Math.Max(sample, last);
        }
    }

    /// <summary>
    /// Writes an episode as an Observation of atrial fibrillation (SNOMED CT 49436004), which is preliminary while the episode goes on. Its device
    /// is the stream, because a stream knows no patient.
    /// </summary>
    public static string Fhir(EpisodeStatus episode)
    {
        var period = new JsonObject { ["start"] = Iso(episode.Start) };
        if (!episode.Open)
            period["end"] = Iso(episode.End);
        return new JsonObject
        {
            ["resourceType"] = "Observation",
            ["id"] = FhirId(episode.Id),
            ["status"] = episode.Open ? "preliminary" : "final",
            ["category"] = new JsonArray(new JsonObject { ["coding"] = Coding("http://terminology.hl7.org/CodeSystem/observation-category", "procedure") }),
            ["code"] = new JsonObject
            {
                ["coding"] = Coding("http://snomed.info/sct", "49436004", "Atrial fibrillation"),
                ["text"] = "Atrial fibrillation episode",
            },
            ["device"] = new JsonObject { ["identifier"] = new JsonObject { ["value"] = episode.Stream }, ["display"] = episode.Stream },
            ["effectivePeriod"] = period,
            ["valueQuantity"] = Quantity(Math.Round(Seconds(episode), 3), "s"),
            ["component"] = new JsonArray(new JsonObject
            {
                ["code"] = new JsonObject { ["text"] = "Mean probability of atrial fibrillation" },
                ["valueQuantity"] = Quantity(Math.Round(episode.MeanProbability, 4), "1"),
            }),
            ["note"] = new JsonArray(new JsonObject { ["text"] = "Found by Mina, which is not a medical device." }),
        }.ToJsonString(Indented);
    }

    /// <summary>Writes what FHIR says instead of an error: an OperationOutcome with one issue.</summary>
    private static string FhirOutcome(string code, string diagnostics) => new JsonObject
    {
        ["resourceType"] = "OperationOutcome",
        ["issue"] = new JsonArray(new JsonObject { ["severity"] = "error", ["code"] = code, ["diagnostics"] = diagnostics }),
    }.ToJsonString(Indented);

    private static JsonArray Coding(string system, string code, string? display = null)
    {
        var coding = new JsonObject { ["system"] = system, ["code"] = code };
        if (display is not null)
            coding["display"] = display;
        return new JsonArray(coding);
    }

    private static JsonObject Quantity(double value, string unit) =>
        new() { ["value"] = value, ["unit"] = unit, ["system"] = "http://unitsofmeasure.org", ["code"] = unit };

    // FHIR's ids have 64 characters at most, and neither tildes nor underscores.
    private static string FhirId(string episode) => $"mina-episode-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(episode)))[..32]}";

    private static double Seconds(EpisodeStatus episode) => (episode.End - episode.Start).TotalSeconds;

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
