using Mina.Host.Monitor.Store;
using Mina.Model;

namespace Mina.Host.Monitor.Streams;

/// <summary>What the page, the API and the store see of a stream's value.</summary>
internal static class StreamStatuses
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds((double)Preprocess.Shapes.Window / Preprocess.Shapes.Fs);

    /// <summary>A stream on the wall, at an instant of the server's clock.</summary>
    /// <param name="name">The stream's name.</param>
    /// <param name="stream">Where it stands.</param>
    /// <param name="rules">Its rules.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="failure">Why no stream gets verdicts; null: they do.</param>
    public static StreamStatus StatusOf(string name, StreamValue stream, StreamRules rules, DateTimeOffset now, string? failure)
    {
        var (state, reason) = StreamStates.At(rules, stream, now);
        if (failure is not null && state != StreamState.Stale)
            (state, reason) = (StreamState.NotMonitored, failure);
        var current = state is StreamState.Normal or StreamState.AF or StreamState.PossibleAF && stream.Last.IsValueSome ? stream.Last.Value : null;
        var until = UntilOf(stream) ?? DateTimeOffset.MinValue;
        return new StreamStatus(
            name,
            state,
            reason,
            current?.Verdict.Probability,
            stream.Recent,
            Episodes.Burden(stream.Episodes),
            current?.HeartRate,
            stream.Cutter.Fs,
            stream.Cutter.Session?.Start ?? stream.Origin ?? until,
            until)
        {
            RhythmProbability = current is null ? null : stream.RhythmProbability,
            BurdenSince = stream.Origin,
        };
    }

    /// <summary>What is stored of a stream, so that a monitor without its log goes on from there; null before its first window.</summary>
    public static StoredStream? StoredOf(string name, StreamValue stream) => stream.Origin is { } origin
        ? new StoredStream(name, origin, stream.LastStart, stream.Cutter.Fs, origin.AddSeconds(stream.LastStart) + Window, stream.Arrived, stream.Episodes)
        : null;

    /// <summary>An episode as the store has it.</summary>
    public static EpisodeStatus EpisodeOf(string name, StreamEpisode episode)
    {
        var start = StoreTime.Truncate(episode.Start);
        return new EpisodeStatus(
            name,
            start,
            episode.End > start ? episode.End : start,
            episode.Kind != EpisodeEventKind.Closed,
            Math.Clamp(episode.MeanProbability, 0, 1));
    }

    /// <summary>An alarm as the store has it.</summary>
    /// <param name="name">The stream's name.</param>
    /// <param name="alarm">As it stands.</param>
    /// <param name="cleared">When its cause went away; null: it has not.</param>
    public static AlarmStatus AlarmOf(string name, ActiveAlarm alarm, DateTimeOffset? cleared = null) =>
        new(name, alarm.Kind, StoreTime.Truncate(alarm.Raised), alarm.Acknowledged, alarm.By, cleared, alarm.Signal)
        {
            Onset = alarm.Onset is { } onset ? StoreTime.Truncate(onset) : null,
        };

    /// <summary>What a store that lost its content is to hold: all that is known of a stream now.</summary>
    /// <param name="changes">Receive it.</param>
    /// <param name="name">The stream's name.</param>
    /// <param name="stream">Where it stands.</param>
    /// <param name="isHeld">Whether an alarm is one that nobody is to know of now.</param>
    public static void Put(StoreChanges changes, string name, StreamValue stream, Func<AlarmStatus, bool> isHeld)
    {
        if (StoredOf(name, stream) is { } stored)
            changes.Put(stored);
        if (stream.Open.IsValueSome)
            changes.Put(EpisodeOf(name, stream.Open.Value), stream.Arrived);
        foreach (var alarm in stream.Alarms.Active.Select(active => AlarmOf(name, active)).Where(alarm => !isHeld(alarm)))
            changes.Put(alarm);
    }

    /// <summary>Whether nothing of a stream is of a time since, and nothing goes on but that it has stopped.</summary>
    public static bool IsOver(StreamValue stream, DateTimeOffset since) =>
        stream.Open.IsValueNone && stream.Arrived < since && stream.Pending.Length == 0
        && Array.TrueForAll(stream.Alarms.Active, alarm => alarm.Kind == AlarmKind.Stale);

    /// <summary>A stream of which a history alone is known, from a run or a version before.</summary>
    public static StreamValue Restore(StoredStream? stored, EpisodeStatus? open, IEnumerable<AlarmStatus> alarms, DateTimeOffset now) => StreamFold.GoOn(
        now,
        stored is null ? Preprocess.Streams.StreamCutter.Start : Preprocess.Streams.StreamCutter.GoOn(stored.Origin, stored.LastStart, stored.Fs),
        stored?.LastStart,
        stored?.Episodes ?? Episodes.Start,
        open is null
            ? Microsoft.FSharp.Core.FSharpValueOption<StreamEpisode>.None
            : Microsoft.FSharp.Core.FSharpValueOption<StreamEpisode>.Some(
                new StreamEpisode(EpisodeEventKind.Extended, open.Start, open.End, open.MeanProbability)),
        // Whatever a store holds, one alarm of a kind is open.
        [
            .. alarms.GroupBy(alarm => alarm.Kind).Select(kind => kind.MaxBy(alarm => alarm.Raised)!)
                .Select(alarm => new ActiveAlarm(alarm.Kind, alarm.Raised, alarm.Acknowledged, alarm.AcknowledgedBy, alarm.Signal, alarm.Onset)),
        ]);

    private static DateTimeOffset? UntilOf(StreamValue stream) =>
        stream.Cutter.Session?.Until ?? stream.Origin?.AddSeconds(stream.LastStart).Add(Window);
}
