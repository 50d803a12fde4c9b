using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Reviewing;
using Mina.Model;

namespace Mina.Host.Monitor.Store.Memory;

/// <summary>Keeps everything in memory, and forgets it with the process: for trials, and for tests.</summary>
public sealed class MemoryStore : IMonitorStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredStream> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<DateTimeOffset, StoredVerdict>> _verdicts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (EpisodeStatus Episode, DateTimeOffset Seen)> _episodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AlarmStatus> _alarms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StripKinds> _looked = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Episode, StripKinds Kind), Strip> _strips = [];
    private readonly SortedDictionary<(DateTimeOffset Made, string Stream), ReviewStatus> _reviews = [];
    private readonly SortedDictionary<DateTimeOffset, AuditEntry> _audit = [];
    private readonly SortedDictionary<string, Bed> _beds = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, INotice> _notices = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<StoredMonitor> OpenAsync(CancellationToken cancel = default)
    {
        lock (_gate)
        {
            return Task.FromResult(new StoredMonitor(
                [.. _streams.Values],
                [.. _episodes.Values.Select(kept => kept.Episode).Where(episode => episode.Open).OrderBy(episode => episode.Start)],
                [.. InOrder(_alarms.Values.Where(alarm => alarm.Cleared is null))],
                [.. InOrder(_alarms.Values.Where(alarm => alarm.IsLatched))],
                [.. _notices.Values])
            {
                Beds = [.. _beds.Values],
            });
        }
    }

    /// <inheritdoc/>
    public Task WriteAsync(StoreChanges changes, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            foreach (var name in changes.Removed)
                _streams.Remove(name);
            foreach (var stream in changes.Streams)
            {
                _streams[stream.Name] = stream with
                {
                    Origin = StoreTime.Truncate(stream.Origin),
                    LastSample = StoreTime.Truncate(stream.LastSample),
                    Seen = StoreTime.Truncate(stream.Seen),
                };
            }

            foreach (var verdict in changes.Verdicts)
                Put(verdict);
            foreach (var (episode, seen) in changes.Episodes)
                Put(episode, seen);
            foreach (var strip in changes.Strips)
                Put(strip);
            foreach (var alarm in changes.Alarms)
                Put(alarm);
            foreach (var review in changes.Reviews)
                Put(review);
            foreach (var entry in changes.Audit)
                _audit.TryAdd(entry.At, entry);
            foreach (var bed in changes.Beds)
                _beds[bed.Name] = bed;
            foreach (var (id, notice) in changes.Notices)
            {
                if (notice is null)
                    _notices.Remove(id);
                else
                    _notices.TryAdd(id, notice);
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<WindowStatus>>(_verdicts.TryGetValue(stream, out var found)
                ? [.. found.Values.Select(verdict => verdict.Window).Where(window => window.Start >= from && window.Start < to)]
                : []);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<EpisodeStatus>> EpisodesAsync(string? stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<EpisodeStatus>>(
            [
                .. _episodes.Values.Select(kept => kept.Episode)
                    .Where(episode => (stream is null || episode.Stream == stream) && episode.Start < to && episode.End > from)
                    .OrderBy(episode => episode.Start)
                    .ThenBy(episode => episode.Stream, StringComparer.Ordinal),
            ]);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlarmStatus>> AlarmsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<AlarmStatus>>([.. InOrder(_alarms.Values.Where(alarm => alarm.Raised >= from && alarm.Raised < to))]);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReviewStatus>> ReviewsAsync(string? stream, CancellationToken cancel = default)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<ReviewStatus>>([.. _reviews.Values.Where(review => stream is null || review.Stream == stream)]);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> AuditAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<AuditEntry>>([.. _audit.Values.Where(entry => entry.At >= from && entry.At < to)]);
    }

    /// <inheritdoc/>
    public Task<bool> ForgetAuditAsync(DateTimeOffset before, int max, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            foreach (var at in _audit.Keys.TakeWhile(at => at < before).ToList())
                _audit.Remove(at);
            return Task.FromResult(false);
        }
    }

    /// <inheritdoc/>
    public Task<bool> ForgetAsync(DateTimeOffset before, int max, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            foreach (var verdicts in _verdicts.Values)
            {
                foreach (var gone in verdicts.Values.Where(verdict => verdict.Seen < before).ToList())
                    verdicts.Remove(gone.Window.Start);
            }

            foreach (var (id, _) in _episodes.Where(kept => !kept.Value.Episode.Open && kept.Value.Seen < before).ToList())
            {
                _episodes.Remove(id);
                _looked.Remove(id);
                foreach (var kind in Enum.GetValues<StripKinds>())
                    _strips.Remove((id, kind));
            }

            foreach (
                var (id, _) in _alarms.Where(
                    kept => kept.Value.Cleared < before || (kept.Value is { Cleared: null, Kind: AlarmKind.Stale } && kept.Value.Raised < before)).ToList())
                _alarms.Remove(id);
            foreach (var (key, _) in _reviews.Where(kept => kept.Key.Made < before && !IsNeeded(kept.Value)).ToList())
                _reviews.Remove(key);
            foreach (var (name, _) in _beds.Where(bed => bed.Value.Discharged < before).ToList())
                _beds.Remove(name);
            foreach (var (name, _) in _streams.Where(kept => kept.Value.Seen < before && !IsBusy(kept.Key)).ToList())
                _streams.Remove(name);
            return Task.FromResult(false);
        }
    }

    /// <inheritdoc/>
    public Task<bool> PackAsync(CancellationToken cancel = default) => Task.FromResult(false);

    /// <inheritdoc/>
    public Task<IReadOnlyList<(EpisodeStatus Episode, StripKinds Kept)>> WithoutStripsAsync(int max, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<(EpisodeStatus, StripKinds)>>(
            [
                .. _episodes.Values.Select(kept => (kept.Episode, Kept: _looked.GetValueOrDefault(kept.Episode.Id)))
                    .Where(one => one.Kept != StripKinds.All && !(one.Episode.Open && one.Kept.HasFlag(StripKinds.Onset)))
                   .OrderBy(one => one.Episode.Start).Take(max),
            ]);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Strip>> StripsAsync(string stream, DateTimeOffset episode, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<Strip>>(
                [.. _strips.Values.Where(strip => strip.Stream == stream && strip.Episode == episode).OrderBy(strip => strip.Kind)]);
        }
    }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancel = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<AlarmStatus> InOrder(IEnumerable<AlarmStatus> alarms) =>
        alarms.OrderBy(alarm => alarm.Raised).ThenBy(alarm => alarm.Stream, StringComparer.Ordinal)
            .ThenBy(alarm => alarm.Kind.ToString(), StringComparer.Ordinal);

    private bool IsBusy(string stream) =>
        _episodes.Values.Any(kept => kept.Episode.Open && kept.Episode.Stream == stream)
        || _alarms.Values.Any(alarm => alarm.Cleared is null && alarm.Stream == stream);

    // As long as an episode that it is about; and never less long than what it replaces, which would count again.
    private bool IsNeeded(ReviewStatus review) =>
        _episodes.Values.Any(kept => kept.Episode.Stream == review.Stream
            && (kept.Episode.Start == review.Onset || (kept.Episode.Start < review.End && kept.Episode.End > review.Start)))
        || (review.ReplacedMade is { } replaced && _reviews.ContainsKey((replaced, review.Stream)));

    private void Put(ReviewStatus review)
    {
        review = review with
        {
            Made = StoreTime.Truncate(review.Made),
            Start = StoreTime.Truncate(review.Start),
            End = StoreTime.Truncate(review.End),
            ReplacedMade = Truncate(review.ReplacedMade),
            Onset = Truncate(review.Onset),
        };
        _reviews.TryAdd((review.Made, review.Stream), review);
    }

    private void Put(StoredVerdict verdict)
    {
        if (!_verdicts.TryGetValue(verdict.Stream, out var verdicts))
            _verdicts[verdict.Stream] = verdicts = [];
        var start = StoreTime.Truncate(verdict.Window.Start);
        verdicts[start] = verdict with { Window = verdict.Window with { Start = start } };
    }

    private void Put(EpisodeStatus episode, DateTimeOffset seen)
    {
        if (episode.Open)
        {
            foreach (
                var (id, kept) in _episodes.Where(
                    kept => kept.Value.Episode.Open && kept.Value.Episode.Stream == episode.Stream && kept.Key != episode.Id).ToList())
                _episodes[id] = (kept.Episode with { Open = false }, kept.Seen);
        }

        _episodes[episode.Id] = (episode with { Start = StoreTime.Truncate(episode.Start), End = StoreTime.Truncate(episode.End) }, seen);
    }

    private void Put(Strip strip)
    {
        var (episode, id) = (StoreTime.Truncate(strip.Episode), Identity.ForEpisode(strip.Stream, strip.Episode));
        if (!_episodes.ContainsKey(id))
            return;
        _looked[id] = _looked.GetValueOrDefault(id) | strip.Kind;
        if (strip.Stretches.Count > 0)
            _strips[(id, strip.Kind)] = strip with { Episode = episode };
    }

    private void Put(AlarmStatus alarm)
    {
        alarm = alarm with
        {
            Raised = StoreTime.Truncate(alarm.Raised),
            Acknowledged = Truncate(alarm.Acknowledged),
            Cleared = alarm.Cleared < alarm.Raised ? StoreTime.Truncate(alarm.Raised) : Truncate(alarm.Cleared),
            Signal = Truncate(alarm.Signal),
            Onset = Truncate(alarm.Onset),
            Escalated = Truncate(alarm.Escalated),
        };
        // What a person saw, and that the cause went away, stays true whoever writes the alarm again.
        if (_alarms.TryGetValue(alarm.Id, out var before))
        {
            alarm = alarm with
            {
                Acknowledged = alarm.Acknowledged ?? before.Acknowledged,
                AcknowledgedBy = alarm.AcknowledgedBy ?? before.AcknowledgedBy,
                Cleared = StoreTime.Earlier(alarm.Cleared, before.Cleared),
                Signal = alarm.Signal ?? before.Signal,
                Onset = alarm.Onset ?? before.Onset,
                Escalated = alarm.Escalated ?? before.Escalated,
            };
        }

        foreach (var kept in _alarms.Values.Where(kept => kept.Stream == alarm.Stream && kept.Kind == alarm.Kind).ToList())
        {
            // One that is over ended no later than the next of its kind was raised, and one that is open ends when a newer one is open.
            if (kept.Raised > alarm.Raised && (kept.Cleared is null || alarm.Cleared is not null))
                alarm = alarm with { Cleared = StoreTime.Earlier(alarm.Cleared, kept.Raised) };
            else if (kept.Raised < alarm.Raised && (kept.Cleared is not null || alarm.Cleared is null))
                _alarms[kept.Id] = kept with { Cleared = StoreTime.Earlier(kept.Cleared, alarm.Raised) };
        }

        _alarms[alarm.Id] = alarm;
    }

    private static DateTimeOffset? Truncate(DateTimeOffset? time) => time is { } known ? StoreTime.Truncate(known) : null;
}
