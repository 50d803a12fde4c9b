using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Store;
using Mina.Streaming.Files;

namespace Mina.Host.Monitor.Api;

/// <summary>The audit log, for an administrator.</summary>
internal static class AuditApi
{
    private static readonly string[] Header = ["at", "who", "action", "about", "address"];

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MonitorApi.MapGroup(app, "/api");
        api.MapGet("/audit", async Task<Results<Ok<IReadOnlyList<AuditEntry>>, ProblemHttpResult>> (
            HttpContext context, IMonitorStore store, UtcTime? from, UtcTime? to, int? limit, UtcTime? after, CancellationToken cancel) =>
            {
                if (!ApiPages.IsValid(limit))
                    return ApiProblems.BadRequest(ApiPages.Limits);
                var entries = await store.AuditAsync(from?.Value ?? DateTimeOffset.UnixEpoch, to?.Value ?? StoreTime.Never, cancel).ConfigureAwait(false);
                IReadOnlyList<AuditEntry> rest = after is { } cursor ? [.. entries.Where(entry => entry.At > cursor.Value)] : entries;
                return TypedResults.Ok(ApiPages.Cut(context, rest, limit, entry => MonitorApi.Iso(entry.At)));
            })
            .WithName("listAudit").WithSummary("Who did what between two times, oldest first; all that is kept when left out");
        api.MapGet("/audit.csv", async (IMonitorStore store, UtcTime? from, UtcTime? to, CancellationToken cancel) =>
            {
                var entries = await store.AuditAsync(from?.Value ?? DateTimeOffset.UnixEpoch, to?.Value ?? StoreTime.Never, cancel).ConfigureAwait(false);
                using var text = new StringWriter();
                CsvTable.Write(
                    text,
                    Header,
                    entries.Select(IReadOnlyList<object?> (entry) =>
                        [MonitorApi.Iso(entry.At), entry.Who, entry.Action.ToString(), entry.About, entry.Address]));
                return TypedResults.Text(text.ToString(), "text/csv");
            })
            .WithName("downloadAudit").Produces<string>(StatusCodes.Status200OK, "text/csv").WithSummary("The same as CSV");
    }
}
