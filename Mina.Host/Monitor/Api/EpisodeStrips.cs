using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Store;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Api;

/// <summary>An episode by its id, and the ECG that is kept of it.</summary>
internal static class EpisodeStrips
{
    /// <summary>A strip: `onset`, `end` or `least_certain`, and its samples.</summary>
    public sealed record StripSamples(string Kind, SampleExports.Samples[] Stretches);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MonitorApi.MapGroup(app, "/api");
        api.MapGet("/episodes/{id}", async Task<Results<Ok<EpisodeStatus>, NotFound>> (IMonitor monitor, string id, CancellationToken cancel) =>
                await FindAsync(monitor, id, cancel).ConfigureAwait(false) is { } episode ? TypedResults.Ok(episode) : TypedResults.NotFound())
            .WithSummary("One episode");
        api.MapGet("/episodes/{id}/strips", async Task<Results<Ok<StripSamples[]>, NotFound>> (
            IMonitor monitor,
            IMonitorStore store,
            string id,
            CancellationToken cancel) =>
            {
                if (await FindAsync(monitor, id, cancel).ConfigureAwait(false) is not { } episode)
                    return TypedResults.NotFound();
                var strips = await store.StripsAsync(episode.Stream, episode.Start, cancel).ConfigureAwait(false);
                return TypedResults.Ok(strips.Select(strip => new StripSamples(NameOf(strip.Kind), SampleExports.Json(strip.Stretches))).ToArray());
            })
            .WithSummary("The ECG kept of an episode: 30 s before to 30 s after its onset and its end, and the least certain minute of a long one");
        api.MapGet("/episodes/{id}/strips.zip", async Task<Results<FileContentHttpResult, NotFound>> (
            IMonitor monitor,
            IMonitorStore store,
            string id,
            CancellationToken cancel) =>
            {
                if (await FindAsync(monitor, id, cancel).ConfigureAwait(false) is not { } episode)
                    return TypedResults.NotFound();
                using var archive = new WfdbArchive();
                foreach (var strip in await store.StripsAsync(episode.Stream, episode.Start, cancel).ConfigureAwait(false))
                {
                    foreach (var stretch in strip.Stretches)
                        archive.Add($"{episode.Stream}-{NameOf(strip.Kind)}", stretch.From, stretch.Fs, stretch.Millivolts);
                }

                return TypedResults.Bytes(archive.ToArray(), "application/zip", $"{id}.zip");
            })
            .WithSummary("The same as WFDB records in a zip");
    }

    /// <summary>The episode of an id; null when the store has none.</summary>
    public static async Task<EpisodeStatus?> FindAsync(IMonitor monitor, string id, CancellationToken cancel)
    {
        if (!Identity.TryReadEpisode(id, out var stream, out var start))
            return null;
        var near = await monitor.EpisodesAsync(stream, start, start.AddMicroseconds(1), cancel).ConfigureAwait(false);
        return near.FirstOrDefault(episode => episode.Id == id);
    }

    private static string NameOf(StripKinds kind) => kind switch
    {
        StripKinds.Onset => "onset",
        StripKinds.End => "end",
        _ => "least_certain",
    };
}
