using Mina.Preprocess;
using Mina.Streaming.Recordings;

namespace Mina.Streaming.Ingest;

/// <summary>A recording that the source has yielded, with a rejection where it is already known that it cannot be taken.</summary>
internal readonly record struct Arrival(RecordingEntry Entry, Rejection? Rejection);

/// <summary>
/// The recordings of the source that are to be read. Recordings that earlier runs finished are left out, the second recording of an id is
/// rejected, and the sequence ends when the run is stopped. One thread at a time may pull it.
/// </summary>
/// <param name="source">All recordings, in an order that is the same each time.</param>
/// <param name="finished">The ids of the recordings that the manifest lists.</param>
/// <param name="stopped">Says whether the run is to stop; it is called before each recording.</param>
internal sealed class Arrivals(IEnumerable<RecordingEntry> source, IReadOnlySet<string> finished, Func<bool> stopped)
{
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private int _skipped;

    /// <summary>The number of recordings left out because an earlier run finished them.</summary>
    public int Skipped => Volatile.Read(ref _skipped);

    /// <summary>The ids of all recordings pulled so far. It must not be read while another thread pulls.</summary>
    public IReadOnlyCollection<string> Ids => _seen.Keys;

    public IEnumerable<Arrival> Pull()
    {
        if (stopped())
            yield break;
        foreach (var entry in source)
        {
            // The first recording of an id counts, whatever becomes of it, so that the outcome does not depend on the order of threads.
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
