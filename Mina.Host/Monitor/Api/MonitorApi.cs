using Microsoft.AspNetCore.Http.HttpResults;

namespace Mina.Host.Monitor.Api;

/// <summary>The JSON API under <c>/api</c>.</summary>
internal static class MonitorApi
{
    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    /// <summary>Who acknowledges.</summary>
    /// <param name="By">A name or role; never a patient's.</param>
    public sealed record Acknowledgement(string By);

    /// <summary>What is wrong with a request.</summary>
    public sealed record Problem(string Error);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = app.MapGroup("/api");
        api.MapGet("/streams", (IMonitor monitor) => monitor.Streams.OrderBy(stream => stream.Name, StringComparer.Ordinal))
            .WithSummary("Every stream, as of now");
        api.MapGet("/streams/{id}", Results<Ok<StreamStatus>, NotFound> (IMonitor monitor, string id) =>
                monitor.Find(id) is { } stream ? TypedResults.Ok(stream) : TypedResults.NotFound())
            .WithSummary("One stream");
        api.MapGet("/streams/{id}/verdicts", Results<Ok<IReadOnlyList<WindowStatus>>, NotFound> (IMonitor monitor, string id, DateTimeOffset? from, DateTimeOffset? to) =>
            {
                if (monitor.Find(id) is not { } stream)
                    return TypedResults.NotFound();
                var (first, last) = Range(stream.LastSample, from, to);
                return TypedResults.Ok(monitor.Verdicts(id, first, last));
            })
            .WithSummary("Verdicts of the windows that start from one time until another; the stream's last hour when left out");
        api.MapGet("/episodes", (IMonitor monitor, string? stream, DateTimeOffset? from, DateTimeOffset? to) =>
                monitor.Episodes(stream, from ?? DateTimeOffset.UnixEpoch, to ?? DateTimeOffset.MaxValue.AddDays(-1)))
            .WithSummary("AF episodes that overlap a time range; all when left out");
        api.MapGet("/alarms", (MonitorService monitor, bool? all, DateTimeOffset? from, DateTimeOffset? to) =>
                all == true ? monitor.AlarmHistory(from ?? DateTimeOffset.UnixEpoch, to ?? DateTimeOffset.MaxValue.AddDays(-1)) : monitor.Alarms)
            .WithSummary("Alarms that are not cleared, newest first; with all=true those that were raised in a time range, cleared or not");
        api.MapPost("/alarms/{id:long}/acknowledge", async Task<Results<NoContent, NotFound<Problem>, BadRequest<Problem>>> (IMonitor monitor, long id, Acknowledgement body, CancellationToken cancel) =>
            {
                if (string.IsNullOrWhiteSpace(body.By) || body.By.Length > 100)
                    return TypedResults.BadRequest(new Problem("'by' says who acknowledges, in 1 to 100 characters"));
                return await monitor.AcknowledgeAsync(id, body.By.Trim(), cancel).ConfigureAwait(false)
                    ? TypedResults.NoContent()
                    : TypedResults.NotFound(new Problem("there is no such alarm, or it is acknowledged or cleared already"));
            })
            .WithSummary("A person has seen an alarm");
    }

    private static (DateTimeOffset From, DateTimeOffset To) Range(DateTimeOffset now, DateTimeOffset? from, DateTimeOffset? to)
    {
        var last = to ?? (now > DateTimeOffset.UnixEpoch.AddDays(1) ? now.AddSeconds(1) : now);
        return (from ?? (last - Usual), last);
    }
}
