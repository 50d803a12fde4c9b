using System.Numerics;
using System.Numerics.Tensors;

namespace Mina.Preprocess;

/// <summary>
/// The bank of linear-phase FIR filters that cuts a window into channels: low (&lt;= 0.5 Hz), band (0.5-50 Hz) and high
/// (&gt;= 50 Hz), complementary: original = low + band + high (the paper, section 4.1; DESIGN.md, "Channels").
/// </summary>
/// <remarks>
/// Windowed-sinc low-passes with a Hamming window, scaled to unit gain at 0 Hz (Oppenheim and Schafer, section 7.5; the
/// same as scipy.signal.firwin). Only the two low-passes are convolved; band and high are differences.
/// </remarks>
public sealed class FirBank
{
    private readonly float[] _low;
    private readonly float[] _lp50;

    /// <summary>Computes the coefficients.</summary>
    /// <exception cref="ArgumentException">A number of taps is even, or the high cut has more taps than the low cut.</exception>
    public FirBank(PreprocessSettings settings)
    {
        if (settings.LowTaps % 2 == 0 || settings.HighTaps % 2 == 0 || settings.HighTaps > settings.LowTaps)
            throw new ArgumentException($"The filters need odd numbers of taps, the high cut no more than the low cut; got {settings.LowTaps} and {settings.HighTaps}.");
        var low = LowPass(settings.LowTaps, settings.LowCutHz, settings.Fs);
        var lp50 = LowPass(settings.HighTaps, settings.HighCutHz, settings.Fs);
        var pad = (settings.LowTaps - settings.HighTaps) / 2;
        var band = new double[low.Length];
        var high = new double[low.Length];
        for (var k = 0; k < low.Length; k++)
        {
            var centred = k >= pad && k < pad + lp50.Length ? lp50[k - pad] : 0;
            band[k] = centred - low[k];
            high[k] = (k == low.Length / 2 ? 1 : 0) - centred;
        }

        (Low, Band, High) = (low, band, high);
        _low = Array.ConvertAll(low, v => (float)v);
        _lp50 = Array.ConvertAll(lp50, v => (float)v);
    }

    /// <summary>Taps of the low filter, symmetric about the middle one.</summary>
    public ReadOnlyMemory<double> Low { get; }

    /// <summary>Taps of the band filter, symmetric about the middle one.</summary>
    public ReadOnlyMemory<double> Band { get; }

    /// <summary>Taps of the high filter, symmetric about the middle one.</summary>
    public ReadOnlyMemory<double> High { get; }

    /// <summary>Samples at each end of a window that its zero padding reaches: half the longest filter.</summary>
    public int Reach => _low.Length / 2;

    /// <summary>
    /// The two low-passes of a signal, zero-padded and aligned with it (numpy's 'same'). Each output is summed tap by
    /// tap in one order wherever it lies, so that a part of a signal away from its ends gives the same bits as the whole.
    /// </summary>
    /// <param name="signal">Any length n.</param>
    /// <param name="low">n floats: the signal below 0.5 Hz.</param>
    /// <param name="lp50">n floats: the signal below 50 Hz.</param>
    public void LowPasses(ReadOnlySpan<float> signal, Span<float> low, Span<float> lp50)
    {
        Same(signal, _low, low, 0, signal.Length);
        Same(signal, _lp50, lp50, 0, signal.Length);
    }

    /// <summary>
    /// Writes the channels of one window, (4, n) channel-major. Where the window lies in a longer signal whose low-passes
    /// are known, only the ends, which the zero padding reaches, are filtered again: the bits are those of
    /// <see cref="LowPasses"/> on the window alone.
    /// </summary>
    /// <param name="signal">The whole signal.</param>
    /// <param name="low">Its low-pass at 0.5 Hz, from <see cref="LowPasses"/>.</param>
    /// <param name="lp50">Its low-pass at 50 Hz, from <see cref="LowPasses"/>.</param>
    /// <param name="start">First sample of the window.</param>
    /// <param name="length">n, samples of the window.</param>
    /// <param name="x">4 x n floats.</param>
    public void Channels(ReadOnlySpan<float> signal, ReadOnlySpan<float> low, ReadOnlySpan<float> lp50, int start, int length, Span<float> x)
    {
        var window = signal.Slice(start, length);
        var xLow = x.Slice(length, length);
        var xLp50 = x.Slice(2 * length, length);
        window.CopyTo(x);
        Mended(window, low.Slice(start, length), _low, xLow);
        Mended(window, lp50.Slice(start, length), _lp50, xLp50);
        TensorPrimitives.Subtract(window, xLp50, x.Slice(3 * length, length));
        TensorPrimitives.Subtract(xLp50, xLow, xLp50);
    }

