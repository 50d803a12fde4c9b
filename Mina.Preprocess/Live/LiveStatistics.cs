namespace Mina.Preprocess;

/// <summary>The mean and deviation that a live window is normalised by: those of the trailing 60 s without plain artefact.</summary>
/// <remarks>
/// A torn electrode or a jolt can be ten times as large as the ECG. If it counted, it would shrink the beats of the whole minute after it, and AF
/// would pass for a flat line. A recording of up to 61 s is normalised as a whole: without its artefact to be classified, and
/// with it for training, as in the paper.
/// </remarks>
public static class LiveStatistics
{
    /// <summary>The length of a block in seconds.</summary>
    public const int BlockSeconds = 10;

    /// <summary>A block is artefact when its standard deviation is more than this many times that of the median block.</summary>
    public const double ArtefactFactor = 2;

    // Of the moments' blocks.
    private const int InBlock = BlockSeconds * Shapes.Fs / SampleMoments.Block;

    /// <summary>
    /// Computes mean and population standard deviation of the finite samples of the trailing 60 s, or of all samples where there are fewer.
    /// </summary>
    /// <param name="samples">The samples at 300 Hz; NaN marks a gap.</param>
    /// <param name="end">The sample before which the 60 s end, at most samples.Length.</param>
    /// <returns>
    /// Where no block is artefact, the bits of <see cref="Quality.Statistics"/> over all of it; (NaN, NaN) where no sample is finite.
    /// </returns>
    public static (double Mean, double Deviation) Compute(ReadOnlySpan<float> samples, int end) => ComputeAll(Trailing(samples, end));

    /// <summary>Computes the same over all samples of a recording of up to 61 s.</summary>
    /// <param name="trailing">The samples at 300 Hz; NaN marks a gap.</param>
    public static (double Mean, double Deviation) ComputeAll(ReadOnlySpan<float> trailing)
    {
        var partial = trailing.Length % SampleMoments.Block;
        // Not on the stack: nothing keeps a caller from giving it a day.
        var blocks = new SampleMoments[(trailing.Length / SampleMoments.Block) + 1];
        blocks[0] = SampleMoments.OfBlock(trailing[..partial]);
        for (var i = 1; i < blocks.Length; i++)
            blocks[i] = SampleMoments.OfBlock(trailing.Slice(partial + ((i - 1) * SampleMoments.Block), SampleMoments.Block));
        return Compute(blocks.AsSpan(partial > 0 || blocks.Length == 1 ? 0 : 1), partial > 0);
    }

    /// <summary>Computes the same from the moments of blocks.</summary>
    /// <param name="blocks">Those of the trailing 60 s, or of all samples where there are fewer; at least one.</param>
    /// <param name="isPartial">
    /// Whether the first of them has fewer than <see cref="SampleMoments.Block"/> samples, so that it does not count for a block of 10 s.
    /// </param>
    internal static (double Mean, double Deviation) Compute(ReadOnlySpan<SampleMoments> blocks, bool isPartial)
    {
        // Blocks of 10 s are counted back from the end, so that the window is one; what remains belongs to the first one.
        var count = Math.Max(1, (blocks.Length - (isPartial ? 1 : 0)) / InBlock);
        Span<double> deviations = stackalloc double[count];
        Span<double> sorted = stackalloc double[count];
        var known = 0;
        for (var i = 0; i < count; i++)
        {
            deviations[i] = Add(default, blocks[Range(i, count, blocks.Length)]).Statistics.Deviation;
            if (deviations[i] > 0)
                sorted[known++] = deviations[i];
        }

        sorted = sorted[..known];
        sorted.Sort();
        var limit = known == 0 ? double.PositiveInfinity : ArtefactFactor * (sorted[(known - 1) / 2] + sorted[known / 2]) / 2;
        SampleMoments all = default;
        for (var i = 0; i < count; i++)
        {
            if (!(deviations[i] > limit))
                all = Add(all, blocks[Range(i, count, blocks.Length)]);
        }

        return all.Statistics;
    }

    /// <summary>The trailing samples by which a window that ends before <paramref name="end"/> is normalised.</summary>
    public static ReadOnlySpan<float> Trailing(ReadOnlySpan<float> samples, int end) =>
        samples[Math.Max(0, end - (Preprocessor.LiveSeconds * Shapes.Fs))..end];

    private static SampleMoments Add(SampleMoments to, ReadOnlySpan<SampleMoments> blocks)
    {
        foreach (var block in blocks)
            to = to.And(block);
        return to;
    }

    private static Range Range(int block, int count, int length)
    {
        var last = length - ((count - 1 - block) * InBlock);
        return (block == 0 ? 0 : last - InBlock)..last;
    }
}
