using Mina.Host.Classification;
using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor;

/// <summary>What is known of one stream: its last verdicts, its episode rules' state, its alarms. Any thread may read; one at a time changes.</summary>
internal sealed class StreamBook
{
    private const int MostRecent = 60;

    private readonly Lock _gate = new();
    private readonly EpisodeRules _rules;
    private readonly double _threshold;
    private readonly MonitorStore _ids;
    private readonly Dictionary<AlarmCause, AlarmStatus> _active = [];
    private EpisodeState _episodes = Episodes.Start;
    private AlarmState _alarms = AlarmState.None;
    private float?[] _recent = [];
    private EpisodeStatus? _open;
    private DateTimeOffset? _origin;
    private double? _lastStart;
    private double _fs;
    private DateTimeOffset _lastSample;
    private LiveVerdict? _last;
    private bool _finished;

    /// <summary>A stream that is new, or goes on from a run before.</summary>
    /// <param name="name">Its id.</param>
    /// <param name="rules">What makes an episode.</param>
    /// <param name="threshold">A window is AF from this probability on.</param>
    /// <param name="ids">Gives episodes and alarms their ids.</param>
    /// <param name="stored">Where it stood; null: it is new.</param>
    /// <param name="open">Its episode that goes on.</param>
    /// <param name="alarms">Its alarms that are not cleared.</param>
    public StreamBook(string name, EpisodeRules rules, double threshold, MonitorStore ids, StoredStream? stored = null, EpisodeStatus? open = null, IEnumerable<AlarmStatus>? alarms = null)
    {
        Name = name;
        _rules = rules;
        _threshold = threshold;
        _ids = ids;
        if (stored is not null)
            (_origin, _lastStart, _fs, _lastSample, _episodes) = (stored.Origin, stored.LastStart, stored.Fs, stored.LastSample, stored.Episodes);
        _open = open;
        _active = (alarms ?? []).ToDictionary(alarm => (AlarmCause)(int)alarm.Kind);
        _alarms = new AlarmState([.. _active.Values.Select(alarm => new ActiveAlarm((AlarmCause)(int)alarm.Kind, alarm.Raised, alarm.Acknowledged))]);
    }

    /// <summary>The stream's id.</summary>
    public string Name { get; }

    /// <summary>What its seconds count from and its last window's start; null: nothing is known.</summary>
    public (DateTimeOffset Origin, double? LastStart)? Known
    {
        get
        {
            lock (_gate)
                return _origin is { } origin ? (origin, _lastStart) : null;
        }
    }

    /// <summary>Alarms that are not cleared.</summary>
    public IReadOnlyList<AlarmStatus> Alarms
    {
        get
        {
            lock (_gate)
                return [.. _active.Values];
        }
    }

    /// <summary>Whether nothing of it is of a time since, and nothing goes on but that it has stopped.</summary>
    public bool IsOver(DateTimeOffset since)
    {
        lock (_gate)
            return _open is null && _lastSample < since && _active.Keys.All(cause => cause == AlarmCause.Stale);
    }

    /// <summary>Takes a verdict.</summary>
    public void Take(LiveVerdict verdict, double fs, StoreChanges changes, List<AlarmNotice> notices)
    {
        lock (_gate)
        {
            var window = verdict.Window;
            var ends = window.Start.AddSeconds(_rules.WindowSeconds);
            if (_origin is not { } origin || origin != window.Origin)
            {
                Finish(changes, notices);
                (_origin, _episodes) = (window.Origin, Episodes.Start);
            }

            (_last, _lastStart, _fs, _lastSample, _finished) = (verdict, window.StartSeconds, fs, ends, false);
            _recent = [.. _recent.AsSpan(_recent.Length < MostRecent ? 0 : 1), verdict.Probability];
            double? probability = verdict.Probability;
            changes.Verdicts.Add((Name, new WindowStatus(
                window.Start, probability, ClassificationOutput.NameOf(Findings.At(_threshold, probability)), WindowFaults.WordsOf(window.Fault))));
            var (next, events) = Episodes.Step(_rules, _episodes, new Verdict(window.StartSeconds, probability, window.Fault));
            _episodes = next;
            Apply(events, changes);
            Observe(AlarmCause.AF, _open is not null, ends, changes, notices);
            if (window.Fault != WindowFault.Gap)
                Observe(AlarmCause.LeadOff, window.Fault == WindowFault.LeadOff, ends, changes, notices);
            Observe(AlarmCause.Stale, false, ends, changes, notices);
            Keep(changes);
        }
    }

    /// <summary>Says whether the stream has stopped.</summary>
    public void SetStale(bool stale, DateTimeOffset at, StoreChanges changes, List<AlarmNotice> notices)
    {
        lock (_gate)
            Observe(AlarmCause.Stale, stale, at, changes, notices);
    }

