using System.Collections.Frozen;
using Mina.Host.Monitor.Store;
using Mina.Model;

namespace Mina.Host.Monitor.Beds;

/// <summary>
/// The beds: who lies where is said to it, and it says which alarms a bed does not raise. What streams are judged by is not its affair: a
/// paused bed has verdicts and episodes as always. A stream without a bed is a bed of its own, with no unit and no settings.
/// </summary>
/// <param name="write">Writes changes to the store, or fails with a <see cref="StoreException"/>.</param>
/// <param name="time">The server's clock.</param>
/// <remarks>Any thread. Changes are made one after another, and stored before anybody sees them.</remarks>
public sealed class BedBook(Func<StoreChanges, Task> write, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile Roster _roster = Roster.Of([]);

    /// <summary>All beds, discharged ones too, by unit and name.</summary>
    public IReadOnlyList<BedStatus> All
    {
        get
        {
            var now = time.GetUtcNow();
            return
            [
                .. _roster.ByName.Values.Select(bed => bed.At(now)).OrderBy(bed => bed.Unit is null).ThenBy(bed => bed.Unit, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(bed => bed.Name, StringComparer.OrdinalIgnoreCase),
            ];
        }
    }

    /// <summary>A bed; null where there is none of that name.</summary>
    public BedStatus? Find(string name) => _roster.ByName.GetValueOrDefault(name)?.At(time.GetUtcNow());

    /// <summary>The bed that a stream feeds or, where none has a patient, the last that it fed; null: none.</summary>
    public BedStatus? OfStream(string stream) => _roster.ByStream.GetValueOrDefault(stream)?.At(time.GetUtcNow());

    /// <summary>Begins with what the store has.</summary>
    internal void Begin(IEnumerable<Bed> beds) => _roster = Roster.Of(beds);

    /// <summary>Adds all beds to what a store that lost its content is to hold.</summary>
    internal void Put(StoreChanges changes)
    {
        foreach (var bed in _roster.ByName.Values)
            changes.Put(bed);
    }

    /// <summary>Lets go of beds that the store has forgotten.</summary>
    internal void Forget(DateTimeOffset before)
    {
        if (_roster.ByName.Values.Any(bed => bed.Discharged < before) && _changing.Wait(0))
        {
            _roster = Roster.Of(_roster.ByName.Values.Where(bed => !(bed.Discharged < before)));
            _changing.Release();
        }
    }

    /// <summary>Whether an alarm was raised at a time for which its bed raises none, whether or not that time is over.</summary>
    internal bool Covers(AlarmStatus alarm) => _roster.ByStream.TryGetValue(alarm.Stream, out var bed) && Covers(bed, alarm.Kind, alarm.Raised);

    /// <summary>Whether an alarm is not to be seen now. One of AF that was raised before stays, so that nothing goes unseen.</summary>
    internal bool Hides(AlarmStatus alarm) =>
        _roster.ByStream.TryGetValue(alarm.Stream, out var bed)
        && ((Covers(bed, alarm.Kind, alarm.Raised) && Covers(bed, alarm.Kind, time.GetUtcNow()))
            || (bed.Discharged is not null && !Alarms.Latches(alarm.Kind)));

    /// <summary>A bed has a patient, or something about it is otherwise: its unit, its label, its stream, its settings.</summary>
    /// <exception cref="StoreException">It cannot be stored; nothing has changed.</exception>
    public Task<BedOutcome> AdmitAsync(BedEntry entry, CancellationToken cancel = default) =>
        entry.Fault is { } fault ? Task.FromResult(new BedOutcome(null, BedRefusal.Wrong, fault)) : ChangeAsync(now => Admit(entry, now), cancel);

    /// <summary>A bed raises no alarm until a time. It goes on by itself then.</summary>
    /// <param name="name">The bed.</param>
    /// <param name="reason">Why: 1 to 100 characters.</param>
    /// <param name="until">When the pause ends, within 24 h.</param>
    /// <param name="cancel">Stops waiting for other changes.</param>
    /// <exception cref="StoreException">It cannot be stored; nothing has changed.</exception>
    public Task<BedOutcome> PauseAsync(string name, string reason, DateTimeOffset until, CancellationToken cancel = default) => ChangeAsync(
        now => BedEntry.FindPauseFault(reason, until, now) is { } fault ? (null, BedRefusal.Wrong, fault)
            : Present(name) is not { } bed ? Missing(name)
            : (bed with { Pause = new BedPause(StoreTime.Truncate(now), StoreTime.Truncate(until), reason.Trim()) }, null, null),
        cancel);

    /// <summary>A paused bed goes on before its pause ends.</summary>
    /// <exception cref="StoreException">It cannot be stored; nothing has changed.</exception>
    public Task<BedOutcome> ResumeAsync(string name, CancellationToken cancel = default) => ChangeAsync(
        now => Present(name) is not { } bed ? Missing(name)
            : bed.Pause is { } pause && pause.Holds(now) ? (bed with { Pause = pause with { Until = StoreTime.Truncate(now) } }, null, null)
            : (null, BedRefusal.Conflict, $"bed '{name}' is not paused"),
        cancel);

    /// <summary>A patient leaves: the bed leaves the wall and raises no alarm. Its history stays, and an AF alarm that nobody has acknowledged.</summary>
    /// <exception cref="StoreException">It cannot be stored; nothing has changed.</exception>
    public Task<BedOutcome> DischargeAsync(string name, CancellationToken cancel = default) => ChangeAsync(
        now => Present(name) is not { } bed ? Missing(name) : (bed with { Discharged = StoreTime.Truncate(now) }, null, null),
        cancel);

    /// <inheritdoc/>
    public void Dispose() => _changing.Dispose();

    private static bool Covers(Bed bed, AlarmKind kind, DateTimeOffset at) =>
        at >= bed.Discharged || bed.Pause?.Holds(at) == true || (kind == AlarmKind.AF && at >= bed.AFAlarmOff);

    private static (Bed? Bed, BedRefusal? Refusal, string? Reason) Missing(string name) =>
        (null, BedRefusal.NotFound, $"there is no bed '{name}' with a patient");

    private Bed? Present(string name) => _roster.ByName.GetValueOrDefault(name) is { Discharged: null } bed ? bed : null;

    private (Bed? Bed, BedRefusal? Refusal, string? Reason) Admit(BedEntry entry, DateTimeOffset now)
    {
        var (name, stream) = (entry.Name.Trim(), entry.Feed);
        if (_roster.ByStream.GetValueOrDefault(stream) is { Discharged: null } other && other.Name != name)
            return (null, BedRefusal.Conflict, $"stream '{stream}' feeds bed '{other.Name}'; discharge that bed, or name another stream");
        var before = Present(name);
        var admitted = before ?? new Bed(name, null, null, stream, StoreTime.Truncate(now));
        return (
            admitted with
            {
                Unit = BedEntry.Trim(entry.Unit),
                Patient = BedEntry.Trim(entry.Patient),
                Stream = stream,
                Paced = entry.Paced,
                AFAlarmOff = entry.AFAlarmOff ? admitted.AFAlarmOff ?? StoreTime.Truncate(now) : null,
            },
            null,
            null);
    }

    private async Task<BedOutcome> ChangeAsync(
        Func<DateTimeOffset, (Bed? Bed, BedRefusal? Refusal, string? Reason)> change, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel);
        try
        {
            var now = time.GetUtcNow();
            var (bed, refusal, reason) = change(now);
            if (bed is null)
                return new BedOutcome(null, refusal, reason);
            if (_roster.ByName.GetValueOrDefault(bed.Name) != bed)
            {
                var changes = new StoreChanges();
                changes.Put(bed);
                await write(changes);
                _roster = _roster.With(bed);
            }

            return new BedOutcome(bed.At(now));
        }
        finally
        {
            _changing.Release();
        }
    }

    private sealed record Roster(FrozenDictionary<string, Bed> ByName, FrozenDictionary<string, Bed> ByStream)
    {
        public static Roster Of(IEnumerable<Bed> beds)
        {
            var all = beds.ToList();
            return new Roster(
                all.ToFrozenDictionary(bed => bed.Name, StringComparer.Ordinal),
                all.GroupBy(bed => bed.Stream, StringComparer.Ordinal)
                    .Select(fed => fed.OrderBy(bed => bed.Discharged is not null).ThenByDescending(bed => bed.Discharged).First())
                    .ToFrozenDictionary(bed => bed.Stream, StringComparer.Ordinal));
        }

        public Roster With(Bed bed) => Of(ByName.Values.Where(other => other.Name != bed.Name).Append(bed));
    }
}
