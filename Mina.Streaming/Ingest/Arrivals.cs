using Mina.Preprocess;
using Mina.Streaming.Recordings;

namespace Mina.Streaming.Ingest;

/// <summary>A recording as the source yields it; with a rejection where it is known already not to be taken.</summary>
internal readonly record struct Arrival(RecordingEntry Entry, Rejection? Rejection);

/// <summary>
/// The recordings of the source that are to be read: those that earlier runs finished are left out, ids that come twice are marked, and the
/// sequence ends when the run is stopped. One thread at a time pulls it.
/// </summary>
/// <param name="source">The recordings.</param>
/// <param name="finished">Ids that the manifest lists.</param>
/// <param name="stopped">Whether the run is to stop; called before each recording.</param>
internal sealed class Arrivals(IEnumerable<RecordingEntry> source, IReadOnlySet<string> finished, Func<bool> stopped)
{
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private int _skipped;

    /// <summary>Recordings left out because they are finished.</summary>
    public int Skipped => Volatile.Read(ref _skipped);

    /// <summary>The ids that the source has had so far; not to be read while it is pulled.</summary>
    public IReadOnlyCollection<string> Ids => _seen.Keys;

    public IEnumerable<Arrival> Pull()
    {
        if (stopped())
            yield break;
        foreach (var entry in source)
        {
            // The first of an id counts, whatever becomes of it: so the outcome depends on no order of threads.
            if (!_seen.TryAdd(entry.Id, entry.Location))
                yield return new Arrival(entry, Duplicate(entry));
            else if (finished.Contains(entry.Id))
                Interlocked.Increment(ref _skipped);
            else
                yield return new Arrival(entry, null);
            if (stopped())
                yield break;
        }
    }

    private Rejection Duplicate(RecordingEntry entry) => new(
        entry.Id, RejectionReason.DuplicateId, $"{entry.Location}: {_seen[entry.Id]} has the same id, {entry.Id}, and came first; rename one of them.");
}
