using Mina.Host.Monitor.Store;
using Mina.Model;

namespace Mina.Host.Monitor.Reviewing;

/// <summary>Reads what has become of alarms of AF from the history.</summary>
internal static class AlarmStatistics
{
    /// <summary>Counts the alarms of the streams on the wall that were raised between two times.</summary>
    /// <param name="monitor">The monitor.</param>
    /// <param name="isCounted">Whether a stream is counted, by its name.</param>
    /// <param name="from">The beginning, by the server's clock.</param>
    /// <param name="to">The end.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static async Task<AlarmFigures> ReadAsync(
        IMonitor monitor, Func<string, bool> isCounted, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        // A stream that was removed has no days to count, and so no alarms either.
        var streams = monitor.Streams.Where(stream => isCounted(stream.Name)).ToDictionary(stream => stream.Name, StringComparer.Ordinal);
        var alarms = (await monitor.AlarmHistoryAsync(from, to, cancel).ConfigureAwait(false))
            .Where(alarm => alarm.Kind == AlarmKind.AF && streams.ContainsKey(alarm.Stream)).ToList();
        var words = EpisodeWords.Of(await monitor.ReviewsAsync(null, cancel).ConfigureAwait(false));
        var episodes = (await monitor.EpisodesAsync(null, DateTimeOffset.UnixEpoch, StoreTime.Never, cancel).ConfigureAwait(false))
            .ToDictionary(episode => episode.Id, StringComparer.Ordinal);
        return AlarmFigures.Count(
            alarms.Select(alarm => new CountedAlarm(
                alarm.Raised,
                alarm.Acknowledged,
                alarm.Episode is { } id && episodes.TryGetValue(id, out var episode) ? words.On(episode)?.Verdict : null)),
            streams.Values.Sum(stream => Math.Max(0, (Earlier(stream.LastSample, to) - Later(stream.FirstSample, from)).TotalDays)));
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
