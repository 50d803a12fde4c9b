using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>Changes each batch of a source in place after it is filled. The change gets the batch and its number, from 0.</summary>
internal sealed class TransformedBatches(IBatchSource source, Action<SegmentBatch, int> change) : IBatchSource
{
    private int _number;

    public bool Fill(SegmentBatch batch)
    {
        if (!source.Fill(batch))
            return false;
        change(batch, _number++);
        return true;
    }

    public void Dispose() => source.Dispose();
}
