namespace Mina.Preprocess.Streams;

/// <summary>What is remembered of a block's samples when they are no longer in memory.</summary>
/// <param name="Moments">Its moments.</param>
/// <param name="Low">The lowest finite sample. Where no sample is finite it is positive infinity.</param>
/// <param name="High">The highest finite sample. Where no sample is finite it is negative infinity.</param>
internal readonly record struct BlockSummary(SampleMoments Moments, float Low, float High)
{
    /// <summary>The summary of a block's samples.</summary>
    public static BlockSummary Of(ReadOnlySpan<float> samples)
    {
        var (low, high) = Quality.Range(samples);
        return new BlockSummary(SampleMoments.OfBlock(samples), low, high);
    }
}
