using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>Fills batches, one after the other; used by one thread.</summary>
internal interface IBatchSource : IDisposable
{
    /// <summary>Sets a batch's count, at most its capacity, and fills it.</summary>
    /// <returns>False when there is nothing left: the batch then holds nothing.</returns>
    bool Fill(SegmentBatch batch);
}
