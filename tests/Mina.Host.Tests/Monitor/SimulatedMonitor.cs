using System.Reactive.Subjects;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Store.Memory;
using Mina.Model;

namespace Mina.Host.Tests.Monitor;

/// <summary>A monitor without devices, store or model: simulated beds in real time. What happens to them, the test says.</summary>
internal sealed class SimulatedMonitor : IMonitor, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SimulatedBed> _beds = [];
    private readonly List<AlarmStatus> _alarms = [];
    private readonly Subject<DateTimeOffset> _changes = new();
    private readonly ReviewBook _reviews;
    private readonly Timer _timer;

    public SimulatedMonitor()
    {
        var store = new MemoryStore();
        _reviews = new ReviewBook(store, changes => store.WriteAsync(changes), TimeProvider.System);
        Beds = new BedBook(changes => store.WriteAsync(changes), TimeProvider.System);
        _timer = new Timer(_ => Tell(), null, 250, 250);
    }

    /// <summary>To the microsecond, as every store keeps times.</summary>
    public static DateTimeOffset Now => StoreTime.Truncate(DateTimeOffset.UtcNow);

    public BedBook? Beds { get; }

    public IObservable<DateTimeOffset> Changes => _changes;

    /// <summary>What is wrong with the monitor itself.</summary>
    public string? Warning { get; set; }

    public IReadOnlyList<StreamStatus> Streams
    {
        get
        {
            lock (_lock)
                return [.. _beds.Values.Select(StatusOf)];
        }
    }

    public IReadOnlyList<AlarmStatus> Alarms
    {
        get
        {
            lock (_lock)
                return [.. _alarms.Where(a => a.Open).OrderByDescending(a => a.Raised)];
        }
    }

    /// <summary>A bed that has been connected for some time.</summary>
    public SimulatedMonitor Connect(string name, TimeSpan since)
    {
        lock (_lock)
            _beds[name] = new SimulatedBed(name, _beds.Count, Now - since);
        return this;
    }

    /// <summary>AF begins, or began some time ago; with its alarm.</summary>
    public SimulatedMonitor Fibrillate(string name, TimeSpan ago = default, TimeSpan? lasting = null)
    {
        lock (_lock)
        {
            var from = Now - ago;
            _beds[name].Fibrillate(from, from + lasting);
            if (lasting is null)
                Raise(name, AlarmKind.AF, from);
        }

        return this;
    }

    /// <summary>The AF of a bed ends, or ended some time ago; its alarm stays when nobody has acknowledged it.</summary>
    public SimulatedMonitor Convert(string name, TimeSpan ago = default)
    {
        lock (_lock)
        {
            _beds[name].Convert(Now - ago);
            var place = _alarms.FindIndex(alarm => alarm.Stream == name && alarm is { Kind: AlarmKind.AF, Cleared: null });
            _alarms[place] = _alarms[place] with { Cleared = Now - ago };
        }

        return this;
    }

    /// <summary>AF began some time ago, and is no episode yet: without an alarm.</summary>
    public SimulatedMonitor Suspect(string name, TimeSpan ago = default)
    {
        lock (_lock)
            _beds[name].Suspect(Now - ago);
        return this;
    }

    /// <summary>The bed's rhythm level has judged the last minute; null: there is no rhythm level.</summary>
    public SimulatedMonitor JudgeMinute(string name, double? probability)
    {
        lock (_lock)
            _beds[name].RhythmProbability = probability;
        return this;
    }

    public SimulatedMonitor TakeLeadOff(string name, TimeSpan ago = default, TimeSpan? lasting = null)
    {
        lock (_lock)
        {
            _beds[name].TakeLeadOff(Now - ago, Now - ago + lasting);
            if (lasting is null)
                Raise(name, AlarmKind.LeadOff, Now - ago);
        }

        return this;
    }

    /// <summary>The AF of a bed is fast.</summary>
    public SimulatedMonitor Race(string name)
    {
        lock (_lock)
        {
            var place = _alarms.FindIndex(alarm => alarm.Stream == name && alarm is { Kind: AlarmKind.AF, Cleared: null });
            _alarms[place] = _alarms[place] with { IsFast = true };
        }

        return this;
    }

    /// <summary>Nobody has acknowledged the AF of a bed in time.</summary>
    public SimulatedMonitor Escalate(string name)
    {
        lock (_lock)
        {
            var place = _alarms.FindIndex(alarm => alarm.Stream == name && alarm is { Kind: AlarmKind.AF, Acknowledged: null });
            _alarms[place] = _alarms[place] with { Escalated = Now };
        }

        return this;
    }

    public SimulatedMonitor Stop(string name, TimeSpan ago = default)
    {
        lock (_lock)
        {
            _beds[name].Stop(Now - ago);
            Raise(name, AlarmKind.Stale, Now - ago);
        }

        return this;
    }

    private StreamStatus StatusOf(SimulatedBed bed) => bed.Status(Now) with { Bed = Beds!.OfStream(bed.Name) };

    public StreamStatus? Find(string stream)
    {
        lock (_lock)
            return _beds.GetValueOrDefault(stream) is { } bed ? StatusOf(bed) : null;
    }

    public TraceSlice Trace(string stream, DateTimeOffset from, DateTimeOffset to)
    {
        lock (_lock)
            return _beds[stream].Trace(from, to, Now);
    }

    public Task<TraceSlice> TraceAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        Task.FromResult(Trace(stream, from, to));

    public Task<IReadOnlyList<SampleStretch>> SamplesAsync(
        string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlyList<SampleStretch>>(
            Trace(stream, from, to) is { } trace ? [new SampleStretch(trace.From, trace.Fs, trace.Millivolts)] : []);

    public Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<WindowStatus>>([.. _beds[stream].Verdicts(from, to, Now)]);
    }

    public Task<IReadOnlyList<EpisodeStatus>> EpisodesAsync(string? stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<EpisodeStatus>>(
            [
                .. from bed in _beds.Values
                   where stream is null || bed.Name == stream
                   from episode in bed.Fibrillations
                   let end = episode.To ?? bed.Last(Now)
                   where episode.From < to && end > @from
                   select new EpisodeStatus(bed.Name, episode.From, end, episode.To is null, 0.92),
            ]);
        }
    }

    public Task<IReadOnlyList<AlarmStatus>> AlarmHistoryAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlyList<AlarmStatus>>([.. _alarms.Where(a => a.Raised >= from && a.Raised < to).OrderBy(a => a.Raised)]);

    public Mina.Model.Streams.StreamRules Rules { get; } = Mina.Model.Streams.StreamRules.At(0.5);

    public Task<IReadOnlyList<Strip>> StripsAsync(EpisodeStatus episode, CancellationToken cancel = default)
    {
        var kept = new List<Strip>();
        foreach (var (kind, middle) in new[] { (StripKinds.Onset, episode.Start), (StripKinds.End, episode.End) })
        {
            var trace = Trace(episode.Stream, middle.AddSeconds(-30), middle.AddSeconds(30));
            if (trace.Millivolts.Length > 0 && !(kind == StripKinds.End && episode.Open))
                kept.Add(new Strip(episode.Stream, episode.Start, kind, [new SampleStretch(trace.From, trace.Fs, trace.Millivolts)]));
        }

        return Task.FromResult<IReadOnlyList<Strip>>(kept);
    }

    public Task<WindowAttention?> ExplainAsync(string stream, DateTimeOffset windowStart, CancellationToken cancel = default)
    {
        var window = Trace(stream, windowStart - TimeSpan.FromSeconds(0.01), windowStart + TimeSpan.FromSeconds(10.1)).Millivolts;
        return Task.FromResult(window.Length < Preprocess.Shapes.Window ? null : MadeUpAttention.Make(windowStart, window));
    }

    public Task<bool> AcknowledgeAsync(string alarm, string by, CancellationToken cancel)
    {
        lock (_lock)
        {
            var place = _alarms.FindIndex(a => a.Id == alarm && a.Acknowledged is null);
            if (place < 0)
                return Task.FromResult(false);
            _alarms[place] = _alarms[place] with { Acknowledged = Now, AcknowledgedBy = by };
        }

        Tell();
        return Task.FromResult(true);
    }

    public int ReviewsMade => _reviews.Made;

    public Task<IReadOnlyList<ReviewStatus>> ReviewsAsync(string? stream, CancellationToken cancel = default) => _reviews.ReadAsync(stream, cancel);

    public Task<ReviewOutcome> ReviewAsync(NewReview review, CancellationToken cancel = default) => _reviews.MakeAsync(review, cancel);

    public Task<StreamRemoval> RemoveAsync(string stream, CancellationToken cancel = default)
    {
        lock (_lock)
        {
            if (!_beds.TryGetValue(stream, out var bed))
                return Task.FromResult(StreamRemoval.NotFound);
            if (bed.Status(Now).State != StreamState.Stale)
                return Task.FromResult(StreamRemoval.Sending);
            _beds.Remove(stream);
            _alarms.RemoveAll(alarm => alarm.Stream == stream && alarm.Kind != AlarmKind.AF);
        }

        Tell();
        return Task.FromResult(StreamRemoval.Removed);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _reviews.Dispose();
        _changes.Dispose();
    }

    private void Raise(string name, AlarmKind kind, DateTimeOffset at) => _alarms.Add(
        new AlarmStatus(name, kind, at, null, null, null, at) { Onset = kind == AlarmKind.AF ? at : null });

    private void Tell()
    {
        try
        {
            _changes.OnNext(Now);
        }
        catch (ObjectDisposedException)
        {
            // The timer's last tick comes when it likes.
        }
    }
}
