namespace Mina.Preprocess;

/// <summary>
/// Three signal-quality indices of a window, as Li, Mark and Clifford (Physiol Meas 29, 2008: kSQI) and Zhao and Zhang
/// (Front Physiol 9:727, 2018: pSQI, basSQI) have them, and the rule that calls a window too noisy.
/// </summary>
/// <remarks>
/// The rule is cautious, since a window of AF must not be lost to it: of 10 s windows of CinC 2017 it takes 3.6 % of those
/// labelled noisy, 1.0 % of the normal ones, 0.4 % of other rhythms, and of 795 of AF none.
/// </remarks>
public static class SignalNoise
{
    /// <summary>Kurtosis at and above which there are beats to be seen; Zhao and Zhang's bound. Gaussian noise has 3.</summary>
    public const double LeastKurtosis = 5;

    /// <summary>Least share of 5-15 Hz in 5-40 Hz: below it the power is a muscle's.</summary>
    public const double LeastQrsShare = 0.45;

    /// <summary>Least share of 1-40 Hz in 0-40 Hz: below it the baseline wanders more than the heart beats.</summary>
    public const double LeastBaselineQuality = 0.4;

    private const int Points = 4096;

    private static readonly double[] _hann = [.. Enumerable.Range(0, Shapes.Window).Select(t => 0.5 - (0.5 * Math.Cos(2 * Math.PI * t / (Shapes.Window - 1))))];

    /// <summary>Low kurtosis, and a muscle's spectrum or a wandering baseline with it.</summary>
    /// <param name="window">3000 finite samples at 300 Hz.</param>
    public static bool IsNoisy(ReadOnlySpan<float> window)
    {
        if (Kurtosis(window) >= LeastKurtosis)
            return false;
        var (qrs, baseline) = Spectral(window);
        return qrs < LeastQrsShare || baseline < LeastBaselineQuality;
    }

    /// <summary>kSQI: the fourth standardised moment; NaN where nothing varies.</summary>
    public static double Kurtosis(ReadOnlySpan<float> window)
    {
        var (mean, deviation) = Quality.Statistics(window);
        double sum = 0;
        foreach (var v in window)
        {
            var d = (v - mean) / deviation;
            sum += d * d * d * d;
        }

        return sum / window.Length;
    }

    /// <summary>pSQI (power of 5-15 Hz over 5-40 Hz) and basSQI (1 less power of 0-1 Hz over 0-40 Hz), of a Hann window.</summary>
    /// <param name="window">3000 finite samples at 300 Hz.</param>
    public static (double Qrs, double Baseline) Spectral(ReadOnlySpan<float> window)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(window.Length, Shapes.Window, nameof(window));
        var (mean, _) = Quality.Statistics(window);
        var re = new double[Points];
        var im = new double[Points];
        for (var t = 0; t < window.Length; t++)
            re[t] = (window[t] - mean) * _hann[t];
        Transform(re, im);
        var all = Power(0, 40);
        var middle = Power(5, 40);
        return (middle > 0 ? Power(5, 15) / middle : 0, all > 0 ? 1 - (Power(0, 1) / all) : 0);

        double Power(double from, double to)
        {
            const double Step = (double)Shapes.Fs / Points;
            double sum = 0;
            for (var k = (int)Math.Ceiling(from / Step); k * Step < to; k++)
                sum += (re[k] * re[k]) + (im[k] * im[k]);
            return sum;
        }
    }

    /// <summary>The radix-2 fast Fourier transform, in place (Cooley and Tukey 1965).</summary>
    private static void Transform(double[] re, double[] im)
    {
        var n = re.Length;
        for (int i = 1, j = 0; i < n; i++)
        {
            var bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1)
                j ^= bit;
            j ^= bit;
            if (i < j)
                (re[i], re[j], im[i], im[j]) = (re[j], re[i], im[j], im[i]);
        }

        for (var length = 2; length <= n; length <<= 1)
        {
            var half = length / 2;
            for (var k = 0; k < half; k++)
            {
                var (sin, cos) = Math.SinCos(-2 * Math.PI * k / length);
                for (var i = k; i < n; i += length)
                {
                    var j = i + half;
                    var (r, m) = ((re[j] * cos) - (im[j] * sin), (re[j] * sin) + (im[j] * cos));
                    (re[j], im[j]) = (re[i] - r, im[i] - m);
                    (re[i], im[i]) = (re[i] + r, im[i] + m);
                }
            }
        }
    }
}
