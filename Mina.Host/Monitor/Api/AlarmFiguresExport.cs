using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Reviewing;
using Mina.Model;
using Mina.Streaming.Files;

namespace Mina.Host.Monitor.Api;

/// <summary>The figures of alarms as CSV: a line for each stream on the wall, and one for all of them.</summary>
internal static class AlarmFiguresExport
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private static readonly string[] Header =
    [
        "stream", "bed_days", "alarms", "true", "false", "not_reviewed", "alarms_per_bed_day", "false_per_bed_day", "acknowledged",
        "median_seconds_to_acknowledge", "p95_seconds_to_acknowledge",
    ];

    /// <summary>Adds the endpoint.</summary>
    public static void Map(RouteGroupBuilder api) => api
        .MapGet("/alarms/figures.csv", async Task<ContentHttpResult> (
            IMonitor monitor,
            TimeProvider time,
            string? name,
            UtcTime? from,
            UtcTime? to,
            CancellationToken cancel) =>
            {
                var (first, last) = Span(from, to, time);
                var filter = new AlarmFilter(name ?? "");
                return TypedResults.Text(
                    Csv(await AlarmStatistics.ReadEachAsync(monitor, filter.IsOf, first, last, cancel).ConfigureAwait(false)), "text/csv");
            })
        .WithName("downloadAlarmFigures").Produces<string>(StatusCodes.Status200OK, "text/csv")
        .WithSummary("The figures of alarms of AF as CSV, of each stream with 'name' in its name and of all; of the last 7 days when left out");

    /// <summary>The span of time that is asked for: without times the last week.</summary>
    public static (DateTimeOffset First, DateTimeOffset Last) Span(UtcTime? from, UtcTime? to, TimeProvider time)
    {
        var last = to?.Value ?? time.GetUtcNow();
        return (from?.Value ?? (last - DateTimeOffset.MinValue > Week ? last - Week : DateTimeOffset.MinValue), last);
    }

    /// <summary>Writes a header and one line for each stream; the last, whose stream is empty, is of all. What there is not is an empty cell.</summary>
    public static string Csv(IEnumerable<(string? Stream, AlarmFigures Figures)> streams)
    {
        using var text = new StringWriter();
        CsvTable.Write(text, Header, streams.Select(one => new object?[]
        {
            one.Stream,
            Number(one.Figures.BedDays),
            one.Figures.Alarms,
            one.Figures.True,
            one.Figures.False,
            one.Figures.Unreviewed,
            Number(one.Figures.PerBedDay),
            Number(one.Figures.FalsePerBedDay),
            one.Figures.Acknowledged,
            Number(one.Figures.MedianSecondsToAcknowledge),
            Number(one.Figures.P95SecondsToAcknowledge),
        }));
        return text.ToString();
    }

    private static string? Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture);
}
