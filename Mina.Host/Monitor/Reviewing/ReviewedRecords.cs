using Mina.Host.Monitor.Store;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Reviewing;

/// <summary>The ECG that is kept of reviewed spans, as WFDB records with the reviews as their annotations.</summary>
internal static class ReviewedRecords
{
    // So that a window may begin a little before a span, and filters have something to look at.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    // The log is read in parts, so that a span of days does not come into memory at once.
    private static readonly TimeSpan LongestRecord = TimeSpan.FromHours(1);

    /// <summary>
    /// A zip of records: what the log still has of the spans, and of what it no longer has, the strips of episodes. A span of which nothing is
    /// kept has no record.
    /// </summary>
    /// <exception cref="StoreException">The store or the log cannot be read.</exception>
    public static async Task<byte[]> ZipAsync(IMonitor monitor, string stream, IReadOnlyList<ReviewLabels.Span> spans, CancellationToken cancel)
    {
        using var archive = new WfdbArchive();
        foreach (var (from, to) in Parts(spans))
        {
            var samples = await monitor.SamplesAsync(stream, from, to, cancel).ConfigureAwait(false);
            var strips = await StripsAsync(monitor, stream, from, to, samples, cancel).ConfigureAwait(false);
            foreach (var stretch in samples.Concat(strips))
            {
                var until = EndOf(stretch);
                if (!spans.Any(span => span.Start < until && span.End > stretch.From))
                    continue;
                archive.Add(stream, stretch.From, stretch.Fs, stretch.Millivolts, ReviewLabels.Atr(spans, stretch.From, stretch.Fs, until));
            }
        }

        return archive.ToArray();
    }

    // Spans with their margins, those that touch as one, and none longer than a record may be.
    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Parts(IReadOnlyList<ReviewLabels.Span> spans)
    {
        var joined = new List<(DateTimeOffset From, DateTimeOffset To)>();
        foreach (var span in spans)
        {
            var (from, to) = (span.Start - Margin, span.End + Margin);
            if (joined.Count > 0 && joined[^1].To >= from)
                joined[^1] = (joined[^1].From, to);
            else
                joined.Add((from, to));
        }

        foreach (var (from, to) in joined)
        {
            for (var at = from; at < to; at += LongestRecord)
                yield return (at, at + LongestRecord < to ? at + LongestRecord : to);
        }
    }

    private static async Task<IReadOnlyList<SampleStretch>> StripsAsync(
        IMonitor monitor, string stream, DateTimeOffset from, DateTimeOffset to, IReadOnlyList<SampleStretch> kept, CancellationToken cancel)
    {
        var found = new List<SampleStretch>();
        foreach (var episode in await monitor.EpisodesAsync(stream, from, to, cancel).ConfigureAwait(false))
        {
            foreach (var stretch in (await monitor.StripsAsync(episode, cancel).ConfigureAwait(false)).SelectMany(strip => strip.Stretches))
            {
                if (stretch.From < to && EndOf(stretch) > from && !kept.Concat(found).Any(other => other.From < EndOf(stretch) && EndOf(other) > stretch.From))
                    found.Add(stretch);
            }
        }

        return found;
    }

    private static DateTimeOffset EndOf(SampleStretch stretch) => stretch.From.AddSeconds(stretch.Millivolts.Length / stretch.Fs);
}
