using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>Batches in the order of the shards and their rows; the last one is smaller.</summary>
/// <param name="groups">Yields <paramref name="rows"/> rows or more; it is disposed together with this source.</param>
/// <param name="rows">The number of rows in all, because the layout of a batch depends on its size.</param>
internal sealed class SequentialBatches(IRowGroupSource groups, long rows) : IBatchSource
{
    private readonly RowGroup _group = new(ShardFormat.RowsPerGroup);
    private long _left = rows;
    private int _next;

    public bool Fill(SegmentBatch batch)
    {
        batch.Count = (int)Math.Min(batch.Capacity, _left);
        for (var row = 0; row < batch.Count; row++)
        {
            while (_next == _group.Count)
            {
                if (!groups.Next(_group))
                    throw new ProblemException($"The shards hold {_left - row} rows fewer than {Manifest.FileName} says; make them again.");
                _next = 0;
            }

            _group.CopyTo(batch, row, _next++);
        }

        _left -= batch.Count;
        return batch.Count > 0;
    }

    public void Dispose() => groups.Dispose();
}
