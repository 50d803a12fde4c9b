using System.Buffers;
using System.Runtime.Intrinsics;

namespace Mina.Preprocess;

/// <summary>
/// Two signal-quality indices of a window and the rule that calls it too noisy: pSQI, the QRS complexes' share of the power, and kSQI,
/// the kurtosis (Li, Mark and Clifford, Physiol Meas 29, 2008; Clifford et al., Physiol Meas 33, 2012; Zhao and Zhang, Front Physiol
/// 9:727, 2018). The kurtosis is computed of the band 1-40 Hz, because in the raw signal a wandering baseline would hide plain beats.
/// </summary>
/// <remarks>
/// The rule is cautious, since a window of AF must not be lost to it: in 250 CinC 2017 recordings of each label it
/// rejects 3.2 % of the windows labelled noisy, and 0.1 % each of those labelled AF, normal and other.
/// </remarks>
public static class SignalNoise
{
    /// <summary>Below this kSQI no beats stand out; Gaussian noise has 3.</summary>
    public const double MinKurtosis = 4;

    /// <summary>Below this pSQI the power is mostly that of muscle noise; white noise has 0.29.</summary>
    public const double MinQrsShare = 0.6;

    private const int Points = 4096;
    private const double Step = (double)Shapes.Fs / Points;

    private static readonly double[] Hann = [.. Enumerable.Range(0, Shapes.Window).Select(t => 0.5 - (0.5 * Math.Cos(2 * Math.PI * t / (Shapes.Window - 1))))];

    private static readonly double[] Cos = Twiddles(Math.Cos);
    private static readonly double[] Sin = Twiddles(Math.Sin);

    private static readonly (int, int)[] Swaps = BitReversal(Points);
    private static readonly (int, int)[] HalfSwaps = BitReversal(Points / 2);

    /// <summary>Whether both indices are low, so that no beats can be recognised.</summary>
    /// <param name="window">3000 finite samples at 300 Hz.</param>
    public static bool IsNoisy(ReadOnlySpan<float> window) => QrsShare(window) < MinQrsShare && Kurtosis(window) < MinKurtosis;

    /// <summary>Computes kSQI, the fourth standardised moment of the band 1-40 Hz; NaN where the samples do not vary.</summary>
    /// <param name="window">3000 finite samples at 300 Hz.</param>
    public static double Kurtosis(ReadOnlySpan<float> window)
    {
        var (re, im) = Spectrum(window);
        for (var k = 0; k <= Points / 2; k++)
        {
            if (k * Step is >= 1 and <= 40)
                continue;
            (re[k], im[k]) = (0, 0);
            (re[(Points - k) % Points], im[(Points - k) % Points]) = (0, 0);
        }

        // With real and imaginary parts exchanged, the transform is its own inverse up to a factor, which does not change the kurtosis.
        Transform(im, re);
        double squares = 0, fourths = 0;
        foreach (var v in re.AsSpan(0, window.Length))
        {
            squares += v * v;
            fourths += v * v * v * v;
        }

        return fourths * window.Length / (squares * squares);
    }

