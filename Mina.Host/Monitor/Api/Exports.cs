using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Store;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Host.Monitor.Api;

/// <summary>Episodes as files of WFDB rhythm annotations.</summary>
internal static class Exports
{
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
}
