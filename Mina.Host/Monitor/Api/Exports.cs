using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Host.Monitor.Api;

/// <summary>Episodes as files: CSV, WFDB rhythm annotations, FHIR R4 Observations.</summary>
internal static class Exports
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MonitorApi.MapGroup(app, "/api");
        api.MapGet("/episodes.csv", async (IMonitor monitor, string? stream, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancel) =>
                TypedResults.Text(
                    Csv(await monitor.EpisodesAsync(stream, from ?? DateTimeOffset.UnixEpoch, to ?? MonitorApi.Never, cancel).ConfigureAwait(false)),
                    "text/csv"))
            .WithSummary("Episodes as CSV");
        api.MapGet("/streams/{id}/episodes.atr", async Task<Results<FileContentHttpResult, NotFound>> (
            IMonitor monitor,
            string id,
            DateTimeOffset? from,
            DateTimeOffset? to,
            CancellationToken cancel) =>
            {
                if (monitor.Find(id) is not { } stream)
                    return TypedResults.NotFound();
                var episodes = await monitor.EpisodesAsync(id, from ?? DateTimeOffset.UnixEpoch, to ?? MonitorApi.Never, cancel).ConfigureAwait(false);
                return TypedResults.Bytes(Atr(stream.FirstSample, episodes, from), "application/octet-stream", $"{id}.atr");
            })
            .WithSummary("Episodes as WFDB rhythm annotations ((AFIB and (N) at 300 Hz, from the stream's first sample (or 'from') on");
        api.MapGet("/episodes/{id}/fhir", async Task<Results<ContentHttpResult, NotFound>> (IMonitor monitor, string id, CancellationToken cancel) =>
            {
                if (!Identity.TryReadEpisode(id, out var stream, out var start))
                    return TypedResults.NotFound();
                var near = await monitor.EpisodesAsync(stream, start, start.AddMicroseconds(1), cancel).ConfigureAwait(false);
                return near.FirstOrDefault(episode => episode.Id == id) is { } episode
                    ? TypedResults.Text(Fhir(episode), "application/fhir+json")
                    : TypedResults.NotFound();
            })
            .WithSummary("An episode as a FHIR R4 Observation");
    }

    /// <summary>One line an episode: id, stream, start, end, seconds, open, mean_probability.</summary>
    public static string Csv(IEnumerable<EpisodeStatus> episodes)
    {
        var text = new StringBuilder("id,stream,start,end,seconds,open,mean_probability\n");
        foreach (var e in episodes)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{e.Id},{e.Stream},{Iso(e.Start)},{Iso(e.End)},{Seconds(e):0.###},{(e.Open ? "true" : "false")},{e.MeanProbability:0.0000}\n");
        return text.ToString();
    }

    /// <summary>Rhythm annotations: (N at the start, (AFIB where an episode begins, (N where it ends; ticks of 1/300 s.</summary>
    /// <param name="first">Time of sample 0.</param>
    /// <param name="episodes">In order of time.</param>
    /// <param name="from">Sample 0 instead, and nothing before; null: the first.</param>
    public static byte[] Atr(DateTimeOffset first, IEnumerable<EpisodeStatus> episodes, DateTimeOffset? from = null)
    {
        var origin = from ?? first;
        var annotations = new List<WfdbAnnotation>();
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
    /// An Observation of atrial fibrillation (SNOMED CT 49436004) in a period, preliminary while it goes on; its device is the stream, since
    /// a stream knows no patient.
    /// </summary>
    public static string Fhir(EpisodeStatus episode) => JsonSerializer.Serialize(
        new
        {
            resourceType = "Observation",
            id = FhirId(episode.Id),
            status = episode.Open ? "preliminary" : "final",
            category = new[] { new { coding = new[] { new { system = "http://terminology.hl7.org/CodeSystem/observation-category", code = "procedure" } } } },
            code = new
            {
                coding = new[] { new { system = "http://snomed.info/sct", code = "49436004", display = "Atrial fibrillation" } },
                text = "Atrial fibrillation episode",
            },
            device = new { identifier = new { value = episode.Stream }, display = episode.Stream },
            effectivePeriod = episode.Open ? (object)new { start = Iso(episode.Start) } : new { start = Iso(episode.Start), end = Iso(episode.End) },
            valueQuantity = new { value = Math.Round(Seconds(episode), 3), unit = "s", system = "http://unitsofmeasure.org", code = "s" },
            component = new[]
            {
                new
                {
                    code = new { text = "Mean probability of atrial fibrillation" },
                    valueQuantity = new { value = Math.Round(episode.MeanProbability, 4), unit = "1", system = "http://unitsofmeasure.org", code = "1" },
                },
            },
            note = new[] { new { text = "Found by Mina, which is not a medical device." } },
        },
        Indented);

    // FHIR's ids have 64 characters at most, and neither tildes nor underscores.
    private static string FhirId(string episode) => $"mina-episode-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(episode)))[..32]}";

    private static double Seconds(EpisodeStatus episode) => (episode.End - episode.Start).TotalSeconds;

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
