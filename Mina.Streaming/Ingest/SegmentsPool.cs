using System.Collections.Concurrent;
using Mina.Preprocess;

namespace Mina.Streaming.Ingest;

/// <summary>A pool of buffers, each for the segments of one recording. There are as many of them as recordings in flight.</summary>
internal sealed class SegmentsPool
{
    // A recording of 30 s labelled AF has 121 windows. Buffers that a longer one has made larger than this are left to the garbage collector;
    // if they were kept, all buffers would in time grow to the size of the longest recording.
    private const int KeptRows = 160;

    private readonly ConcurrentBag<Segments> _free = [];

    public Segments Rent() => _free.TryTake(out var rows) ? rows : new Segments();

    public void Return(Segments rows)
    {
        if (rows.Start.Length <= KeptRows)
            _free.Add(rows);
    }
}
