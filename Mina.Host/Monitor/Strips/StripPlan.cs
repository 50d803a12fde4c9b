using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Strips;

/// <summary>Which strips of an episode are due, and what they span.</summary>
internal static class StripPlan
{
    private static readonly TimeSpan Beside = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(3);

    /// <summary>The strips that can be taken now.</summary>
    /// <param name="episode">As it is stored.</param>
    /// <param name="kept">What was looked for already.</param>
    /// <param name="reached">Up to when the stream's signal has come.</param>
    public static IEnumerable<StripKinds> Due(EpisodeStatus episode, StripKinds kept, DateTimeOffset reached)
    {
        // A signal that lies before the end of a closed episode went back in time: no more of the episode's will come.
        if (!episode.Open && reached < episode.End)
            reached = DateTimeOffset.MaxValue;
        if (!kept.HasFlag(StripKinds.Onset) && reached - Beside >= episode.Start)
            yield return StripKinds.Onset;
        if (episode.Open || reached - Beside < episode.End)
            yield break;
        if (!kept.HasFlag(StripKinds.End))
            yield return StripKinds.End;
        if (!kept.HasFlag(StripKinds.LeastCertain))
            yield return StripKinds.LeastCertain;
    }

    /// <summary>What a strip of an episode spans; null where the episode is too short to have one.</summary>
    /// <param name="kind">One kind.</param>
    /// <param name="episode">The episode.</param>
    /// <param name="windows">Its verdicts, in order of time; only <see cref="StripKinds.LeastCertain"/> goes by them.</param>
    public static (DateTimeOffset From, DateTimeOffset To)? SpanOf(StripKinds kind, EpisodeStatus episode, IReadOnlyList<WindowStatus> windows) => kind switch
    {
        StripKinds.Onset => Around(episode.Start),
        StripKinds.End => Around(episode.End),
        _ => LeastCertainMinute(episode, windows),
    };

    private static (DateTimeOffset From, DateTimeOffset To)? Around(DateTimeOffset instant) => (instant - Beside, instant + Beside);

    /// <summary>
    /// The minute of a long episode whose windows' probabilities lie nearest to one half on average; null where the episode is shorter than
    /// three minutes or has no minute with a classified window.
    /// </summary>
    /// <param name="episode">Closed.</param>
    /// <param name="windows">Its verdicts, in order of time.</param>
    public static (DateTimeOffset From, DateTimeOffset To)? LeastCertainMinute(EpisodeStatus episode, IReadOnlyList<WindowStatus> windows)
    {
        if (episode.End - episode.Start < Long)
            return null;
        DateTimeOffset? least = null;
        var (best, first, sum, count) = (double.PositiveInfinity, 0, 0.0, 0);
        for (var last = 0; last < windows.Count; last++)
        {
            Add(windows[last], 1);
            for (; windows[last].Start - windows[first].Start > Minute; first++)
                Add(windows[first], -1);
            var from = windows[first].Start;
            if (count == 0 || from + Minute > episode.End || sum / count >= best)
                continue;
            (best, least) = (sum / count, from);
        }

        return least is { } found ? (found, found + Minute) : null;

        void Add(WindowStatus window, int sign)
        {
            if (window.Probability is not { } p)
                return;
            sum += sign * Math.Abs(p - 0.5);
            count += sign;
        }
    }
}
