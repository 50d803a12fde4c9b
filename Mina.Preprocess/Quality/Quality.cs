using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mina.Preprocess;

/// <summary>Measures of a whole recording's quality, computed from its samples alone.</summary>
public static class Quality
{
    /// <summary>A recording is saturated when at least this share of its samples lies in runs at the limits.</summary>
    public const double SaturatedShare = 0.25;

    /// <summary>A run of equal samples at a limit counts when it lasts at least this many seconds.</summary>
    public const double SaturatedRun = 0.05;

    /// <summary>Computes mean and population standard deviation of the finite samples; (NaN, NaN) where no sample is finite.</summary>
    public static (double Mean, double Deviation) Statistics(ReadOnlySpan<float> samples) => SampleMoments.OfAll(samples).Statistics;

    /// <summary>Whether no sample is NaN or infinite.</summary>
    internal static bool AllFinite(ReadOnlySpan<float> samples)
    {
        ref var from = ref MemoryMarshal.GetReference(samples);
        var whole = samples.Length & ~7;
        var finite = Vector256<float>.AllBitsSet;
        for (var t = 0; t < whole; t += 8)
            finite &= Finite(Vector256.LoadUnsafe(ref from, (nuint)t));
        var all = finite.AsInt32() == Vector256<int>.AllBitsSet;
        for (var t = whole; t < samples.Length; t++)
            all &= float.IsFinite(samples[t]);
        return all;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Finite(Vector256<float> v) => Vector256.LessThanOrEqual(Vector256.Abs(v), Vector256.Create(float.MaxValue));

    /// <summary>Whether all finite samples are the same to within the resolution of a float.</summary>
    public static bool IsFlat(ReadOnlySpan<float> samples)
    {
        var (low, high) = Range(samples);
        return IsFlat(low, high);
    }

    /// <summary>Whether samples between these two are the same to within the resolution of a float.</summary>
    internal static bool IsFlat(float low, float high) => !(high - low > 1e-6f * Math.Max(Math.Abs(low), Math.Abs(high)));

    /// <summary>Computes the share of the finite samples that lie in runs of at least 50 ms at the recording's lowest or highest value.</summary>
    /// <returns>0 to 1; 0 where no sample is finite.</returns>
    public static double ShareAtLimits(ReadOnlySpan<float> samples, double fs)
    {
        var (low, high) = Range(samples);
        var shortest = Math.Max(3, (int)(SaturatedRun * fs));
        var inRuns = 0;
        for (var t = 0; samples[t..].IndexOfAny(low, high) is var next and >= 0;)
        {
            t += next;
            var run = 1;
            while (t + run < samples.Length && samples[t + run] == samples[t])
                run++;
            if (run >= shortest)
                inRuns += run;
            t += run;
        }

        if (inRuns == 0)
            return 0;
        var finite = 0;
        foreach (var v in samples)
            finite += float.IsFinite(v) ? 1 : 0;
        return finite == 0 ? 0 : (double)inRuns / finite;
    }

    /// <summary>Computes the lowest and the highest of the finite samples; (+infinity, -infinity) where no sample is finite.</summary>
    internal static (float Low, float High) Range(ReadOnlySpan<float> samples)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        ref var from = ref MemoryMarshal.GetReference(samples);
        var whole = samples.Length & ~7;
        var lows = Vector256.Create(low);
        var highs = Vector256.Create(high);
        for (var t = 0; t < whole; t += 8)
        {
            var v = Vector256.LoadUnsafe(ref from, (nuint)t);
            var finite = Finite(v);
            lows = Vector256.MinNative(lows, Vector256.ConditionalSelect(finite, v, lows));
            highs = Vector256.MaxNative(highs, Vector256.ConditionalSelect(finite, v, highs));
        }

        for (var i = 0; i < 8; i++)
            (low, high) = (Math.Min(low, lows[i]), Math.Max(high, highs[i]));
        foreach (var v in samples[whole..])
        {
            if (!float.IsFinite(v))
                continue;
            low = Math.Min(low, v);
            high = Math.Max(high, v);
        }

        return (low, high);
    }
}
