using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;
using Mina.Streaming.Files;

namespace Mina.Host.Monitor.Api;

/// <summary>Episodes and alarms as CSV, with the filters that the page's lists have.</summary>
internal static class ListExports
{
    private static readonly string[] EpisodeHeader =
        ["id", "stream", "start", "end", "seconds", "open", "mean_probability", "review", "was", "reviewed_by", "reviewed"];

    private static readonly string[] AlarmHeader =
        ["id", "stream", "kind", "raised", "onset", "cleared", "acknowledged", "acknowledged_by", "open", "episode", "escalated"];

    /// <summary>Adds the endpoints.</summary>
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/episodes.csv", async (
            IMonitor monitor,
            string? stream,
            string? name,
            bool? unacknowledged,
            bool? unreviewed,
            UtcTime? from,
            UtcTime? to,
            CancellationToken cancel) =>
            {
                var (first, last) = (from?.Value ?? DateTimeOffset.UnixEpoch, to?.Value ?? StoreTime.Never);
                var filter = new AlarmFilter(name ?? "");
                var episodes = (await monitor.EpisodesAsync(stream, first, last, cancel).ConfigureAwait(false)).Where(episode => filter.IsOf(episode.Stream));
                if (unacknowledged == true)
                {
                    var seen = (await monitor.AlarmHistoryAsync(DateTimeOffset.UnixEpoch, StoreTime.Never, cancel).ConfigureAwait(false))
                        .Where(alarm => alarm is { Acknowledged: not null, Episode: not null }).Select(alarm => alarm.Episode!)
                        .ToHashSet(StringComparer.Ordinal);
                    episodes = episodes.Where(episode => !seen.Contains(episode.Id));
                }

                var words = EpisodeWords.Of(await monitor.ReviewsAsync(stream, cancel).ConfigureAwait(false));
                var reviewed = episodes.Select(episode => (Episode: episode, Word: words.On(episode)))
                    .Where(one => unreviewed is not { } only || only == one.Word is null);
                return TypedResults.Text(Csv(reviewed), "text/csv");
            })
            .WithName("downloadEpisodes").Produces<string>(StatusCodes.Status200OK, "text/csv")
            .WithSummary("Episodes as CSV: of a stream, or of those with 'name' in their names; all when left out");
        api.MapGet("/alarms.csv", async Task<Results<ContentHttpResult, ProblemHttpResult>> (
            IMonitor monitor,
            string? stream,
            string? name,
            string? kind,
            bool? unacknowledged,
            UtcTime? from,
            UtcTime? to,
            CancellationToken cancel) =>
            {
                var only = AlarmFilter.ReadKind(kind);
                if (kind is not null && only is null)
                    return ApiProblems.BadRequest($"'kind' is {AlarmFilter.Kinds}");
                var filter = new AlarmFilter(name ?? "", only, unacknowledged == true);
                var first = from?.Value ?? DateTimeOffset.UnixEpoch;
                var alarms = await monitor.AlarmHistoryAsync(first, to?.Value ?? StoreTime.Never, cancel).ConfigureAwait(false);
                return TypedResults.Text(Csv(alarms.Where(alarm => (stream is null || alarm.Stream == stream) && filter.Has(alarm))), "text/csv");
            })
            .WithName("downloadAlarms").Produces<string>(StatusCodes.Status200OK, "text/csv")
            .WithSummary("Alarms as CSV, oldest first; all when nothing is left out");
    }

    /// <summary>
    /// Writes a header and one line for each episode: id, stream, start, end, seconds, open (true or false), mean_probability, and of the review
    /// that has the word on it the verdict, what it was, who made it and when, which are empty where nobody has reviewed it.
    /// </summary>
    public static string Csv(IEnumerable<(EpisodeStatus Episode, ReviewStatus? Word)> episodes)
    {
        using var text = new StringWriter();
        CsvTable.Write(text, EpisodeHeader, episodes.Select(one => new object?[]
        {
            one.Episode.Id,
            one.Episode.Stream,
            Iso(one.Episode.Start),
            Iso(one.Episode.End),
            (one.Episode.End - one.Episode.Start).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture),
            TrueOrFalse(one.Episode.Open),
            one.Episode.MeanProbability.ToString("0.0000", CultureInfo.InvariantCulture),
            one.Word?.Verdict.ToString(),
            one.Word?.Was?.ToString(),
            one.Word?.By,
            Iso(one.Word?.Made),
        }));
        return text.ToString();
    }

    /// <summary>Writes a header and one line for each alarm; a time that there is not is an empty cell.</summary>
    public static string Csv(IEnumerable<AlarmStatus> alarms)
    {
        using var text = new StringWriter();
        CsvTable.Write(text, AlarmHeader, alarms.Select(alarm => new object?[]
        {
            alarm.Id,
            alarm.Stream,
            alarm.Kind.ToString(),
            Iso(alarm.Raised),
            Iso(alarm.Onset),
            Iso(alarm.Cleared),
            Iso(alarm.Acknowledged),
            alarm.AcknowledgedBy,
            TrueOrFalse(alarm.Open),
            alarm.Episode,
            Iso(alarm.Escalated),
        }));
        return text.ToString();
    }

    private static string? Iso(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string TrueOrFalse(bool value) => value ? "true" : "false";
}