    /// <summary>Computes pSQI, the power of 5-15 Hz divided by that of 5-40 Hz; 0 where there is no power in 5-40 Hz.</summary>
    /// <param name="window">3000 finite samples at 300 Hz.</param>
    public static double QrsShare(ReadOnlySpan<float> window)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(window.Length, Shapes.Window, nameof(window));
        const int half = Points / 2;
        var (mean, _) = Quality.Statistics(window);
        var buffer = ArrayPool<double>.Shared.Rent(Points);
        try
        {
            // Every window of every stream comes here. A real signal's transform is that of its even samples and its odd ones, taken as
            // the real and the imaginary part of a signal of half the length (Press et al., Numerical Recipes, section 12.3).
            var re = buffer.AsSpan(0, half);
            var im = buffer.AsSpan(half, half);
            for (var t = 0; t < window.Length / 2; t++)
            {
                re[t] = (window[2 * t] - mean) * Hann[2 * t];
                im[t] = (window[(2 * t) + 1] - mean) * Hann[(2 * t) + 1];
            }

            re[(window.Length / 2)..].Clear();
            im[(window.Length / 2)..].Clear();
            Transform(re, im);
            var beats = Power(re, im, 5, 15);
            var all = beats + Power(re, im, 15, 40);
            return all > 0 ? beats / all : 0;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(buffer);
        }
    }

    /// <summary>Computes the power from one frequency to below another of the real signal whose halves were transformed.</summary>
    private static double Power(ReadOnlySpan<double> re, ReadOnlySpan<double> im, double from, double to)
    {
        double sum = 0;
        for (var k = (int)Math.Ceiling(from / Step); k * Step < to; k++)
        {
            var mirror = re.Length - k;
            var (evenRe, evenIm) = (re[k] + re[mirror], im[k] - im[mirror]);
            var (oddRe, oddIm) = (im[k] + im[mirror], re[mirror] - re[k]);
            var (c, s) = (Cos[re.Length + k], Sin[re.Length + k]);
            var (x, y) = (evenRe + (oddRe * c) - (oddIm * s), evenIm + (oddRe * s) + (oddIm * c));
            sum += (x * x) + (y * y);
        }

        return sum;
    }

    private static (double[] Re, double[] Im) Spectrum(ReadOnlySpan<float> window)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(window.Length, Shapes.Window, nameof(window));
        var (mean, _) = Quality.Statistics(window);
        var (re, im) = (new double[Points], new double[Points]);
        for (var t = 0; t < window.Length; t++)
            re[t] = window[t] - mean;
        Transform(re, im);
        return (re, im);
    }

    /// <summary>Computes the radix-2 fast Fourier transform of 2048 or 4096 points in place (Cooley and Tukey 1965).</summary>
    private static void Transform(Span<double> re, Span<double> im)
    {
        var n = re.Length;
        var swaps = n == Points ? Swaps : HalfSwaps;
        foreach (var (i, j) in swaps)
            (re[i], re[j], im[i], im[j]) = (re[j], re[i], im[j], im[i]);

        // The first two stages, whose factors are 1 and -i.
        for (var t = 0; t < n; t += 4)
        {
            var (aRe, aIm, bRe, bIm) = (re[t] + re[t + 1], im[t] + im[t + 1], re[t] - re[t + 1], im[t] - im[t + 1]);
            var (cRe, cIm, dRe, dIm) = (re[t + 2] + re[t + 3], im[t + 2] + im[t + 3], re[t + 2] - re[t + 3], im[t + 2] - im[t + 3]);
            (re[t], im[t], re[t + 2], im[t + 2]) = (aRe + cRe, aIm + cIm, aRe - cRe, aIm - cIm);
            (re[t + 1], im[t + 1], re[t + 3], im[t + 3]) = (bRe + dIm, bIm - dRe, bRe - dIm, bIm + dRe);
        }

        for (var half = 4; half < n; half <<= 1)
        {
            for (var first = 0; first < n; first += 2 * half)
                Butterflies(
                    re.Slice(first, half),
                    im.Slice(first, half),
                    re.Slice(first + half, half),
                    im.Slice(first + half, half),
                    Cos.AsSpan(half, half),
                    Sin.AsSpan(half, half));
        }
    }

    /// <summary>Multiplies b by the twiddle factors, and then replaces a and b by a + b and a - b.</summary>
    private static void Butterflies(Span<double> aRe, Span<double> aIm, Span<double> bRe, Span<double> bIm, ReadOnlySpan<double> cos, ReadOnlySpan<double> sin)
    {
        for (var k = 0; k < cos.Length; k += Vector256<double>.Count)
        {
            var (c, s) = (Vector256.Create(cos[k..]), Vector256.Create(sin[k..]));
            var (x, y) = (Vector256.Create<double>(bRe[k..]), Vector256.Create<double>(bIm[k..]));
            var (r, m) = ((x * c) - (y * s), (x * s) + (y * c));
            var (u, v) = (Vector256.Create<double>(aRe[k..]), Vector256.Create<double>(aIm[k..]));
            (u + r).CopyTo(aRe[k..]);
            (v + m).CopyTo(aIm[k..]);
            (u - r).CopyTo(bRe[k..]);
            (v - m).CopyTo(bIm[k..]);
        }
    }

    /// <summary>The pairs of places that bit reversal exchanges.</summary>
    private static (int, int)[] BitReversal(int n)
    {
        var pairs = new List<(int, int)>();
        for (int i = 1, j = 0; i < n; i++)
        {
            var bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1)
                j ^= bit;
            j ^= bit;
            if (i < j)
                pairs.Add((i, j));
        }

        return [.. pairs];
    }

    /// <summary>Computes the twiddle factors of all stages; those of the stage of half-length h lie at h to 2 h.</summary>
    private static double[] Twiddles(Func<double, double> of)
    {
        var factors = new double[Points];
        for (var half = 1; half < Points; half <<= 1)
        {
            for (var k = 0; k < half; k++)
                factors[half + k] = of(-Math.PI * k / half);
        }

        return factors;
    }
}
