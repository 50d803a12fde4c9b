using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Outputs.Fhir;
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

    /// <summary>Who acknowledges.</summary>
    /// <param name="By">A name or role; never a patient's. Who comes with a token that has a name is known by that, whatever is said here.</param>
    public sealed record Acknowledgement(string? By = null);

    /// <summary>Adds what all endpoints of the API need: its description, errors, compression, and how JSON is written.</summary>
    public static void AddServices(IServiceCollection services)
    {
        ApiDocument.Add(services);
        BadRequests.Add(services);
        services.AddResponseCompression(compression => compression.MimeTypes =
            ["application/json", "application/problem+json", FhirJson.MediaType, "text/csv"]);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
            // A number is a number in the API's description too; what is not known is null.
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
    }

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MapGroup(app, "/api");
        api.MapGet("/streams", (IMonitor monitor) => monitor.Streams.OrderBy(stream => stream.Name, StringComparer.Ordinal))
            .WithName("listStreams").WithSummary("Every stream, as of now");
        api.MapGet("/streams/{id}", Results<Ok<StreamStatus>, ProblemHttpResult> (IMonitor monitor, string id) =>
                monitor.Find(id) is { } stream ? TypedResults.Ok(stream) : ApiProblems.NoStream(id))
            .WithName("getStream").WithSummary("One stream").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapDelete("/streams/{id}", async Task<Results<NoContent, ProblemHttpResult>> (IMonitor monitor, string id, CancellationToken cancel) =>
                await monitor.RemoveAsync(id, cancel).ConfigureAwait(false) switch
                {
                    StreamRemoval.Removed => TypedResults.NoContent(),
                    StreamRemoval.NotFound => ApiProblems.NoStream(id),
                    _ => ApiProblems.Conflict("the stream is still sending; stop its device, and remove it when it is stale"),
                })
            .WithName("removeStream")
            .WithSummary("Removes a stream that sends nothing, and its ECG; its verdicts, episodes and alarms stay in the history")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapGet("/streams/{id}/verdicts", async Task<Results<Ok<IReadOnlyList<WindowStatus>>, ProblemHttpResult>> (
            HttpContext context,
            IMonitor monitor,
            string id,
            UtcTime? from,
            UtcTime? to,
            int? limit,
            UtcTime? after,
            CancellationToken cancel) =>
            {
                if (monitor.Find(id) is not { } stream)
                    return ApiProblems.NoStream(id);
                if (!ApiPages.IsValid(limit))
                    return ApiProblems.BadRequest(ApiPages.Limits);
                var (first, last) = Range(stream.LastSample, from?.Value, to?.Value);
                var verdicts = await monitor.VerdictsAsync(id, after is { } since && since.Value > first ? since.Value : first, last, cancel)
                    .ConfigureAwait(false);
                IReadOnlyList<WindowStatus> rest = after is { } cursor ? [.. verdicts.Where(verdict => verdict.Start > cursor.Value)] : verdicts;
                return TypedResults.Ok(ApiPages.Cut(context, rest, limit, verdict => Iso(verdict.Start)));
            })
            .WithName("listVerdicts")
            .WithSummary("Verdicts of the windows that start from one time until another; the stream's last hour when left out")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/streams/{id}/trend", async Task<Results<Ok<IReadOnlyList<TrendStep>>, ProblemHttpResult>> (
            IMonitor monitor,
            string id,
            UtcTime? from,
            UtcTime? to,
            double? minutes,
            CancellationToken cancel) =>
            {
                if (monitor.Find(id) is not { } stream)
                    return ApiProblems.NoStream(id);
                var last = to?.Value ?? stream.LastSample;
                var first = from?.Value ?? (last - DateTimeOffset.MinValue > Day ? last - Day : DateTimeOffset.MinValue);
                var step = minutes ?? UsualStep;
                if (!(first <= last && last - first <= LongestTrend) || step is not (>= 1 and <= 1440) || (last - first).TotalMinutes / step > MaxSteps)
                    return ApiProblems.BadRequest(TrendLimits);
                var windows = await monitor.VerdictsAsync(id, first, last, cancel).ConfigureAwait(false);
                var episodes = await monitor.EpisodesAsync(id, first, last, cancel).ConfigureAwait(false);
                return TypedResults.Ok(Trend.Compute(first, last, TimeSpan.FromMinutes(step), windows, episodes));
            })
            .WithName("getTrend")
            .WithSummary("Heart rate and AF burden in steps of some minutes (10); the stream's last 24 hours when left out")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/episodes", async Task<Results<Ok<IReadOnlyList<EpisodeStatus>>, ProblemHttpResult>> (
            HttpContext context,
            IMonitor monitor,
            string? stream,
            UtcTime? from,
            UtcTime? to,
            int? limit,
            string? after,
            CancellationToken cancel) =>
            {
                if (!ApiPages.IsValid(limit))
                    return ApiProblems.BadRequest(ApiPages.Limits);
                if (after is not null && !Identity.TryReadEpisode(after, out _, out _))
                    return ApiProblems.BadRequest("'after' is not the id of an episode");
                var episodes = await monitor.EpisodesAsync(
                    stream, from?.Value ?? DateTimeOffset.UnixEpoch, to?.Value ?? StoreTime.Never, cancel).ConfigureAwait(false);
                var rest = ApiPages.Following(episodes, episode => episode.Id, after);
                return TypedResults.Ok(ApiPages.Cut(context, rest, limit, episode => episode.Id));
            })
            .WithName("listEpisodes").WithSummary("AF episodes that overlap a time range, in order of their start; all when left out");
        api.MapGet("/episodes/{id}", async Task<Results<Ok<EpisodeStatus>, ProblemHttpResult>> (IMonitor monitor, string id, CancellationToken cancel) =>
                await FindEpisodeAsync(monitor, id, cancel).ConfigureAwait(false) is { } episode ? TypedResults.Ok(episode) : ApiProblems.NoEpisode())
            .WithName("getEpisode").WithSummary("One episode").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/alarms", async Task<Results<Ok<IReadOnlyList<AlarmStatus>>, ProblemHttpResult>> (
            HttpContext context,
            IMonitor monitor,
            bool? all,
            UtcTime? from,
            UtcTime? to,
            int? limit,
            string? after,
            CancellationToken cancel) =>
            {
                if (!ApiPages.IsValid(limit))
                    return ApiProblems.BadRequest(ApiPages.Limits);
                if (all != true)
                {
                    return from is null && to is null && after is null
                        ? TypedResults.Ok<IReadOnlyList<AlarmStatus>>(monitor.Alarms)
                        : ApiProblems.BadRequest("'from', 'to' and 'after' are of all alarms; add all=true");
                }

                if (after is not null && !Identity.TryReadAlarm(after, out _, out _, out _))
                    return ApiProblems.BadRequest("'after' is not the id of an alarm");
                var alarms = await monitor.AlarmHistoryAsync(
                    from?.Value ?? DateTimeOffset.UnixEpoch, to?.Value ?? StoreTime.Never, cancel).ConfigureAwait(false);
                var rest = ApiPages.Following(alarms, alarm => alarm.Id, after);
                return TypedResults.Ok(ApiPages.Cut(context, rest, limit, alarm => alarm.Id));
            })
            .WithName("listAlarms")
            .WithSummary("Open alarms (not cleared or, of AF, not acknowledged), newest first; with all=true those raised in a time range, oldest first");
        api.MapGet("/alarms/{id}", async Task<Results<Ok<AlarmStatus>, ProblemHttpResult>> (IMonitor monitor, string id, CancellationToken cancel) =>
            {
                if (monitor.Alarms.FirstOrDefault(alarm => alarm.Id == id) is { } open)
                    return TypedResults.Ok(open);
                if (!Identity.TryReadAlarm(id, out _, out _, out var raised) || raised >= StoreTime.Never)
                    return ApiProblems.NotFound("there is no alarm of this id");
                var near = await monitor.AlarmHistoryAsync(raised, raised.AddMicroseconds(1), cancel).ConfigureAwait(false);
                return near.FirstOrDefault(alarm => alarm.Id == id) is { } past ? TypedResults.Ok(past) : ApiProblems.NotFound("there is no alarm of this id");
            })
            .WithName("getAlarm").WithSummary("One alarm, open or not").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/alarms/{id}/acknowledge", async Task<Results<NoContent, ProblemHttpResult>> (
            IMonitor monitor,
            ClaimsPrincipal user,
            string id,
            Acknowledgement body,
            CancellationToken cancel) =>
            {
                var by = user.Identity?.Name ?? body.By;
                if (string.IsNullOrWhiteSpace(by) || by.Length > 100)
                    return ApiProblems.BadRequest("'by' says who acknowledges, in 1 to 100 characters");
                return await monitor.AcknowledgeAsync(id, by.Trim(), cancel).ConfigureAwait(false)
                    ? TypedResults.NoContent()
                    : ApiProblems.NotFound("there is no such alarm, or it is acknowledged already, or it is a technical one that was cleared");
            })
            .WithName("acknowledgeAlarm")
            .WithSummary("A person has seen an alarm; when this is answered with success, the store has it")
            .ProducesProblem(StatusCodes.Status404NotFound);
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
    public static RouteGroupBuilder MapGroup(IEndpointRouteBuilder app, string prefix)
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
                return ApiProblems.Unavailable(e.Message);
            }
        });
        return group.RefuseOthers().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>A time as requests and answers have it.</summary>
    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static (DateTimeOffset From, DateTimeOffset To) Range(DateTimeOffset now, DateTimeOffset? from, DateTimeOffset? to)
    {
        var last = to ?? (now > DateTimeOffset.UnixEpoch.AddDays(1) ? now.AddSeconds(1) : now);
        return (from ?? (last - DateTimeOffset.MinValue > Usual ? last - Usual : DateTimeOffset.MinValue), last);
    }
}
