namespace Mina.Preprocess;

/// <summary>
/// Finds beats with two moving averages of the squared 8-20 Hz signal (Elgendi, "Fast QRS detection with an optimized knowledge-based method",
/// PLoS ONE 8(9):e73557, 2013), with the parameters of that paper (97 ms, 611 ms, offset 8 %), and estimates the heart rate from them.
/// </summary>
public static class HeartRate
{
    private const double Low = 8;
    private const double High = 20;
    private const double QrsSeconds = 0.097;
    private const double BeatSeconds = 0.611;
    private const double Offset = 0.08;
    private const double RefractorySeconds = 0.2;

    /// <summary>Estimates the heart rate between the first and the last beat.</summary>
    /// <param name="samples">Finite samples in any unit; 5 s or more.</param>
    /// <param name="fs">The sampling frequency in Hz.</param>
    /// <returns>Beats a minute, 20 to 300; null where there are fewer than three beats or the rate lies outside this range.</returns>
    public static double? Estimate(ReadOnlySpan<float> samples, double fs)
    {
        var beats = Beats(samples, fs);
        if (beats.Count < 3)
            return null;
        var rate = 60 * fs * (beats.Count - 1) / (beats[^1] - beats[0]);
        return rate is >= 20 and <= 300 ? rate : null;
    }

    /// <summary>Finds the index of the largest sample of each QRS complex in the 8-20 Hz signal, in order of time.</summary>
    /// <param name="samples">Finite samples in any unit.</param>
    /// <param name="fs">The sampling frequency in Hz, above 40.</param>
    public static List<int> Beats(ReadOnlySpan<float> samples, double fs)
    {
        var beats = new List<int>();
        if (samples.IsEmpty)
            return beats;
        var y = new double[samples.Length];
        for (var t = 0; t < y.Length; t++)
            y[t] = samples[t] - samples[0];
        foreach (var highPass in new[] { true, false })
        {
            Filter(y, highPass ? Low : High, fs, highPass);
            Array.Reverse(y);
            Filter(y, highPass ? Low : High, fs, highPass);
            Array.Reverse(y);
        }

        double mean = 0;
        for (var t = 0; t < y.Length; t++)
        {
            y[t] *= y[t];
            mean += y[t] / y.Length;
        }

        var qrsWidth = (int)(QrsSeconds * fs) | 1;
        var qrs = Average(y, qrsWidth);
        var beat = Average(y, (int)(BeatSeconds * fs) | 1);
        var last = double.NegativeInfinity;
        for (var t = 0; t < y.Length; t++)
        {
            if (!(qrs[t] > beat[t] + (Offset * mean)))
                continue;
            var (from, peak) = (t, t);
            for (; t < y.Length && qrs[t] > beat[t] + (Offset * mean); t++)
            {
                if (y[t] > y[peak])
                    peak = t;
            }

            if (t - from < qrsWidth || peak - last < RefractorySeconds * fs)
                continue;
            beats.Add(peak);
            last = peak;
        }

        return beats;
    }

    /// <summary>Applies a second-order Butterworth filter, designed by the bilinear transform, in place.</summary>
    private static void Filter(double[] y, double cut, double fs, bool highPass)
    {
        var k = Math.Tan(Math.PI * cut / fs);
        var norm = 1 / (1 + (Math.Sqrt(2) * k) + (k * k));
        var b0 = highPass ? norm : k * k * norm;
        var b1 = highPass ? -2 * b0 : 2 * b0;
        var a1 = 2 * ((k * k) - 1) * norm;
        var a2 = (1 - (Math.Sqrt(2) * k) + (k * k)) * norm;
        double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
        for (var t = 0; t < y.Length; t++)
        {
            var x0 = y[t];
            var y0 = (b0 * x0) + (b1 * x1) + (b0 * x2) - (a1 * y1) - (a2 * y2);
            (x2, x1, y2, y1) = (x1, x0, y1, y0);
            y[t] = y0;
        }
    }

    /// <summary>Computes the mean of the <paramref name="width"/> samples around each sample, and of fewer at the ends.</summary>
    private static double[] Average(double[] y, int width)
    {
        var sums = new double[y.Length + 1];
        for (var t = 0; t < y.Length; t++)
            sums[t + 1] = sums[t] + y[t];
        var half = width / 2;
        var average = new double[y.Length];
        for (var t = 0; t < y.Length; t++)
        {
            var (from, to) = (Math.Max(0, t - half), Math.Min(y.Length, t + half + 1));
            average[t] = (sums[to] - sums[from]) / (to - from);
        }

        return average;
    }
}
