using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Reviewing;
using Mina.Model;

namespace Mina.Host.Monitor.Store;

/// <summary>What a stream goes on from after a restart.</summary>
/// <param name="Name">Its id.</param>
/// <param name="Origin">What its seconds count from.</param>
/// <param name="LastStart">Start of its last window, in seconds from the origin; null: there was none.</param>
/// <param name="Fs">The device's sampling frequency in Hz.</param>
/// <param name="LastSample">End of its last window, by the device's clock.</param>
/// <param name="Seen">When its last window came, by the server's clock.</param>
/// <param name="Episodes">The episode rules' state.</param>
public sealed record StoredStream(
    string Name,
    DateTimeOffset Origin,
    double? LastStart,
    double Fs,
    DateTimeOffset LastSample,
    DateTimeOffset Seen,
    EpisodeState Episodes);

/// <summary>A window's verdict as it is stored.</summary>
/// <param name="Stream">The stream it is of.</param>
/// <param name="Window">The window.</param>
/// <param name="Seen">When it came, by the server's clock.</param>
public readonly record struct StoredVerdict(string Stream, WindowStatus Window, DateTimeOffset Seen);

/// <summary>
/// What changed, to be written whole or not at all. Of each stream, episode and alarm only its last state is kept, so that changes that
/// wait for a store take room for what there is, not for how long it takes; verdicts alone add up.
/// </summary>
public sealed class StoreChanges
{
    private readonly Dictionary<string, StoredStream> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (EpisodeStatus Episode, DateTimeOffset Seen)> _episodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AlarmStatus> _alarms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, INotice?> _notices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Bed> _beds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private readonly List<StoredVerdict> _verdicts = [];
    private readonly List<Strip> _strips = [];
    private readonly List<ReviewStatus> _reviews = [];
    private readonly List<AuditEntry> _audit = [];

    /// <summary>Where streams stand now.</summary>
    public IReadOnlyCollection<StoredStream> Streams => _streams.Values;

    /// <summary>Streams of which nothing goes on any more; their history stays.</summary>
    public IReadOnlyCollection<string> Removed => _removed;

    /// <summary>New verdicts, in the order they came.</summary>
    public IReadOnlyList<StoredVerdict> Verdicts => _verdicts;

    /// <summary>Episodes, new or changed, and when, by the server's clock.</summary>
    public IReadOnlyCollection<(EpisodeStatus Episode, DateTimeOffset Seen)> Episodes => _episodes.Values;

    /// <summary>Alarms, new or changed.</summary>
    public IReadOnlyCollection<AlarmStatus> Alarms => _alarms.Values;

    /// <summary>Notices by id that a receiver has yet to take; null: it has taken that one.</summary>
    public IReadOnlyDictionary<string, INotice?> Notices => _notices;

    /// <summary>Strips of ECG; one without samples says that there are none.</summary>
    public IReadOnlyList<Strip> Strips => _strips;

    /// <summary>Reviews, in the order in which they were made.</summary>
    public IReadOnlyList<ReviewStatus> Reviews => _reviews;

    /// <summary>New entries of the audit log.</summary>
    public IReadOnlyList<AuditEntry> Audit => _audit;

    /// <summary>Beds, new or changed.</summary>
    public IReadOnlyCollection<Bed> Beds => _beds.Values;

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty =>
        _streams.Count + _removed.Count + _verdicts.Count + _episodes.Count + _strips.Count + _alarms.Count + _reviews.Count + _notices.Count + _beds.Count
            + _audit.Count == 0;

    /// <summary>Adds where a stream stands.</summary>
    public void Put(StoredStream stream)
    {
        _removed.Remove(stream.Name);
        _streams[stream.Name] = stream;
    }

    /// <summary>A restart no longer goes on with a stream; its verdicts, episodes and alarms stay.</summary>
    public void Remove(string stream)
    {
        _streams.Remove(stream);
        _removed.Add(stream);
    }

    /// <summary>Adds a verdict.</summary>
    public void Put(StoredVerdict verdict) => _verdicts.Add(verdict);

    /// <summary>Adds a strip of an episode that is stored.</summary>
    public void Put(Strip strip) => _strips.Add(strip);

    /// <summary>Adds a review.</summary>
    public void Put(ReviewStatus review) => _reviews.Add(review);

    /// <summary>Adds an episode as it stands.</summary>
    public void Put(EpisodeStatus episode, DateTimeOffset seen) => _episodes[episode.Id] = (episode, seen);

    /// <summary>Adds an alarm as it stands.</summary>
    public void Put(AlarmStatus alarm) => _alarms[alarm.Id] = _alarms.TryGetValue(alarm.Id, out var before)
        ? alarm with
        {
            Acknowledged = alarm.Acknowledged ?? before.Acknowledged,
            AcknowledgedBy = alarm.AcknowledgedBy ?? before.AcknowledgedBy,
            Cleared = StoreTime.Earlier(alarm.Cleared, before.Cleared),
            Onset = alarm.Onset ?? before.Onset,
            Escalated = alarm.Escalated ?? before.Escalated,
        }
        : alarm;

    /// <summary>Adds an entry of the audit log.</summary>
    public void Put(AuditEntry entry) => _audit.Add(entry);

    /// <summary>Adds a bed as it stands.</summary>
    public void Put(Bed bed) => _beds[bed.Name] = bed;

    /// <summary>Adds a notice that a receiver has yet to take.</summary>
    public void Put(INotice notice) => _notices[notice.Id] = notice;

    /// <summary>A receiver has taken a notice.</summary>
    public void Delivered(string notice) => _notices[notice] = null;

    /// <summary>Adds later changes to these.</summary>
    public void Add(StoreChanges later)
    {
        foreach (var name in later._removed)
            Remove(name);
        foreach (var stream in later._streams.Values)
            Put(stream);
        foreach (var (episode, seen) in later._episodes.Values)
            Put(episode, seen);
        foreach (var alarm in later._alarms.Values)
            Put(alarm);
        foreach (var bed in later._beds.Values)
            Put(bed);
        foreach (var (id, notice) in later._notices)
            _notices[id] = notice;
        _verdicts.AddRange(later._verdicts);
        _strips.AddRange(later._strips);
        _reviews.AddRange(later._reviews);
        _audit.AddRange(later._audit);
    }

    /// <summary>Lets go of the oldest verdicts beyond a number.</summary>
    /// <returns>How many were let go.</returns>
    public int KeepNewest(int max)
    {
        var gone = Math.Max(0, _verdicts.Count - max);
        _verdicts.RemoveRange(0, gone);
        return gone;
    }
}
