using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Evaluation;
using Mina.Host.Reports;
using Mina.Model;

namespace Mina.Host.Monitor.Api;

/// <summary>Reports of a span of a stream, as a page and as a PDF.</summary>
internal static class ReportApi
{
    private const int MostOffset = 14 * 60;

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MonitorApi.MapGroup(app, "/api");
        api.MapGet("/streams/{id}/report.html", async Task<Results<ContentHttpResult, ProblemHttpResult>> (
            IMonitor monitor,
            Detector detector,
            MonitorOptions options,
            TimeProvider time,
            string id,
            UtcTime? from,
            UtcTime? to,
            int? offset,
            CancellationToken cancel) =>
            {
                var (report, problem) = await MakeAsync(monitor, detector, options, time, id, (from, to, offset), cancel).ConfigureAwait(false);
                return report is null ? problem! : TypedResults.Text(report.Render(), "text/html");
            })
            .WithName("getReport").ProducesProblem(StatusCodes.Status404NotFound).Produces<string>(StatusCodes.Status200OK, "text/html")
            .WithSummary("A report of a stream's span on one page that prints; the last 24 h when left out; 'offset' is minutes from UTC");
        api.MapGet("/streams/{id}/report.pdf", async Task<Results<FileContentHttpResult, ProblemHttpResult>> (
            IMonitor monitor,
            Detector detector,
            MonitorOptions options,
            TimeProvider time,
            string id,
            UtcTime? from,
            UtcTime? to,
            int? offset,
            CancellationToken cancel) =>
            {
                var (report, problem) = await MakeAsync(monitor, detector, options, time, id, (from, to, offset), cancel).ConfigureAwait(false);
                return report is null ? problem! : TypedResults.Bytes(HolterPdf.Draw(report), "application/pdf", $"{id}-report.pdf");
            })
            .WithName("downloadReport").ProducesProblem(StatusCodes.Status404NotFound)
            .Produces<FileContentHttpResult>(StatusCodes.Status200OK, "application/pdf")
            .WithSummary("The same as a PDF of A4 pages, its strips at their true size");
    }

    private static async Task<(HolterReport? Report, ProblemHttpResult? Problem)> MakeAsync(
        IMonitor monitor,
        Detector detector,
        MonitorOptions options,
        TimeProvider time,
        string id,
        (UtcTime? From, UtcTime? To, int? Offset) asked,
        CancellationToken cancel)
    {
        if (monitor.Find(id) is not { } stream)
            return (null, ApiProblems.NoStream(id));
        if (asked.Offset is < -MostOffset or > MostOffset)
            return (null, ApiProblems.BadRequest($"'offset' is -{MostOffset} to {MostOffset} minutes"));
        var to = asked.To?.Value ?? stream.LastSample;
        // By default what there is of the last day.
        var day = to - DateTimeOffset.MinValue > StreamReport.Longest ? to - StreamReport.Longest : DateTimeOffset.MinValue;
        var from = asked.From?.Value ?? (stream.FirstSample > day && stream.FirstSample < to ? stream.FirstSample : day);
        if (from >= to || to - from > StreamReport.Longest)
            return (null, ApiProblems.BadRequest($"'from' is before 'to', and at most {StreamReport.Longest.TotalHours:0} hours"));
        var facts = HolterReport.FactsOf(
            detector, monitor.Rules.Threshold, options.Model ?? Measurement.Shipped, MeasurementDate.Now(time));
        return (await StreamReport.MakeAsync(monitor, stream, from, to, TimeSpan.FromMinutes(asked.Offset ?? 0), facts, cancel).ConfigureAwait(false), null);
    }
}
