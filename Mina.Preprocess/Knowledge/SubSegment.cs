using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mina.Preprocess;

/// <summary>The statistics of one sub-segment of a channel from which the rhythm and the frequency level are computed.</summary>
/// <remarks>
/// Sums are formed about the sub-segment's own first sample, so they lose nothing to cancellation, and in eight lanes on every processor, so
/// that their bits depend on the samples alone.
/// </remarks>
internal readonly struct SubSegment
{
    /// <summary>Its first sample.</summary>
    public float First { get; private init; }

    /// <summary>Its population standard deviation; 0 exactly where it is constant.</summary>
    public float Deviation { get; private init; }

    /// <summary>Its mean minus its first sample.</summary>
    public double Mean { get; private init; }

    /// <summary>The sum of squares about its mean.</summary>
    public double Scatter { get; private init; }

    /// <summary>Measures a sub-segment of T samples, T &gt;= 1.</summary>
    public static SubSegment Measure(ReadOnlySpan<float> samples)
    {
        ref var from = ref MemoryMarshal.GetReference(samples);
        var first = from;
        var firsts = Vector256.Create(first);
        Vector256<float> sums = default, squares = default;
        var t = 0;
        for (; t + Vector256<float>.Count <= samples.Length; t += Vector256<float>.Count)
        {
            var d = Vector256.LoadUnsafe(ref from, (nuint)t) - firsts;
            sums += d;
            squares = Vector256.FusedMultiplyAdd(d, d, squares);
        }

        var fours = sums.GetLower() + sums.GetUpper();
        var squareFours = squares.GetLower() + squares.GetUpper();
        double sum = (double)(fours[0] + fours[2]) + (fours[1] + fours[3]);
        double square = (double)(squareFours[0] + squareFours[2]) + (squareFours[1] + squareFours[3]);
        for (; t < samples.Length; t++)
        {
            var d = samples[t] - first;
            sum += d;
            square += d * d;
        }

        var mean = sum / samples.Length;
        var scatter = Math.Max(0, square - (sum * mean));
        return new SubSegment { First = first, Deviation = (float)Math.Sqrt(scatter / samples.Length), Mean = mean, Scatter = scatter };
    }
}
