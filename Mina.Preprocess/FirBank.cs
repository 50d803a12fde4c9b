using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
    /// <param name="lowRest">n floats: what rounding took from each of <paramref name="low"/>.</param>
    /// <param name="lp50">n floats: the signal below 50 Hz.</param>
    public void LowPasses(ReadOnlySpan<float> signal, Span<float> low, Span<float> lowRest, Span<float> lp50)
    {
        Same(signal, _low, low, lowRest, 0, signal.Length);
        Same(signal, _lp50, lp50, default, 0, signal.Length);
    }

    /// <summary>
    /// Writes the channels of one window, (4, n) channel-major. Where the window lies in a longer signal whose low-passes
    /// are known, only the ends, which the zero padding reaches, are filtered again: the bits are those of
    /// <see cref="LowPasses"/> on the window alone.
    /// </summary>
    /// <param name="signal">The whole signal.</param>
    /// <param name="low">Its low-pass at 0.5 Hz, from <see cref="LowPasses"/>.</param>
    /// <param name="lowRest">The rest of that, from <see cref="LowPasses"/>.</param>
    /// <param name="lp50">Its low-pass at 50 Hz, from <see cref="LowPasses"/>.</param>
    /// <param name="start">First sample of the window.</param>
    /// <param name="length">n, samples of the window.</param>
    /// <param name="x">4 x n floats.</param>
    /// <param name="xLowRest">n floats: what rounding took from each of x's low channel; its tiny steps need it.</param>
    public void Channels(ReadOnlySpan<float> signal, ReadOnlySpan<float> low, ReadOnlySpan<float> lowRest, ReadOnlySpan<float> lp50, int start, int length, Span<float> x, Span<float> xLowRest)
    {
        var window = signal.Slice(start, length);
        var xLow = x.Slice(length, length);
        var xLp50 = x.Slice(2 * length, length);
        window.CopyTo(x);
        lowRest.Slice(start, length).CopyTo(xLowRest);
        Mended(window, low.Slice(start, length), _low, xLow, xLowRest);
        Mended(window, lp50.Slice(start, length), _lp50, xLp50, default);
        TensorPrimitives.Subtract(window, xLp50, x.Slice(3 * length, length));
        TensorPrimitives.Subtract(xLp50, xLow, xLp50);
    }

    private static void Mended(ReadOnlySpan<float> window, ReadOnlySpan<float> known, float[] taps, Span<float> output, Span<float> rest)
    {
        var reach = Math.Min(taps.Length / 2, (window.Length + 1) / 2);
        known.CopyTo(output);
        Same(window, taps, output, rest, 0, reach);
        Same(window, taps, output, rest, window.Length - reach, window.Length);
    }

    /// <summary>output[t] for t in [from, to) of the 'same' convolution of signal with symmetric taps.</summary>
    /// <remarks>
    /// Every output is the compensated sum of the sums over blocks of 8 taps: an order that depends on no position, and
    /// within an ulp or two of the exact sum, which the small differences of the slow channel (k_beat) need.
    /// </remarks>
    private static void Same(ReadOnlySpan<float> signal, ReadOnlySpan<float> taps, Span<float> output, Span<float> rest, int from, int to)
    {
        var half = taps.Length / 2;
        var step = Vector<float>.Count;
        var width = step * Lanes;
        ref var source = ref MemoryMarshal.GetReference(signal);
        Span<float> padded = stackalloc float[width];
        for (var t = from; t < to; t += width)
        {
            Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
            Vector<float> e0 = default, e1 = default, e2 = default, e3 = default;
            for (var block = 0; block < taps.Length; block += TapBlock)
            {
                var last = Math.Min(block + TapBlock, taps.Length);
                var at = t + block - half;
                if (at + (last - block) + width <= 0)
                    continue;
                if (at >= signal.Length)
                    break;
                Vector<float> a0 = default, a1 = default, a2 = default, a3 = default;
                if (at >= 0 && at + (last - block) - 1 + width <= signal.Length)
                {
                    ref var first = ref Unsafe.Add(ref source, at - block);
                    for (var k = block; k < last; k++)
                    {
                        var tap = new Vector<float>(taps[k]);
                        ref var lanes = ref Unsafe.Add(ref first, k);
                        a0 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref lanes), tap, a0);
                        a1 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref lanes, (nuint)step), tap, a1);
                        a2 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref lanes, (nuint)(2 * step)), tap, a2);
                        a3 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref lanes, (nuint)(3 * step)), tap, a3);
                    }
                }
                else
                {
                    // Beyond the ends a lane reads zero, which adds nothing to its sum.
                    for (var k = block; k < last; k++)
                    {
                        Pad(signal, t + k - half, padded);
                        var tap = new Vector<float>(taps[k]);
                        a0 = Vector.FusedMultiplyAdd(new Vector<float>(padded), tap, a0);
                        a1 = Vector.FusedMultiplyAdd(new Vector<float>(padded[step..]), tap, a1);
                        a2 = Vector.FusedMultiplyAdd(new Vector<float>(padded[(2 * step)..]), tap, a2);
                        a3 = Vector.FusedMultiplyAdd(new Vector<float>(padded[(3 * step)..]), tap, a3);
                    }
                }

                AddExactly(ref s0, ref e0, a0);
                AddExactly(ref s1, ref e1, a1);
                AddExactly(ref s2, ref e2, a2);
                AddExactly(ref s3, ref e3, a3);
            }

            var (r0, r1, r2, r3) = (s0 + e0, s1 + e1, s2 + e2, s3 + e3);
            var count = Math.Min(width, to - t);
            Store(r0, r1, r2, r3, padded, output.Slice(t, count));
            if (!rest.IsEmpty)
                Store((s0 - r0) + e0, (s1 - r1) + e1, (s2 - r2) + e2, (s3 - r3) + e3, padded, rest.Slice(t, count));
        }
    }

    private static void Store(Vector<float> v0, Vector<float> v1, Vector<float> v2, Vector<float> v3, Span<float> whole, Span<float> output)
    {
        var step = Vector<float>.Count;
        v0.CopyTo(whole);
        v1.CopyTo(whole[step..]);
        v2.CopyTo(whole[(2 * step)..]);
        v3.CopyTo(whole[(3 * step)..]);
        whole[..output.Length].CopyTo(output);
    }

    private const int Lanes = 4;
    private const int TapBlock = 8;

    /// <summary>sum += term, what the rounding loses going to <paramref name="error"/> (Knuth's TwoSum).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddExactly(ref Vector<float> sum, ref Vector<float> error, Vector<float> term)
    {
        var next = sum + term;
        var part = next - sum;
        error += (sum - (next - part)) + (term - part);
        sum = next;
    }

    /// <summary>signal[at .. at + padded.Length), zero beyond the signal's ends.</summary>
    private static void Pad(ReadOnlySpan<float> signal, int at, Span<float> padded)
    {
        padded.Clear();
        var first = Math.Max(0, at);
        var last = Math.Min(signal.Length, at + padded.Length);
        if (first < last)
            signal[first..last].CopyTo(padded[(first - at)..]);
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
