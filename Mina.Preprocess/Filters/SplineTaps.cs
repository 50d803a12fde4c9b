namespace Mina.Preprocess;

/// <summary>
/// A long smooth filter written with few taps. A smooth function is a sum of B-splines (Unser, IEEE Signal Processing Magazine 1999), so a
/// convolution with it is a convolution with one B-spline, followed by one with a weight every <see cref="Step"/> samples. Splines that lie
/// within the filter cannot give the jumps at its two ends, so a few taps there are kept and applied as they are.
/// </summary>
/// <remarks>
/// The 901 taps at 0.5 Hz become 43 + 108 + 2 x 41, which differ from them by less than 1e-9 of the largest tap. A sum in double of either,
/// rounded to float, is the same unless it lies almost exactly between two floats.
/// </remarks>
internal sealed class SplineTaps
{
    /// <summary>The number of samples between two B-splines: the widest register of doubles, so that every load is aligned.</summary>
    public const int Step = 8;

    /// <summary>A B-spline is the convolution of this many boxes of <see cref="Step"/> samples; six make it quintic.</summary>
    private const int Boxes = 6;

    private const double Exact = 1e-9;

    private SplineTaps(double[] spline, double[] weights, int first, double[] left, double[] right)
    {
        Spline = spline;
        Weights = weights;
        First = first;
        Left = left;
        Right = right;
    }

    /// <summary>The taps of the B-spline, which are odd in number and symmetric.</summary>
    public double[] Spline { get; }

    /// <summary>The weight of each B-spline.</summary>
    public double[] Weights { get; }

    /// <summary>The index of the filter's tap at which the middle of the first B-spline lies.</summary>
    public int First { get; }

    /// <summary>The difference between the first taps and the sum of the splines.</summary>
    public double[] Left { get; }

    /// <summary>The difference between the last taps and the sum of the splines.</summary>
    public double[] Right { get; }

    /// <summary>Finds the weights of a filter's B-splines by least squares.</summary>
    /// <returns>Null where the filter has too few taps to gain by it or is not smooth enough.</returns>
    public static SplineTaps? Fit(double[] taps)
    {
        double[] spline = [1];
        for (var box = 0; box < Boxes; box++)
            spline = Widened(spline);
        var count = ((taps.Length - spline.Length) / Step) + 1;
        var ends = 0;
        // The splines and the taps must have a common middle.
        while (count > 0 && ((taps.Length - spline.Length - ((count - 1) * Step)) & 1) != 0)
            count--;
        if (count < 4 * Boxes)
            return null;
        var offset = (taps.Length - spline.Length - ((count - 1) * Step)) / 2;
        ends = offset + ((Boxes - 1) * Step);
        var weights = LeastSquares(taps, spline, count, offset, ends);
        var rest = (double[])taps.Clone();
        for (var j = 0; j < count; j++)
        {
            for (var i = 0; i < spline.Length; i++)
                rest[offset + (j * Step) + i] -= weights[j] * spline[i];
        }

        var largest = taps.Max(Math.Abs);
        return rest[ends..^ends].Any(r => Math.Abs(r) > Exact * largest)
            ? null
            : new SplineTaps(spline, weights, offset + (spline.Length / 2), rest[..ends], rest[^ends..]);
    }

    private static double[] Widened(double[] spline)
    {
        var wide = new double[spline.Length + Step - 1];
        for (var i = 0; i < wide.Length; i++)
        {
            for (var k = Math.Max(0, i - Step + 1); k <= Math.Min(i, spline.Length - 1); k++)
                wide[i] += spline[k];
        }

        return wide;
    }

    /// <summary>Finds the weights that come nearest to the taps between the ends, by Cholesky's method on the banded normal equations.</summary>
    private static double[] LeastSquares(double[] taps, double[] spline, int count, int offset, int ends)
    {
        var a = new double[count, Boxes];
        var w = new double[count];
        for (var j = 0; j < count; j++)
        {
            for (var i = 0; i < spline.Length; i++)
            {
                var at = offset + (j * Step) + i;
                if (at < ends || at >= taps.Length - ends)
                    continue;
                w[j] += spline[i] * taps[at];
                for (var d = 0; d < Boxes && j + d < count && i >= d * Step; d++)
                    a[j, d] += spline[i] * spline[i - (d * Step)];
            }
        }

        // a[j, d] is the element (j, j + d) of the matrix, and then that of its upper triangular factor.
        for (var j = 0; j < count; j++)
        {
            for (var k = Math.Max(0, j - Boxes + 1); k < j; k++)
            {
                for (var d = 0; d < Boxes && j + d - k < Boxes && j + d < count; d++)
                    a[j, d] -= a[k, j - k] * a[k, j + d - k];
                w[j] -= a[k, j - k] * w[k];
            }

            var root = Math.Sqrt(a[j, 0]);
            for (var d = 0; d < Boxes; d++)
                a[j, d] /= root;
            w[j] /= root;
        }

        for (var j = count - 1; j >= 0; j--)
        {
            for (var d = 1; d < Boxes && j + d < count; d++)
                w[j] -= a[j, d] * w[j + d];
            w[j] /= a[j, 0];
        }

        return w;
    }
}
