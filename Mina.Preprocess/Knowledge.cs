using System.Numerics;
using System.Numerics.Tensors;

namespace Mina.Preprocess;

/// <summary>
/// The knowledge that guides the network's attention at each level (the paper, section 3.3 and table 1), of one channel.
/// </summary>
public static class Knowledge
{
    /// <summary>Beat level: |x[t] - x[t-1]|, 0 first.</summary>
    /// <param name="x">n samples, n &gt;= 1.</param>
    /// <param name="kBeat">n floats, each &gt;= 0.</param>
    public static void Beat(ReadOnlySpan<float> x, Span<float> kBeat)
    {
        var rest = kBeat[1..x.Length];
        TensorPrimitives.Subtract(x[1..], x[..^1], rest);
        TensorPrimitives.Abs(rest, rest);
        kBeat[0] = 0;
    }

    /// <summary>
    /// <see cref="Beat(ReadOnlySpan{float}, Span{float})"/> of a slow channel, whose steps are near what a float can tell:
    /// <paramref name="rest"/> is what rounding took from each sample.
    /// </summary>
    /// <param name="x">n samples.</param>
    /// <param name="rest">n floats.</param>
    /// <param name="kBeat">n floats, each &gt;= 0.</param>
    /// <param name="scratch">n floats.</param>
    public static void Beat(ReadOnlySpan<float> x, ReadOnlySpan<float> rest, Span<float> kBeat, Span<float> scratch)
    {
        var steps = kBeat[1..x.Length];
        var rests = scratch[1..x.Length];
        TensorPrimitives.Subtract(x[1..], x[..^1], steps);
        TensorPrimitives.Subtract(rest[1..], rest[..^1], rests);
        TensorPrimitives.Add(steps, rests, steps);
        TensorPrimitives.Abs(steps, steps);
        kBeat[0] = 0;
    }

    /// <summary>
    /// Rhythm level: the population standard deviation of each sub-segment. Frequency level: the sum of the one-sided
    /// periodogram (boxcar, constant detrend, density), which by Parseval is variance * n / fs.
    /// </summary>
    /// <param name="x">n = M * T samples.</param>
    /// <param name="subSegment">T.</param>
    /// <param name="fs">Hz.</param>
    /// <param name="kRhythm">M floats, each &gt;= 0; 0 for a constant sub-segment.</param>
    /// <returns>The frequency knowledge, &gt;= 0.</returns>
    public static float RhythmAndFrequency(ReadOnlySpan<float> x, int subSegment, int fs, Span<float> kRhythm)
    {
        // Sums about each sub-segment's own first sample lose nothing to cancellation; the whole window's sum of squares
        // follows from theirs (the law of total variance).
        var pivot = x[0];
        double within = 0, offsets = 0, offsetSquares = 0;
        var count = x.Length / subSegment;
        for (var m = 0; m < count; m++)
        {
            var part = x.Slice(m * subSegment, subSegment);
            var (sum, squares) = SumsAbout(part, part[0]);
            var mean = sum / subSegment;
            var scatter = Math.Max(0, squares - (sum * mean));
            kRhythm[m] = (float)Math.Sqrt(scatter / subSegment);
            within += scatter;
            var offset = (double)part[0] - pivot + mean;
            offsets += offset;
            offsetSquares += offset * offset;
        }

        var between = Math.Max(0, offsetSquares - (offsets * offsets / count)) * subSegment;
        return (float)((within + between) / fs);
    }

    private static (double Sum, double Squares) SumsAbout(ReadOnlySpan<float> part, float pivot)
    {
        var pivots = new Vector<float>(pivot);
        var sums = Vector<float>.Zero;
        var squares = Vector<float>.Zero;
        var t = 0;
        for (; t + Vector<float>.Count <= part.Length; t += Vector<float>.Count)
        {
            var d = new Vector<float>(part[t..]) - pivots;
            sums += d;
            squares = Vector.FusedMultiplyAdd(d, d, squares);
        }

        double sum = Vector.Sum(sums), square = Vector.Sum(squares);
        for (; t < part.Length; t++)
        {
            var d = part[t] - pivot;
            sum += d;
            square += d * d;
        }

        return (sum, square);
    }
}
