using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>
/// Mixes the segments of many row groups. It holds a number of segments, fills up with whole row groups, and deals random ones of those it
/// holds. It deals each segment once, and the same seed gives the same order.
/// </summary>
internal sealed class ShuffleBuffer : IBatchSource
{
    private readonly IRowGroupSource _groups;
    private readonly Func<RowGroup, int, bool>? _keep;
    private readonly RowGroup _incoming;

    // Each slot holds a row, and slots below _count are in use. Rows of 97 KB have an array each, so that no array is huge.
    private readonly Slot[] _slots;
    private SplitMix64 _random;
    private int _count;
    private bool _dry;
    private long _left;

    /// <param name="groups">Yields <paramref name="rows"/> rows; it is disposed together with this buffer.</param>
    /// <param name="rows">The number of rows in all, because the layout of a batch depends on its size.</param>
    /// <param name="capacity">The number of segments held, at least those of a row group.</param>
    /// <param name="random">Decides the order.</param>
    /// <param name="keep">Says which rows of a group to deal; null deals all.</param>
    /// <param name="lists">The number of a row's lists to read and deal.</param>
    public ShuffleBuffer(IRowGroupSource groups, long rows, int capacity, SplitMix64 random, Func<RowGroup, int, bool>? keep = null, int lists = 4)
    {
        _incoming = new RowGroup(ShardFormat.RowsPerGroup, lists);
        _groups = groups;
        _keep = keep;
        _left = rows;
        _slots = new Slot[Math.Max(capacity, ShardFormat.RowsPerGroup)];
        _random = random;
    }

    public bool Fill(SegmentBatch batch)
    {
        if (_keep is not null)
            return FillKept(batch);
        batch.Count = (int)Math.Min(batch.Capacity, _left);
        for (var row = 0; row < batch.Count; row++)
        {
            Refill();
            if (_count == 0)
                throw new ProblemException($"The shards hold {_left - row} rows fewer than {Manifest.FileName} says; make them again.");
            Deal(batch, row);
        }

        _left -= batch.Count;
        return batch.Count > 0;
    }

    /// <summary>Fills a batch from the rows that are kept. Their number is known only at the end, so until then the buffer holds at least a batch.</summary>
    private bool FillKept(SegmentBatch batch)
    {
        if (_slots.Length < batch.Capacity + ShardFormat.RowsPerGroup)
            throw new ArgumentException($"Thinned batches of {batch.Capacity} segments need a buffer of {batch.Capacity + ShardFormat.RowsPerGroup} or "
                + $"more, not {_slots.Length}.");
        Refill();
        batch.Count = _dry ? Math.Min(batch.Capacity, _count) : batch.Capacity;
        for (var row = 0; row < batch.Count; row++)
        {
            Deal(batch, row);
            Refill();
        }

        return batch.Count > 0;
    }

    public void Dispose() => _groups.Dispose();

    private void Refill()
    {
        while (!_dry && _count + ShardFormat.RowsPerGroup <= _slots.Length)
        {
            _dry = !_groups.Next(_incoming);
            for (var i = 0; i < _incoming.Count && !_dry; i++)
            {
                if (_keep is null || _keep(_incoming, i))
                    (_slots[_count++] ??= new Slot(_incoming)).Take(_incoming, i);
            }
        }
    }

    private void Deal(SegmentBatch batch, int row)
    {
        var at = _random.Below(_count);
        var slot = _slots[at];
        var lists = slot.Lists;
        if (lists.Length == 1)
            batch.Set(row, lists[0]);
        else
            batch.Set(row, lists[0], lists[1], lists[2], lists[3]);
        batch.Describe(row, slot.RecordingId, slot.Start, slot.Label);
        _count--;
        (_slots[at], _slots[_count]) = (_slots[_count], slot);
    }

    private sealed class Slot(RowGroup like)
    {
        public float[][] Lists { get; } = Array.ConvertAll(ShardSchema.Lists[..like.Lists.Length], list => new float[list.Length]);

        public string RecordingId { get; private set; } = "";

        public int Start { get; private set; }

        public Label? Label { get; private set; }

        public void Take(RowGroup rows, int row)
        {
            for (var i = 0; i < Lists.Length; i++)
                rows.List(i, row).CopyTo(Lists[i]);
            RecordingId = rows.RecordingId[row];
            Start = rows.Start[row];
            Label = rows.Label[row];
        }
    }
}
