using System.Collections.Concurrent;
using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>A pool of buffers for single segments. Every member may be used from any thread.</summary>
public sealed class SegmentPool
{
    private readonly ConcurrentBag<Segments> _free = [];

    /// <summary>A buffer for one segment, with the content of its last use.</summary>
    public Segments Rent()
    {
        if (_free.TryTake(out var rows))
            return rows;
        rows = new Segments();
        rows.Resize(1);
        return rows;
    }

    /// <summary>Returns a buffer to the pool.</summary>
    public void Return(Segments rows) => _free.Add(rows);

    /// <summary>Lets go of the buffers that are free.</summary>
    public void Trim() => _free.Clear();
}
