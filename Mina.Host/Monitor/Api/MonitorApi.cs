using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Api;

/// <summary>The JSON API under <c>/api</c>.</summary>
internal static class MonitorApi
{
    private const int MaxSteps = 5000;
    private const double UsualStep = 10;
    private const string TrendLimits = "'from' is before 'to', and at most 31 days; 'minutes' is 1 to 1440, and there are at most 5,000 steps";

    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestTrend = TimeSpan.FromDays(31);

    /// <summary>A time after all others.</summary>
    public static DateTimeOffset Never { get; } = DateTimeOffset.MaxValue.AddDays(-1);

    /// <summary>Who acknowledges.</summary>
    /// <param name="By">A name or role; never a patient's.</param>
    public sealed record Acknowledgement(string By);

    /// <summary>What is wrong with a request.</summary>
    public sealed record Problem(string Error);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MapGroup(app, "/api");
        api.MapGet("/streams", (IMonitor monitor) => monitor.Streams.OrderBy(stream => stream.Name, StringComparer.Ordinal))
            .WithSummary("Every stream, as of now");
        api.MapGet("/streams/{id}", Results<Ok<StreamStatus>, NotFound> (IMonitor monitor, string id) =>
                monitor.Find(id) is { } stream ? TypedResults.Ok(stream) : TypedResults.NotFound())
            .WithSummary("One stream");
        api.MapDelete("/streams/{id}", async Task<Results<NoContent, NotFound<Problem>, Conflict<Problem>>> (
            IMonitor monitor,
            string id,
            CancellationToken cancel) => await monitor.RemoveAsync(id, cancel).ConfigureAwait(false) switch
            {
                StreamRemoval.Removed => TypedResults.NoContent(),
                StreamRemoval.NotFound => TypedResults.NotFound(new Problem("there is no such stream")),
                _ => TypedResults.Conflict(new Problem("the stream is still sending; stop its device, and remove it when it is stale")),
            })
            .WithSummary("Removes a stream that sends nothing, and its ECG; its verdicts, episodes and alarms stay in the history");
        api.MapGet("/streams/{id}/verdicts", async Task<Results<Ok<IReadOnlyList<WindowStatus>>, NotFound>> (
            IMonitor monitor,
            string id,
            DateTimeOffset? from,
            DateTimeOffset? to,
            CancellationToken cancel) =>
            {
                if (monitor.Find(id) is not { } stream)
                    return TypedResults.NotFound();
                var (first, last) = Range(stream.LastSample, from, to);
                return TypedResults.Ok(await monitor.VerdictsAsync(id, first, last, cancel).ConfigureAwait(false));
            })
            .WithSummary("Verdicts of the windows that start from one time until another; the stream's last hour when left out");
        api.MapGet("/streams/{id}/trend", async Task<Results<Ok<IReadOnlyList<TrendStep>>, NotFound, BadRequest<Problem>>> (
            IMonitor monitor,
            string id,
            DateTimeOffset? from,
            DateTimeOffset? to,
            double? minutes,
            CancellationToken cancel) =>
            {
                if (monitor.Find(id) is not { } stream)
                    return TypedResults.NotFound();
                var last = to ?? stream.LastSample;
                var first = from ?? (last - DateTimeOffset.MinValue > Day ? last - Day : DateTimeOffset.MinValue);
                var step = minutes ?? UsualStep;
                if (!(first <= last && last - first <= LongestTrend) || step is not (>= 1 and <= 1440) || (last - first).TotalMinutes / step > MaxSteps)
                    return TypedResults.BadRequest(new Problem(TrendLimits));
                var windows = await monitor.VerdictsAsync(id, first, last, cancel).ConfigureAwait(false);
                var episodes = await monitor.EpisodesAsync(id, first, last, cancel).ConfigureAwait(false);
                return TypedResults.Ok(Trend.Compute(first, last, TimeSpan.FromMinutes(step), windows, episodes));
            })
            .WithSummary("Heart rate and AF burden in steps of some minutes (10); the stream's last 24 hours when left out");
        api.MapGet("/episodes", (IMonitor monitor, string? stream, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancel) =>
                monitor.EpisodesAsync(stream, from ?? DateTimeOffset.UnixEpoch, to ?? Never, cancel))
            .WithSummary("AF episodes that overlap a time range; all when left out");
        api.MapGet("/episodes/{id}", async Task<Results<Ok<EpisodeStatus>, NotFound>> (IMonitor monitor, string id, CancellationToken cancel) =>
                await FindEpisodeAsync(monitor, id, cancel).ConfigureAwait(false) is { } episode ? TypedResults.Ok(episode) : TypedResults.NotFound())
            .WithSummary("One episode");
        api.MapGet("/alarms", async (IMonitor monitor, bool? all, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancel) =>
                all == true ? await monitor.AlarmHistoryAsync(from ?? DateTimeOffset.UnixEpoch, to ?? Never, cancel).ConfigureAwait(false) : monitor.Alarms)
            .WithSummary("Alarms that are not cleared, newest first; with all=true those that were raised in a time range, cleared or not, oldest first");
        api.MapPost("/alarms/{id}/acknowledge", async Task<Results<NoContent, NotFound<Problem>, BadRequest<Problem>>> (
            IMonitor monitor,
            string id,
            Acknowledgement body,
            CancellationToken cancel) =>
            {
                if (string.IsNullOrWhiteSpace(body.By) || body.By.Length > 100)
                    return TypedResults.BadRequest(new Problem("'by' says who acknowledges, in 1 to 100 characters"));
                return await monitor.AcknowledgeAsync(id, body.By.Trim(), cancel).ConfigureAwait(false)
                    ? TypedResults.NoContent()
                    : TypedResults.NotFound(new Problem("there is no such alarm, or it is acknowledged or cleared already"));
            })
            .WithSummary("A person has seen an alarm; when this is answered with success, the store has it")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>The episode of an id; null when the store has none.</summary>
    public static async Task<EpisodeStatus?> FindEpisodeAsync(IMonitor monitor, string id, CancellationToken cancel)
    {
        if (!Identity.TryReadEpisode(id, out var stream, out var start))
            return null;
        var near = await monitor.EpisodesAsync(stream, start, start.AddMicroseconds(1), cancel).ConfigureAwait(false);
        return near.FirstOrDefault(episode => episode.Id == id);
    }

    /// <summary>Addresses that answer 503, with the reason, while the store cannot be reached.</summary>
    public static RouteGroupBuilder MapGroup(WebApplication app, string prefix)
    {
        var group = app.MapGroup(prefix);
        group.AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                return Results.Json(new Problem(e.Message), statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        });
        return group;
    }

    private static (DateTimeOffset From, DateTimeOffset To) Range(DateTimeOffset now, DateTimeOffset? from, DateTimeOffset? to)
    {
        var last = to ?? (now > DateTimeOffset.UnixEpoch.AddDays(1) ? now.AddSeconds(1) : now);
        return (from ?? (last - DateTimeOffset.MinValue > Usual ? last - Usual : DateTimeOffset.MinValue), last);
    }
}
