using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mina.Preprocess;

/// <summary>Says whether a window can be classified, and why it cannot.</summary>
/// <param name="samples">One window at 300 Hz, in mV up to a constant; NaN marks a gap.</param>
/// <returns><see cref="WindowFault.None"/> where it can be classified; otherwise the fault, and the classifier is not run.</returns>
public delegate WindowFault WindowCheck(ReadOnlySpan<float> samples);

/// <summary>Recognises windows that cannot be classified, by their samples alone.</summary>
public static class WindowQuality
{
    /// <summary>A window cannot be classified when at least this share of its samples carries no signal.</summary>
    public const double DeadShare = 0.25;

    /// <summary>
    /// A constant stretch carries no signal when it lasts at least this many seconds, which is longer than the line between two beats ever stays
    /// constant.
    /// </summary>
    public const double FlatRun = 1;

    // The largest difference within a constant run, as a share of the window's range. Resampling keeps a plateau level to about a thousandth.
    private const float Tolerance = 0.002f;

    /// <summary>
    /// Whether a window can be classified: it has no gap, less than <see cref="DeadShare"/> of it is flat or at the converter's limits, and it is
    /// not too noisy.
    /// </summary>
    public static bool IsUsable(ReadOnlySpan<float> samples) => FaultOf(samples) == WindowFault.None;

    /// <summary>The usual <see cref="WindowCheck"/>: says why a window is not usable.</summary>
    public static WindowFault FaultOf(ReadOnlySpan<float> samples)
    {
        var (gap, flat, limit) = DeadParts(samples);
        return gap ? WindowFault.Gap
            : Share(flat + limit, samples) >= DeadShare ? (flat >= limit ? WindowFault.LeadOff : WindowFault.Saturated)
            : samples.Length == Shapes.Window && SignalNoise.IsNoisy(samples) ? WindowFault.Noisy
            : WindowFault.None;
    }

    /// <summary>
    /// Computes the share of samples without signal: those in constant runs of at least <see cref="FlatRun"/> seconds, or in constant runs of at
    /// least 50 ms at the window's lowest or highest value. It is 1 where there is a gap or the samples do not vary.
    /// </summary>
    /// <returns>0 to 1.</returns>
    public static double Dead(ReadOnlySpan<float> samples)
    {
        var (gap, flat, limit) = DeadParts(samples);
        return gap ? 1 : Share(flat + limit, samples);
    }

    private static double Share(int count, ReadOnlySpan<float> samples) => samples.IsEmpty ? 1 : (double)count / samples.Length;

    /// <summary>
    /// Whether there is a gap, and the numbers of samples in long constant runs and in shorter ones at the lowest or highest value.
    /// </summary>
    private static (bool Gap, int Flat, int Limit) DeadParts(ReadOnlySpan<float> samples)
    {
        // Every window of every stream comes here, so that the usual one, which has no such run, is told from the others by vectors.
        if (!Quality.AllFinite(samples))
            return (true, 0, 0);
        var (low, high) = Quality.Range(samples);
        if (samples.IsEmpty || Quality.IsFlat(low, high))
            return (false, samples.Length, 0);
        var near = Tolerance * (high - low);
        if (!MayHoldRuns(samples, low, high, near))
            return (false, 0, 0);
        var flat = (int)(FlatRun * Shapes.Fs);
        var limit = (int)(Quality.SaturatedRun * Shapes.Fs);
        int flatSamples = 0, limitSamples = 0, first = 0;
        float lowest = samples[0], highest = samples[0];
        for (var t = 1; t <= samples.Length; t++)
        {
            if (t < samples.Length)
            {
                var v = samples[t];
                var (lower, higher) = (v < lowest ? v : lowest, v > highest ? v : highest);
                if (higher - lower <= near)
                {
                    (lowest, highest) = (lower, higher);
                    continue;
                }
            }

            var atLimit = lowest - low <= near || high - highest <= near;
            // The signal of a lead that fell off is a level line, often at the lowest value. The longer a run, the less likely it is a clipped beat.
            if (t - first >= flat)
                flatSamples += t - first;
            else if (atLimit && t - first >= limit)
                limitSamples += t - first;
            if (t < samples.Length)
                (first, lowest, highest) = (t, samples[t], samples[t]);
        }

        return (false, flatSamples, limitSamples);
    }

    /// <summary>Whether there may be a run that counts; where there is one, the answer is always true.</summary>
    private static bool MayHoldRuns(ReadOnlySpan<float> samples, float low, float high, float near)
    {
        // A run at a limit lasts 15 samples, so that 8 of them stand side by side where a vector is loaded. No sample of it is further from
        // the limit than twice the tolerance; differences of such close numbers are exact, and the rest is for rounding.
        const float twice = 2.01f;
        // A long run lasts 300 samples, and fills one of these blocks.
        const int block = 128;
        ref var from = ref MemoryMarshal.GetReference(samples);
        var (lows, highs, bound) = (Vector256.Create(low), Vector256.Create(high), Vector256.Create(twice * near));
        var (lowest, highest) = (Vector256.Create(high), Vector256.Create(low));
        for (var t = 0; t + 8 <= samples.Length; t += 8)
        {
            var v = Vector256.LoadUnsafe(ref from, (nuint)t);
            if (Vector256.LessThanOrEqualAll(v - lows, bound) || Vector256.LessThanOrEqualAll(highs - v, bound))
                return true;
            (lowest, highest) = (Vector256.MinNative(lowest, v), Vector256.MaxNative(highest, v));
            if ((t + 8) % block != 0)
                continue;
            var (min, max) = (lowest[0], highest[0]);
            for (var i = 1; i < 8; i++)
                (min, max) = (Math.Min(min, lowest[i]), Math.Max(max, highest[i]));
            if (max - min <= near)
                return true;
            (lowest, highest) = (Vector256.Create(high), Vector256.Create(low));
        }

        return false;
    }
}
