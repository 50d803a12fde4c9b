using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Preprocess;
using Mina.Preprocess.Beats;

namespace Mina.Host.Monitor.Page;

/// <summary>When a stream's heart beat, for moving the ends of a span from beat to beat and for the marks above the ECG.</summary>
internal static class BeatTimes
{
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(30);

    /// <summary>The beats half a minute about a time, in order; none where no ECG is kept of it, or no beats are found in it.</summary>
    /// <param name="monitor">The monitor.</param>
    /// <param name="stream">The stream's name.</param>
    /// <param name="episode">The episode, whose strips are kept longer than the rest; null: none.</param>
    /// <param name="time">The time.</param>
    /// <exception cref="StoreException">The ECG cannot be read.</exception>
    public static async Task<IReadOnlyList<DateTimeOffset>> AboutAsync(IMonitor monitor, string stream, EpisodeStatus? episode, DateTimeOffset time)
    {
        var kept = await monitor.SamplesAsync(stream, time - Around, time + Around);
        if (kept.Count == 0 && episode is not null)
            kept = [.. (await monitor.StripsAsync(episode)).SelectMany(strip => strip.Stretches)];
        return await Task.Run(() => kept.SelectMany(Find).Distinct().Order().ToList());
    }

    /// <summary>The beats between two times, and whether their shape is not the prevailing one.</summary>
    /// <param name="monitor">The monitor.</param>
    /// <param name="stream">The stream's name.</param>
    /// <param name="from">The first time.</param>
    /// <param name="to">The second time.</param>
    /// <param name="isLive">Whether only what is in memory is looked at; else the ECG about the span too, which tells what prevails.</param>
    /// <exception cref="StoreException">The ECG cannot be read.</exception>
    public static async Task<IReadOnlyList<(DateTimeOffset Time, bool IsEctopic)>> BetweenAsync(
        IMonitor monitor, string stream, DateTimeOffset from, DateTimeOffset to, bool isLive)
    {
        var slice = isLive ? monitor.Trace(stream, from, to) : await monitor.TraceAsync(stream, from - Around, to + Around);
        return await Task.Run(() =>
        {
            var found = RecordingBeats.Detect(PreprocessSettings.Default, new Recording("strip", slice.Fs, slice.Millivolts));
            return found.IsOk
                ? [.. found.ResultValue.Select(beat => (Time: slice.From.AddSeconds(beat.Sample / (double)Shapes.Fs), beat.Kind == BeatKind.Ectopic))
                    .Where(beat => beat.Time >= from && beat.Time < to)]
                : (IReadOnlyList<(DateTimeOffset, bool)>)[];
        });
    }

    private static IEnumerable<DateTimeOffset> Find(SampleStretch stretch)
    {
        var found = RecordingBeats.Detect(PreprocessSettings.Default, new Recording("strip", stretch.Fs, stretch.Millivolts));
        return found.IsOk ? found.ResultValue.Select(beat => stretch.From.AddSeconds(beat.Sample / (double)Shapes.Fs)) : [];
    }
}
