using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Store;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Api;

/// <summary>The ECG that is kept of an episode.</summary>
internal static class EpisodeStrips
{
    /// <summary>A strip: `onset`, `end` or `least_certain`, and its samples.</summary>
    public sealed record StripSamples(string Kind, SampleExports.Samples[] Stretches);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MonitorApi.MapGroup(app, "/api");
        api.MapGet("/episodes/{id}/strips", async Task<Results<Ok<StripSamples[]>, ProblemHttpResult>> (
            IMonitor monitor,
            IMonitorStore store,
            string id,
            CancellationToken cancel) => await ReadAsync(monitor, store, id, strips => TypedResults.Ok(Json(strips)), cancel).ConfigureAwait(false))
            .WithName("listStrips").ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The ECG kept of an episode: 30 s before to 30 s after its onset and its end, and the least certain minute of a long one");
        api.MapGet("/episodes/{id}/strips.zip", async Task<Results<FileContentHttpResult, ProblemHttpResult>> (
            IMonitor monitor,
            IMonitorStore store,
            string id,
            CancellationToken cancel) => await ReadAsync(
                monitor, store, id, strips => TypedResults.Bytes(Zip(strips), "application/zip", $"{id}.zip"), cancel).ConfigureAwait(false))
            .WithName("downloadStrips").ProducesProblem(StatusCodes.Status404NotFound)
            .Produces<FileContentHttpResult>(StatusCodes.Status200OK, "application/zip")
            .WithSummary("The same as WFDB records in a zip");
    }

    private static async Task<Results<T, ProblemHttpResult>> ReadAsync<T>(
        IMonitor monitor, IMonitorStore store, string id, Func<IReadOnlyList<Strip>, T> answer, CancellationToken cancel)
        where T : IResult =>
        await MonitorApi.FindEpisodeAsync(monitor, id, cancel).ConfigureAwait(false) is { } episode
            ? answer(await store.StripsAsync(episode.Stream, episode.Start, cancel).ConfigureAwait(false))
            : ApiProblems.NoEpisode();

    private static StripSamples[] Json(IReadOnlyList<Strip> strips) =>
        [.. strips.Select(strip => new StripSamples(NameOf(strip.Kind), SampleExports.Json(strip.Stretches)))];

    private static byte[] Zip(IReadOnlyList<Strip> strips)
    {
        using var archive = new WfdbArchive();
        foreach (var strip in strips)
        {
            foreach (var stretch in strip.Stretches)
                archive.Add($"{strip.Stream}-{NameOf(strip.Kind)}", stretch.From, stretch.Fs, stretch.Millivolts);
        }

        return archive.ToArray();
    }

    private static string NameOf(StripKinds kind) => kind switch
    {
        StripKinds.Onset => "onset",
        StripKinds.End => "end",
        _ => "least_certain",
    };
}
