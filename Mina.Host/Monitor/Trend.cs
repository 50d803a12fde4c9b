namespace Mina.Host.Monitor;

/// <summary>A step of a trend.</summary>
/// <param name="Start">The start of the step.</param>
/// <param name="HeartRate">Mean of its windows, beats a minute; null when no window has one.</param>
/// <param name="MinHeartRate">The lowest of its windows.</param>
/// <param name="MaxHeartRate">The highest of its windows.</param>
/// <param name="ClassifiableSeconds">How much of the step was classified.</param>
/// <param name="AFSeconds">How much of the step lies in AF episodes.</param>
/// <param name="Burden">AF seconds over classifiable seconds, 0 to 1; null while nothing was classified.</param>
public sealed record TrendStep(
    DateTimeOffset Start,
    double? HeartRate,
    double? MinHeartRate,
    double? MaxHeartRate,
    double ClassifiableSeconds,
    double AFSeconds,
    double? Burden);

/// <summary>Heart rate and AF burden over time, made of the verdicts and episodes that are stored: nothing else has to be kept for it.</summary>
public static class Trend
{
    // A window speaks for the time until the next one starts, so that overlapping windows count no second twice; the last one of a stretch
    // for its stride.
    private static readonly TimeSpan Stride = TimeSpan.FromSeconds(5.0 / 3);

    /// <summary>Computes a trend.</summary>
    /// <param name="from">Start of the first step.</param>
    /// <param name="to">End of the last step, which may be cut short.</param>
    /// <param name="step">Length of a step.</param>
    /// <param name="windows">The verdicts of one stream that start between the two times, in order of time.</param>
    /// <param name="episodes">Its episodes that overlap them, which do not overlap each other.</param>
    public static IReadOnlyList<TrendStep> Compute(
        DateTimeOffset from, DateTimeOffset to, TimeSpan step, IReadOnlyList<WindowStatus> windows, IReadOnlyList<EpisodeStatus> episodes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        var steps = new List<TrendStep>();
        var next = 0;
        for (var start = from; start < to; start += step)
        {
            var end = start + step < to ? start + step : to;
            var (classified, rates) = (TimeSpan.Zero, new List<double>());
            for (; next < windows.Count && windows[next].Start < end; next++)
            {
                var window = windows[next];
                if (window.Probability is null)
                    continue;
                var until = next + 1 < windows.Count && windows[next + 1].Start - window.Start < Stride ? windows[next + 1].Start : window.Start + Stride;
                classified += (until < end ? until : end) - window.Start;
                if (window.HeartRate is { } rate)
                    rates.Add(rate);
            }

            var af = episodes.Sum(episode => Math.Max(0, (Min(episode.End, end) - Max(episode.Start, start)).TotalSeconds));
            var seconds = classified.TotalSeconds;
            steps.Add(new TrendStep(
                start,
                rates.Count > 0 ? Math.Round(rates.Average(), 1) : null,
                rates.Count > 0 ? rates.Min() : null,
                rates.Count > 0 ? rates.Max() : null,
                seconds,
                af,
                seconds > 0 ? Math.Min(1, af / seconds) : null));
        }

        return steps;
    }

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
