using Mina.Host.Monitor;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Preprocess;
using Mina.Preprocess.Beats;

namespace Mina.Host.Reports;

/// <summary>Makes the report of a span of a stream, of what its history and the kept ECG have.</summary>
internal static class StreamReport
{
    /// <summary>The longest span.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Makes the report.</summary>
    /// <param name="monitor">The monitor.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="from">The start of the span, by the device's clock.</param>
    /// <param name="to">Its end, at most 24 h later.</param>
    /// <param name="offset">The offset from UTC at which times are shown.</param>
    /// <param name="facts">By what and how it was made.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="StoreException">The store or the log cannot be read.</exception>
    public static async Task<HolterReport> MakeAsync(
        IMonitor monitor,
        StreamStatus stream,
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan offset,
        IReadOnlyList<KeyValuePair<string, string>> facts,
        CancellationToken cancel = default)
    {
        var overlapping = await monitor.EpisodesAsync(stream.Name, from, to, cancel).ConfigureAwait(false);
        var words = EpisodeWords.Of(await monitor.ReviewsAsync(stream.Name, cancel).ConfigureAwait(false));
        var (beats, ectopic) = await BeatsAsync(monitor, stream.Name, from, to, cancel).ConfigureAwait(false);
        var source = new HolterSource(
            stream.Name,
            from,
            to,
            stream.Fs,
            await monitor.VerdictsAsync(stream.Name, from, to, cancel).ConfigureAwait(false),
            overlapping)
        {
            IsStream = true,
            Offset = offset,
            Beats = beats,
            Ectopic = ectopic,
            Words = overlapping.Select(episode => (episode.Id, Word: words.On(episode))).Where(one => one.Word is not null)
                .ToDictionary(one => one.Id, one => one.Word!, StringComparer.Ordinal),
        };
        var stored = source.Episodes.MaxBy(episode => episode.End - episode.Start) is { } longest
            ? (await monitor.StripsAsync(longest, cancel).ConfigureAwait(false)).SelectMany(strip => strip.Stretches).ToList() : [];
        var strips = new List<ReportStrip>();
        foreach (var (title, about, start) in HolterStrips.Choose(source))
        {
            var kept = await monitor.SamplesAsync(stream.Name, start, start + HolterReport.StripSpan, cancel).ConfigureAwait(false);
            var found = (kept.Count > 0 ? kept : Cut(stored, start)).MaxBy(stretch => stretch.Millivolts.Length);
            if (found is not null)
                strips.Add(new ReportStrip(title, about, found));
        }

        return HolterReport.Make(source, strips, facts);
    }

    // An hour at a time, so that memory does not grow with the span.
    private static async Task<(int Beats, IReadOnlyList<DateTimeOffset> Ectopic)> BeatsAsync(
        IMonitor monitor, string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var (beats, ectopic) = (0, new List<DateTimeOffset>());
        for (var start = from; start < to; start += Hour)
        {
            foreach (var stretch in await monitor.SamplesAsync(stream, start, start + Hour < to ? start + Hour : to, cancel).ConfigureAwait(false))
            {
                var recording = new Recording(stream, stretch.Fs, stretch.Millivolts);
                var found = await Task.Run(() => RecordingBeats.Detect(PreprocessSettings.Default, recording), cancel).ConfigureAwait(false);
                if (!found.IsOk)
                    continue;
                beats += found.ResultValue.Length;
                ectopic.AddRange(found.ResultValue.Where(beat => beat.Kind == BeatKind.Ectopic)
                    .Select(beat => stretch.From.AddSeconds(beat.Sample / (double)Shapes.Fs)));
            }
        }

        return (beats, ectopic);
    }

    private static IReadOnlyList<SampleStretch> Cut(IEnumerable<SampleStretch> stretches, DateTimeOffset from) =>
    [
        .. stretches.Select(stretch =>
        {
            var first = (int)Math.Clamp((from - stretch.From).TotalSeconds * stretch.Fs, 0, stretch.Millivolts.Length);
            var end = (int)Math.Clamp((from + HolterReport.StripSpan - stretch.From).TotalSeconds * stretch.Fs, first, stretch.Millivolts.Length);
            return new SampleStretch(stretch.From.AddSeconds(first / stretch.Fs), stretch.Fs, stretch.Millivolts[first..end]);
        }).Where(stretch => stretch.Millivolts.Length > 0),
    ];
}