    /// <summary>The stream has stopped for good, or for long: settles what waits and closes the open episode.</summary>
    /// <param name="until">Where its samples end; null: not known.</param>
    /// <param name="changes">What to write.</param>
    /// <param name="notices">Whom to tell.</param>
    public void Close(DateTimeOffset? until, StoreChanges changes, List<AlarmNotice> notices)
    {
        lock (_gate)
        {
            if (_finished || _origin is null)
                return;
            Finish(changes, notices, until);
            Keep(changes);
        }
    }

    /// <summary>A person has seen the alarm.</summary>
    /// <returns>False: there is no such alarm, or it was acknowledged.</returns>
    public bool Acknowledge(long alarm, string by, DateTimeOffset at, StoreChanges changes, List<AlarmNotice> notices)
    {
        lock (_gate)
        {
            if (_active.Values.FirstOrDefault(one => one.Id == alarm) is not { } found)
                return false;
            var (next, events) = Model.Alarms.Acknowledge(_alarms, (AlarmCause)(int)found.Kind, at);
            _alarms = next;
            if (events.Length == 0)
                return false;
            Tell(AlarmEventKind.Acknowledged, _active[(AlarmCause)(int)found.Kind] = found with { Acknowledged = at, AcknowledgedBy = by }, changes, notices);
            return true;
        }
    }

    /// <summary>As it is now.</summary>
    public StreamStatus Status(LiveStream? live, bool stale)
    {
        lock (_gate)
        {
            var state = stale || live is null ? StreamState.Stale
                : _last is not { } last ? StreamState.Starting
                : last.Window.Fault != WindowFault.None ? StreamState.Unclassifiable
                : _open is not null ? StreamState.AF
                : last.Probability >= _threshold || _episodes.Run.Active ? StreamState.PossibleAF
                : StreamState.Normal;
            var current = state is StreamState.Normal or StreamState.AF or StreamState.PossibleAF ? _last : null;
            var first = live?.FirstSample ?? _origin ?? _lastSample;
            return new StreamStatus(
                Name,
                state,
                state switch
                {
                    StreamState.Unclassifiable => WindowFaults.WordsOf(_last!.Value.Window.Fault),
                    StreamState.PossibleAF when _rules.MinimumSeconds > 0 => FormattableString.Invariant($"under {_rules.MinimumSeconds:0.#} s"),
                    _ => null,
                },
                current?.Probability,
                _recent,
                Episodes.Burden(_episodes),
                current?.Window.HeartRate,
                live is { Fs: > 0 } ? live.Fs : _fs,
                first,
                live?.Until ?? (_lastSample > first ? _lastSample : first));
        }
    }

    private void Finish(StoreChanges changes, List<AlarmNotice> notices, DateTimeOffset? until = null)
    {
        if (_origin is not { } origin || _lastStart is not { } last)
            return;
        // As in a file, the last window speaks for a rest that is shorter than a stride.
        var (ends, rest) = (last + _rules.WindowSeconds, (until - origin)?.TotalSeconds);
        var (next, events) = Episodes.Finish(_rules, _episodes, rest > ends && rest < ends + _rules.StrideSeconds ? rest.Value : ends);
        _episodes = next;
        _finished = true;
        Apply(events, changes);
        Observe(AlarmCause.AF, _open is not null, origin.AddSeconds(last + _rules.WindowSeconds), changes, notices);
    }

    private void Apply(EpisodeEvent[] events, StoreChanges changes)
    {
        foreach (var e in events)
        {
            var id = _open?.Id ?? _ids.NextEpisode();
            var episode = new EpisodeStatus(
                id, Name, _origin!.Value.AddSeconds(e.Episode.StartSeconds), _origin.Value.AddSeconds(e.Episode.EndSeconds), e.Kind != EpisodeEventKind.Closed, e.Episode.MeanProbability);
            _open = episode.Open ? episode : null;
            changes.Episodes.Add(episode);
        }
    }

    private void Observe(AlarmCause cause, bool present, DateTimeOffset at, StoreChanges changes, List<AlarmNotice> notices)
    {
        var (next, events) = Model.Alarms.Observe(_alarms, cause, present, at);
        _alarms = next;
        foreach (var e in events)
        {
            if (e.Kind == AlarmEventKind.Raised)
            {
                Tell(e.Kind, _active[cause] = new AlarmStatus(_ids.NextAlarm(), Name, (AlarmKind)(int)cause, at, null, null, null), changes, notices);
            }
            else if (_active.Remove(cause, out var alarm))
            {
                Tell(e.Kind, alarm with { Cleared = at }, changes, notices);
            }
        }
    }

    private static void Tell(AlarmEventKind kind, AlarmStatus alarm, StoreChanges changes, List<AlarmNotice> notices)
    {
        changes.Alarms.Add(alarm);
        notices.Add(new AlarmNotice(kind, alarm));
    }

    private void Keep(StoreChanges changes)
    {
        var now = new StoredStream(Name, _origin!.Value, _lastStart, _fs, _lastSample, _episodes);
        var at = changes.Streams.FindIndex(stream => stream.Name == Name);
        if (at < 0)
            changes.Streams.Add(now);
        else
            changes.Streams[at] = now;
    }
}
