using Mina.Host.Classification;
using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Streams;

/// <summary>What becomes of a stream's state: by a verdict, by time, by a person. Pure: the next state, and what to store and to tell.</summary>
/// <param name="rules">What makes an episode.</param>
/// <param name="threshold">A window is AF from this probability on.</param>
internal sealed class BookRules(EpisodeRules rules, double threshold)
{
    private const int MaxRecent = 60;

    /// <summary>A window is AF from this probability on.</summary>
    public double Threshold => threshold;

    /// <summary>Seconds that an episode lasts at least.</summary>
    public double MinimumSeconds => rules.MinimumSeconds;

    /// <summary>Takes a verdict. One that was taken before changes nothing.</summary>
    /// <exception cref="ArgumentException">The probability lies outside 0 to 1, so that this is no verdict.</exception>
    public BookState Take(BookState state, LiveVerdict verdict, double fs, DateTimeOffset now, BookOutput output)
    {
        var window = verdict.Window;
        if (state.Origin == window.Origin && state.LastStart >= window.StartSeconds)
            return state;
        var ends = window.Start.AddSeconds(rules.WindowSeconds);
        if (state.Origin != window.Origin)
        {
            state = Finish(state, null, now, output);
            state = state with { Origin = window.Origin, Episodes = Episodes.Start };
        }

        double? probability = verdict.Probability;
        var (next, events) = Episodes.Step(rules, state.Episodes, new Verdict(window.StartSeconds, probability, window.Fault));
        state = state with
        {
            Last = verdict,
            LastStart = window.StartSeconds,
            Fs = fs,
            LastSample = ends,
            Seen = now,
            Finished = false,
            Fault = null,
            Recent = [.. state.Recent.Skip(state.Recent.Count < MaxRecent ? 0 : 1), verdict.Probability],
            Episodes = next,
        };
        output.Changes.Put(new StoredVerdict(
            state.Name, new WindowStatus(
                window.Start,
                probability,
                FindingNames.NameOf(Findings.At(threshold, probability)),
                WindowFaults.WordsOf(window.Fault)), now));
        state = Apply(state, events, now, output);
        state = Observe(state, AlarmKind.AF, state.Open is not null, ends, now, output);
        if (window.Fault != WindowFault.Gap)
            state = Observe(state, AlarmKind.LeadOff, window.Fault == WindowFault.LeadOff, ends, now, output);
        state = Observe(state, AlarmKind.Stale, false, ends, now, output);
        state = Observe(state, AlarmKind.NotMonitored, false, ends, now, output);
        return Keep(state, output);
    }

    /// <summary>The cause of an alarm is there, or is not.</summary>
    /// <param name="state">Before.</param>
    /// <param name="kind">Which alarm.</param>
    /// <param name="present">Whether its cause is there.</param>
    /// <param name="signal">The time of the signal at which that was seen; null: there is none.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="output">What to store and to tell.</param>
    public BookState Observe(BookState state, AlarmKind kind, bool present, DateTimeOffset? signal, DateTimeOffset now, BookOutput output)
    {
        var (_, events) = Alarms.Observe(AlarmsOf(state), kind, present, now);
        foreach (var e in events)
        {
            var alarm = e.Kind == AlarmEventKind.Raised
                ? new AlarmStatus(state.Name, kind, StoreTime.Truncate(e.At), null, null, null, signal)
                : state.Alarms.First(active => active.Kind == kind) with { Cleared = e.At };
            state = state with { Alarms = [.. state.Alarms.Where(active => active.Kind != kind), .. e.Kind == AlarmEventKind.Raised ? new[] { alarm } : []] };
            output.Tell(e.Kind, alarm);
        }

        return state;
    }

    /// <summary>The stream has stopped for good, or for long: settles what waits and closes the open episode.</summary>
    /// <param name="state">Before.</param>
    /// <param name="until">Where its samples end; null: not known.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="output">What to store and to tell.</param>
    public BookState Close(BookState state, DateTimeOffset? until, DateTimeOffset now, BookOutput output)
    {
        if (!state.Finished && state.Origin is null && state.Open is { } orphan)
        {
            // An episode of a stream whose state was not kept: nothing goes on with it.
            output.Changes.Put(orphan with { Open = false }, now);
            state = state with { Open = null, Finished = true };
            return Observe(state, AlarmKind.AF, false, null, now, output);
        }

        return state.Finished || state.Origin is null ? state : Keep(Finish(state, until, now, output), output);
    }

