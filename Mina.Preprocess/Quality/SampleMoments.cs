using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mina.Preprocess;

/// <summary>
/// Count, mean and sum of squared deviations of finite samples. Those of neighbouring blocks are put together without the samples (Chan, Golub and
/// LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979), so that a stream needs a block's samples once.
/// </summary>
/// <param name="Count">The number of finite samples.</param>
/// <param name="Mean">Their mean; 0 where there are none.</param>
/// <param name="Squares">The sum of their squared deviations from the mean.</param>
internal readonly record struct SampleMoments(int Count, double Mean, double Squares)
{
    /// <summary>The number of samples in a block. It divides a stream's usual stride and the window, so that no block is cut where a window ends.</summary>
    public const int Block = 500;

    /// <summary>Mean and population standard deviation; (NaN, NaN) where no sample is finite.</summary>
    public (double Mean, double Deviation) Statistics => Count == 0 ? (double.NaN, double.NaN) : (Mean, Math.Sqrt(Squares / Count));

    /// <summary>The moments of these samples and of those that follow them.</summary>
    public SampleMoments And(SampleMoments next)
    {
        if (Count == 0 || next.Count == 0)
            return Count == 0 ? next : this;
        var count = Count + next.Count;
        var apart = next.Mean - Mean;
        var share = next.Count / (double)count;
        return new SampleMoments(count, Mean + (apart * share), Squares + next.Squares + (apart * apart * Count * share));
    }

    /// <summary>The moments of any number of samples: of blocks that are counted back from the end, put together from the first on.</summary>
    /// <param name="samples">The samples; those that are not finite are left out.</param>
    public static SampleMoments OfAll(ReadOnlySpan<float> samples)
    {
        var all = OfBlock(samples[..(samples.Length % Block)]);
        for (var rest = samples[(samples.Length % Block)..]; rest.Length > 0; rest = rest[Block..])
            all = all.And(OfBlock(rest[..Block]));
        return all;
    }

    /// <summary>The moments of the samples of a block.</summary>
    /// <param name="samples">At most <see cref="Block"/> samples; those that are not finite are left out.</param>
    public static SampleMoments OfBlock(ReadOnlySpan<float> samples)
    {
        if (Quality.AllFinite(samples))
            return OfFinite(samples);
        Span<float> finite = stackalloc float[Block];
        var count = 0;
        foreach (var v in samples)
        {
            if (float.IsFinite(v))
                finite[count++] = v;
        }

        return OfFinite(finite[..count]);
    }

    // There are eight sums side by side on every processor, so that the bits depend on the samples alone.
    private static SampleMoments OfFinite(ReadOnlySpan<float> samples)
    {
        if (samples.IsEmpty)
            return default;
        ref var from = ref MemoryMarshal.GetReference(samples);
        var whole = samples.Length & ~7;
        Vector256<double> low = default, high = default;
        for (var t = 0; t < whole; t += 8)
        {
            var (a, b) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)t));
            low += a;
            high += b;
        }

        var sum = Sum(low + high);
        foreach (var v in samples[whole..])
            sum += v;
        var mean = sum / samples.Length;
        var means = Vector256.Create(mean);
        (low, high) = (default, default);
        for (var t = 0; t < whole; t += 8)
        {
            var (a, b) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)t));
            (a, b) = (a - means, b - means);
            low = Vector256.FusedMultiplyAdd(a, a, low);
            high = Vector256.FusedMultiplyAdd(b, b, high);
        }

        var squares = Sum(low + high);
        foreach (var v in samples[whole..])
            squares += (v - mean) * (v - mean);
        return new SampleMoments(samples.Length, mean, squares);
    }

    private static double Sum(Vector256<double> v) => v[0] + v[2] + (v[1] + v[3]);
}
