using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>Fills batches one after the other. One thread at a time may use it.</summary>
internal interface IBatchSource : IDisposable
{
    /// <summary>Sets a batch's count, at most its capacity, and fills it.</summary>
    /// <returns>False when there is nothing left, and then the batch is empty.</returns>
    bool Fill(SegmentBatch batch);
}
