using System.Buffers;

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

    private const int Block = BlockSeconds * Shapes.Fs;

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
        // Blocks are counted back from the end, so that the window is a block; a remainder shorter than a block belongs to the first one.
        var count = Math.Max(1, trailing.Length / Block);
        Span<double> deviations = stackalloc double[count];
        Span<double> sorted = stackalloc double[count];
        var known = 0;
        for (var i = 0; i < count; i++)
        {
            deviations[i] = Quality.Statistics(trailing[Range(i, count, trailing.Length)]).Deviation;
            if (deviations[i] > 0)
                sorted[known++] = deviations[i];
        }

        sorted = sorted[..known];
        sorted.Sort();
        var limit = known == 0 ? double.PositiveInfinity : ArtefactFactor * (sorted[(known - 1) / 2] + sorted[known / 2]) / 2;
        if (known == 0 || sorted[^1] <= limit)
            return Quality.Statistics(trailing);
        var rented = ArrayPool<float>.Shared.Rent(trailing.Length);
        var calm = rented.AsSpan(0, trailing.Length);
        trailing.CopyTo(calm);
        for (var i = 0; i < count; i++)
        {
            if (deviations[i] > limit)
                calm[Range(i, count, trailing.Length)].Fill(float.NaN);
        }

        var statistics = Quality.Statistics(calm);
        ArrayPool<float>.Shared.Return(rented);
        return statistics;
    }

    /// <summary>The trailing samples by which a window that ends before <paramref name="end"/> is normalised.</summary>
    public static ReadOnlySpan<float> Trailing(ReadOnlySpan<float> samples, int end) =>
        samples[Math.Max(0, end - (Preprocessor.LiveSeconds * Shapes.Fs))..end];

    private static Range Range(int block, int count, int length)
    {
        var last = length - ((count - 1 - block) * Block);
        return (block == 0 ? 0 : last - Block)..last;
    }
}
