using System.Collections.Concurrent;
using Mina.Preprocess;

namespace Mina.Streaming.Ingest;

/// <summary>Buffers for one recording's segments, used again and again: as many as recordings are in flight.</summary>
internal sealed class SegmentsPool
{
    // A recording of 30 s labelled AF has 121 windows. The few buffers that a longer one has blown up are left to the
    // garbage collector: kept, they would all grow to the size of the longest recording ever seen.
    private const int KeptRows = 160;

    private readonly ConcurrentBag<Segments> _free = [];

    public Segments Rent() => _free.TryTake(out var rows) ? rows : new Segments();

    public void Return(Segments rows)
    {
        if (rows.Start.Length <= KeptRows)
            _free.Add(rows);
    }
}
