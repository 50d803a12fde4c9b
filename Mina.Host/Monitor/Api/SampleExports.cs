using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Api;

/// <summary>The ECG itself: as JSON, and as WFDB records in a zip.</summary>
internal static class SampleExports
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    /// <summary>Samples without a gap, in mV; null where the device says that one is missing.</summary>
    public sealed record Samples(DateTimeOffset From, double Fs, IReadOnlyList<float?> Millivolts);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MonitorApi.MapGroup(app, "/api");
        api.MapGet("/streams/{id}/samples", async Task<Results<Ok<Samples[]>, ProblemHttpResult>> (
            IMonitor monitor,
            string id,
            UtcTime? from,
            UtcTime? to,
            CancellationToken cancel) => await ReadAsync(monitor, id, (from, to), stretches => TypedResults.Ok(Json(stretches)), cancel).ConfigureAwait(false))
            .WithName("listSamples").ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The ECG between two times, in stretches without a gap; the last minute when left out, four hours at most");
        api.MapGet("/streams/{id}/samples.zip", async Task<Results<FileContentHttpResult, ProblemHttpResult>> (
            IMonitor monitor,
            string id,
            UtcTime? from,
            UtcTime? to,
            CancellationToken cancel) => await ReadAsync(
                monitor, id, (from, to), stretches => TypedResults.Bytes(Zip(id, stretches), "application/zip", $"{id}.zip"), cancel).ConfigureAwait(false))
            .WithName("downloadSamples").ProducesProblem(StatusCodes.Status404NotFound)
            .Produces<FileContentHttpResult>(StatusCodes.Status200OK, "application/zip")
            .WithSummary("The same as WFDB records (format 16, 1 uV) in a zip: one a stretch, named by stream and time");
    }

    private static ProblemHttpResult TooLong =>
        ApiProblems.BadRequest(FormattableString.Invariant($"'from' is before 'to', and at most {Longest.TotalHours:0} hours"));

    private static (DateTimeOffset From, DateTimeOffset To)? RangeOf(StreamStatus stream, DateTimeOffset? from, DateTimeOffset? to)
    {
        var last = to ?? (from is { } begin && begin < DateTimeOffset.MaxValue - Usual ? begin + Usual : stream.LastSample);
        var first = from ?? (last - DateTimeOffset.MinValue > Usual ? last - Usual : DateTimeOffset.MinValue);
        return first <= last && last - first <= Longest ? (first, last) : null;
    }

    private static async Task<Results<T, ProblemHttpResult>> ReadAsync<T>(
        IMonitor monitor, string id, (UtcTime? From, UtcTime? To) times, Func<IReadOnlyList<SampleStretch>, T> answer, CancellationToken cancel)
        where T : IResult
    {
        if (monitor.Find(id) is not { } stream)
            return ApiProblems.NoStream(id);
        if (RangeOf(stream, times.From?.Value, times.To?.Value) is not { } range)
            return TooLong;
        return answer(await monitor.SamplesAsync(id, range.From, range.To, cancel).ConfigureAwait(false));
    }

    /// <summary>Stretches as the API gives them.</summary>
    public static Samples[] Json(IReadOnlyList<SampleStretch> stretches) =>
    [
        .. stretches.Select(stretch => new Samples(
            stretch.From, stretch.Fs, Array.ConvertAll(stretch.Millivolts, v => float.IsFinite(v) ? (float?)v : null))),
    ];

    private static byte[] Zip(string id, IReadOnlyList<SampleStretch> stretches)
    {
        using var archive = new WfdbArchive();
        foreach (var stretch in stretches)
            archive.Add(id, stretch.From, stretch.Fs, stretch.Millivolts);
        return archive.ToArray();
    }
}
