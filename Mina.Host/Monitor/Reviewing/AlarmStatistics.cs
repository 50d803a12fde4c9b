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
        IMonitor monitor, Func<string, bool> isCounted, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        (await CollectAsync(monitor, isCounted, from, to, cancel).ConfigureAwait(false)).Count();

    /// <summary>The same of each stream by itself, in the order of their names, and then of all together, whose name is null.</summary>
    public static async Task<IReadOnlyList<(string? Stream, AlarmFigures Figures)>> ReadEachAsync(
        IMonitor monitor, Func<string, bool> isCounted, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        var collected = await CollectAsync(monitor, isCounted, from, to, cancel).ConfigureAwait(false);
        return [.. collected.Days.Keys.Order(StringComparer.Ordinal).Select(name => ((string?)name, collected.Of(name).Count())), (null, collected.Count())];
    }

    private static async Task<Collected> CollectAsync(
        IMonitor monitor, Func<string, bool> isCounted, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        // A stream that was removed has no days to count, and so no alarms either.
        var streams = monitor.Streams.Where(stream => isCounted(stream.Name)).ToDictionary(stream => stream.Name, StringComparer.Ordinal);
        var alarms = (await monitor.AlarmHistoryAsync(from, to, cancel).ConfigureAwait(false))
            .Where(alarm => alarm.Kind == AlarmKind.AF && streams.ContainsKey(alarm.Stream)).ToList();
        var words = EpisodeWords.Of(await monitor.ReviewsAsync(null, cancel).ConfigureAwait(false));
        var episodes = (await monitor.EpisodesAsync(null, DateTimeOffset.UnixEpoch, StoreTime.Never, cancel).ConfigureAwait(false))
            .ToDictionary(episode => episode.Id, StringComparer.Ordinal);
        return new Collected(
            [
                .. alarms.Select(alarm => (alarm.Stream, new CountedAlarm(
                    alarm.Raised,
                    alarm.Acknowledged,
                    alarm.Episode is { } id && episodes.TryGetValue(id, out var episode) ? words.On(episode)?.Verdict : null))),
            ],
            streams.ToDictionary(
                stream => stream.Key,
                stream => Math.Max(0, (Earlier(stream.Value.LastSample, to) - Later(stream.Value.FirstSample, from)).TotalDays),
                StringComparer.Ordinal));
    }

    private sealed record Collected(IReadOnlyList<(string Stream, CountedAlarm Alarm)> Alarms, IReadOnlyDictionary<string, double> Days)
    {
        public AlarmFigures Count() => AlarmFigures.Count(Alarms.Select(one => one.Alarm), Days.Values.Sum());

        public Collected Of(string stream) => new(
            [.. Alarms.Where(one => one.Stream == stream)], new Dictionary<string, double>(StringComparer.Ordinal) { [stream] = Days[stream] });
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
