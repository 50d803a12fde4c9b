namespace Mina.Preprocess;

/// <summary>
/// The bank of linear-phase FIR filters that splits a window into the channels low (&lt;= 0.5 Hz), band (0.5-50 Hz) and high (&gt;= 50 Hz). The
/// filters are complementary: original = low + band + high (the paper, section 4.1).
/// </summary>
/// <remarks>
/// The filters are built of two windowed-sinc low-passes with a Hamming window, scaled to unit gain at 0 Hz (Oppenheim and Schafer, section 7.5;
/// the same as scipy.signal.firwin). <see cref="ChannelFilter"/> applies them.
/// </remarks>
public sealed class FirBank
{
    /// <summary>Computes the taps.</summary>
    /// <exception cref="ArgumentException">A number of taps is even, or the high cut has more taps than the low cut.</exception>
    public FirBank(PreprocessSettings settings)
    {
        if (settings.LowTaps % 2 == 0 || settings.HighTaps % 2 == 0 || settings.HighTaps > settings.LowTaps)
            throw new ArgumentException($"The filters need odd numbers of taps, the high cut no more than the low cut; got {settings.LowTaps} and "
                + $"{settings.HighTaps}.");
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
        Lp50 = Array.ConvertAll(lp50, v => (float)v);
        Splines = SplineTaps.Fit(low);
    }

    /// <summary>Taps of the low filter, symmetric about the middle one.</summary>
    public ReadOnlyMemory<double> Low { get; }

    /// <summary>Taps of the band filter, symmetric about the middle one.</summary>
    public ReadOnlyMemory<double> Band { get; }

    /// <summary>Taps of the high filter, symmetric about the middle one.</summary>
    public ReadOnlyMemory<double> High { get; }

    /// <summary>The number of samples at each end of a window that its zero padding affects: half the longest filter.</summary>
    public int Reach => Low.Length / 2;

    /// <summary>The taps of the low-pass at the high cut, from which the band and high filters are formed as differences.</summary>
    internal float[] Lp50 { get; }

    /// <summary>The low filter in a form with fewer taps; null where its taps are not smooth enough for that.</summary>
    internal SplineTaps? Splines { get; }

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
