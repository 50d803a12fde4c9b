using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mina.Preprocess;

/// <summary>
/// The knowledge of one channel that guides the network's attention at each level (the paper, section 3.3 and table 1).
/// </summary>
public static class Knowledge
{
    /// <summary>Computes the beat level: |x[t] - x[t-1]|, which is 0 at the first sample.</summary>
    /// <param name="x">n samples, n &gt;= 1.</param>
    /// <param name="kBeat">Receives n floats, each &gt;= 0.</param>
    public static void Beat(ReadOnlySpan<float> x, Span<float> kBeat)
    {
        Steps(x, kBeat[1..]);
        kBeat[0] = 0;
    }

    /// <summary>
    /// Computes the beat level of a slow channel from its samples before they are rounded, because its steps are near the resolution of a float.
    /// </summary>
    /// <param name="x">n samples, n &gt;= 1.</param>
    /// <param name="kBeat">Receives n floats, each &gt;= 0.</param>
    public static void Beat(ReadOnlySpan<double> x, Span<float> kBeat)
    {
        Steps(x, kBeat[1..]);
        kBeat[0] = 0;
    }

    /// <summary>
    /// Computes the rhythm level, the population standard deviation of each sub-segment, and the frequency level, the sum of the one-sided
    /// periodogram (boxcar, constant detrend, density), which by Parseval's theorem is variance * n / fs.
    /// </summary>
    /// <param name="x">n = M * T samples.</param>
    /// <param name="subSegment">T, the number of samples in a sub-segment.</param>
    /// <param name="fs">The sampling frequency in Hz.</param>
    /// <param name="kRhythm">Receives M floats, each &gt;= 0, and 0 for a constant sub-segment.</param>
    /// <returns>The frequency knowledge, &gt;= 0.</returns>
    public static float RhythmAndFrequency(ReadOnlySpan<float> x, int subSegment, int fs, Span<float> kRhythm)
    {
        var count = x.Length / subSegment;
        var parts = new SubSegment[count];
        for (var m = 0; m < count; m++)
        {
            parts[m] = SubSegment.Measure(x.Slice(m * subSegment, subSegment));
            kRhythm[m] = parts[m].Deviation;
        }

        return Frequency(parts, subSegment, fs);
    }

    /// <summary>Computes the frequency level of a window from its sub-segments, by the law of total variance.</summary>
    internal static float Frequency(ReadOnlySpan<SubSegment> parts, int length, int fs)
    {
        var pivot = parts[0].First;
        double within = 0, offsets = 0, offsetSquares = 0;
        foreach (ref readonly var part in parts)
        {
            within += part.Scatter;
            var offset = (double)part.First - pivot + part.Mean;
            offsets += offset;
            offsetSquares += offset * offset;
        }

        var between = Math.Max(0, offsetSquares - (offsets * offsets / parts.Length)) * length;
        return (float)((within + between) / fs);
    }

    /// <summary>Computes steps[t] = |x[t + 1] - x[t]|.</summary>
    internal static void Steps(ReadOnlySpan<float> x, Span<float> steps)
    {
        var n = x.Length - 1;
        if (n < Vector256<float>.Count)
        {
            for (var i = 0; i < n; i++)
                steps[i] = Math.Abs(x[i + 1] - x[i]);
            return;
        }

        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(steps[..n]);
        for (var t = 0; t < n; t += Vector256<float>.Count)
        {
            var at = (nuint)Math.Min(t, n - Vector256<float>.Count);
            Vector256.Abs(Vector256.LoadUnsafe(ref from, at + 1) - Vector256.LoadUnsafe(ref from, at)).StoreUnsafe(ref to, at);
        }
    }

    /// <summary>Computes steps[t] = |x[t + 1] - x[t]| in double, and then rounds it to float.</summary>
    internal static void Steps(ReadOnlySpan<double> x, Span<float> steps)
    {
        var n = x.Length - 1;
        if (n < Vector256<float>.Count)
        {
            for (var i = 0; i < n; i++)
                steps[i] = (float)Math.Abs(x[i + 1] - x[i]);
            return;
        }

        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(steps[..n]);
        for (var t = 0; t < n; t += Vector256<float>.Count)
        {
            var at = (nuint)Math.Min(t, n - Vector256<float>.Count);
            Vector256.Narrow(Step(ref from, at), Step(ref from, at + (nuint)Vector256<double>.Count)).StoreUnsafe(ref to, at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Step(ref double from, nuint at) =>
        Vector256.Abs(Vector256.LoadUnsafe(ref from, at + 1) - Vector256.LoadUnsafe(ref from, at));
}
