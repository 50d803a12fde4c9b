using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Reviewing;

namespace Mina.Host.Monitor.Api;

/// <summary>Reviews as labels: rhythm annotations, and the ECG that they are of with them.</summary>
internal static class ReviewExports
{
    /// <summary>Adds the endpoints.</summary>
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/streams/{id}/reviews.atr", async Task<Results<FileContentHttpResult, ProblemHttpResult>> (
            IMonitor monitor,
            string id,
            UtcTime? from,
            UtcTime? to,
            CancellationToken cancel) =>
            {
                if (await SpansAsync(monitor, id, from, to, cancel).ConfigureAwait(false) is not { } spans)
                    return ApiProblems.NoStream(id);
                var origin = from?.Value ?? monitor.Find(id)?.FirstSample ?? spans[0].Start;
                return TypedResults.Bytes(ReviewLabels.Atr(spans, origin), "application/octet-stream", $"{id}.atr");
            })
            .WithName("downloadReviews").ProducesProblem(StatusCodes.Status404NotFound)
            .Produces<FileContentHttpResult>(StatusCodes.Status200OK, "application/octet-stream")
            .WithSummary("Reviewed spans as WFDB rhythm annotations at 300 Hz, from the stream's first sample (or 'from') on; what is not reviewed has none");
        api.MapGet("/streams/{id}/reviews.zip", async Task<Results<FileContentHttpResult, ProblemHttpResult>> (
            IMonitor monitor,
            string id,
            UtcTime? from,
            UtcTime? to,
            CancellationToken cancel) =>
            {
                if (await SpansAsync(monitor, id, from, to, cancel).ConfigureAwait(false) is not { } spans)
                    return ApiProblems.NoStream(id);
                var zip = await ReviewedRecords.ZipAsync(monitor, id, spans, cancel).ConfigureAwait(false);
                return TypedResults.Bytes(zip, "application/zip", $"{id}-reviews.zip");
            })
            .WithName("downloadReviewedSamples").ProducesProblem(StatusCodes.Status404NotFound)
            .Produces<FileContentHttpResult>(StatusCodes.Status200OK, "application/zip")
            .WithSummary("The ECG kept of reviewed spans as WFDB records, each with its rhythm annotations, as ingest takes them");
    }

    // What a stream's reviews say; null where there is neither the stream nor a review of it.
    private static async Task<IReadOnlyList<ReviewLabels.Span>?> SpansAsync(
        IMonitor monitor, string id, UtcTime? from, UtcTime? to, CancellationToken cancel)
    {
        var spans = ReviewLabels.Between(await monitor.ReviewsAsync(id, cancel).ConfigureAwait(false), from?.Value, to?.Value);
        return spans.Count == 0 && monitor.Find(id) is null ? null : spans;
    }
}
