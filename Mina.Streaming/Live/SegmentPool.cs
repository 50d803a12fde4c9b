using System.Collections.Concurrent;
using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>Memory of single segments, used again. Any thread.</summary>
public sealed class SegmentPool
{
    private readonly ConcurrentBag<SegmentRows> _free = [];

    /// <summary>Room for one segment.</summary>
    public SegmentRows Rent()
    {
        if (_free.TryTake(out var rows))
            return rows;
        rows = new SegmentRows();
        rows.Resize(1);
        return rows;
    }

    /// <summary>Takes it back.</summary>
    public void Return(SegmentRows rows) => _free.Add(rows);
}
