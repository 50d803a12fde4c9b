using System.Collections.Concurrent;
using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>Memory of single segments, used again. Any thread.</summary>
public sealed class SegmentPool
{
    private readonly ConcurrentBag<Segments> _free = [];

    /// <summary>Room for one segment.</summary>
    public Segments Rent()
    {
        if (_free.TryTake(out var rows))
            return rows;
        rows = new Segments();
        rows.Resize(1);
        return rows;
    }

    /// <summary>Takes it back.</summary>
    public void Return(Segments rows) => _free.Add(rows);
}