    private static void Mended(ReadOnlySpan<float> window, ReadOnlySpan<float> known, float[] taps, Span<float> output)
    {
        var reach = Math.Min(taps.Length / 2, (window.Length + 1) / 2);
        known.CopyTo(output);
        Same(window, taps, output, 0, reach);
        Same(window, taps, output, window.Length - reach, window.Length);
    }

    /// <summary>output[t] for t in [from, to) of the 'same' convolution of signal with symmetric taps.</summary>
    private static void Same(ReadOnlySpan<float> signal, ReadOnlySpan<float> taps, Span<float> output, int from, int to)
    {
        var half = taps.Length / 2;
        var t = from;

        // Blocks of outputs side by side: the taps that some output of the block has a sample for. A lane whose sample
        // lies outside the signal reads zero from a padded copy, which adds nothing, so every output keeps one order.
        const int Lanes = 4;
        var width = Vector<float>.Count * Lanes;
        Span<float> padded = stackalloc float[2 * 64 * Lanes + 8];
        for (; t < to; t += width)
        {
            var count = Math.Min(width, to - t);
            Vector<float> a0 = default, a1 = default, a2 = default, a3 = default;
            for (var k = 0; k < taps.Length; k++)
            {
                var at = t + k - half;
                if (at + width <= 0)
                    continue;
                if (at >= signal.Length)
                    break;
                var lanes = at >= 0 && at + width <= signal.Length ? signal.Slice(at, width) : Pad(signal, at, padded[..width]);
                var tap = new Vector<float>(taps[k]);
                a0 = Vector.FusedMultiplyAdd(new Vector<float>(lanes), tap, a0);
                a1 = Vector.FusedMultiplyAdd(new Vector<float>(lanes[Vector<float>.Count..]), tap, a1);
                a2 = Vector.FusedMultiplyAdd(new Vector<float>(lanes[(2 * Vector<float>.Count)..]), tap, a2);
                a3 = Vector.FusedMultiplyAdd(new Vector<float>(lanes[(3 * Vector<float>.Count)..]), tap, a3);
            }

            a0.CopyTo(padded);
            a1.CopyTo(padded[Vector<float>.Count..]);
            a2.CopyTo(padded[(2 * Vector<float>.Count)..]);
            a3.CopyTo(padded[(3 * Vector<float>.Count)..]);
            padded[..count].CopyTo(output[t..]);
        }
    }

    private static ReadOnlySpan<float> Pad(ReadOnlySpan<float> signal, int at, Span<float> padded)
    {
        padded.Clear();
        var first = Math.Max(0, at);
        var last = Math.Min(signal.Length, at + padded.Length);
        if (first < last)
            signal[first..last].CopyTo(padded[(first - at)..]);
        return padded;
    }

    private static double[] LowPass(int taps, double cutHz, double fs)
    {
        var h = new double[taps];
        var middle = (taps - 1) / 2.0;
        var cut = 2 * cutHz / fs;
        for (var k = 0; k < taps; k++)
        {
            var m = cut * (k - middle);
            var sinc = m == 0 ? 1 : Math.Sin(Math.PI * m) / (Math.PI * m);
            var hamming = taps == 1 ? 1 : 0.54 - (0.46 * Math.Cos(2 * Math.PI * k / (taps - 1)));
            h[k] = cut * sinc * hamming;
        }

        var gain = h.Sum();
        for (var k = 0; k < taps; k++)
            h[k] /= gain;
        return h;
    }
}