    /// <summary>A person has seen an alarm.</summary>
    /// <returns>The next state; the same where there is no such alarm, or it was acknowledged before.</returns>
    public BookState Acknowledge(BookState state, string id, string by, DateTimeOffset now, BookOutput output)
    {
        if (state.Alarms.FirstOrDefault(alarm => alarm.Id == id) is not { } found)
            return state;
        var (_, events) = Alarms.Acknowledge(AlarmsOf(state), found.Kind, now);
        if (events.Length == 0)
            return state;
        var seen = found with { Acknowledged = events[0].At, AcknowledgedBy = by };
        output.Tell(AlarmEventKind.Acknowledged, seen);
        return state with { Alarms = [.. state.Alarms.Select(alarm => alarm.Id == id ? seen : alarm)] };
    }

    private static AlarmState AlarmsOf(BookState state) =>
        new([.. state.Alarms.Select(alarm => new ActiveAlarm(alarm.Kind, alarm.Raised, alarm.Acknowledged))]);

    private static BookState Keep(BookState state, BookOutput output)
    {
        if (state.ToStored() is { } stored)
            output.Changes.Put(stored);
        return state;
    }

    private BookState Finish(BookState state, DateTimeOffset? until, DateTimeOffset now, BookOutput output)
    {
        if (state.Origin is not { } origin || state.LastStart is not { } last)
            return state;
        // As in a file, the last window speaks for a rest that is shorter than a stride.
        var (ends, rest) = (last + rules.WindowSeconds, (until - origin)?.TotalSeconds);
        var (next, events) = Episodes.Finish(rules, state.Episodes, rest > ends && rest < ends + rules.StrideSeconds ? rest.Value : ends);
        state = Apply(state with { Episodes = next, Finished = true }, events, now, output);
        return Observe(state, AlarmKind.AF, state.Open is not null, origin.AddSeconds(ends), now, output);
    }

    private static BookState Apply(BookState state, EpisodeEvent[] events, DateTimeOffset now, BookOutput output)
    {
        foreach (var e in events)
        {
            var origin = state.Origin!.Value;
            // While it goes on, an episode keeps the start that its id is made of.
            var start = state.Open?.Start ?? StoreTime.Truncate(origin.AddSeconds(e.Episode.StartSeconds));
            var end = origin.AddSeconds(e.Episode.EndSeconds);
            var episode = new EpisodeStatus(
                state.Name,
                start,
                end > start ? end : start,
                e.Kind != EpisodeEventKind.Closed,
                Math.Clamp(e.Episode.MeanProbability, 0, 1));
            state = state with { Open = episode.Open ? episode : null };
            output.Changes.Put(episode, now);
        }

        return state;
    }
}

/// <summary>What comes out when a stream's state changes: what to store, and what to tell of alarms.</summary>
internal sealed class BookOutput
{
    private readonly List<AlarmNotice> _notices = [];

    /// <summary>What to store.</summary>
    public StoreChanges Changes { get; } = new();

    /// <summary>What to tell, in order.</summary>
    public IReadOnlyList<AlarmNotice> Notices => _notices;

    /// <summary>Something happened to an alarm, which stands as given now.</summary>
    public void Tell(AlarmEventKind kind, AlarmStatus alarm)
    {
        Changes.Put(alarm);
        _notices.Add(new AlarmNotice(kind, alarm));
    }

    /// <summary>Keeps notices in the store until a receiver has taken them.</summary>
    public void KeepNotices()
    {
        foreach (var notice in _notices)
            Changes.Put(notice);
    }

    /// <summary>Adds what came out of something else.</summary>
    public void Add(BookOutput other)
    {
        Changes.Add(other.Changes);
        _notices.AddRange(other._notices);
    }
}
