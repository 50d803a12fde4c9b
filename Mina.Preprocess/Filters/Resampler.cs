namespace Mina.Preprocess;

/// <summary>
/// Resamples by a rational factor with a polyphase FIR filter: a Kaiser-windowed (beta = 5) low-pass at the lower of the two Nyquist frequencies,
/// with 10 zero crossings to each side and zero phase. The ends are continued by their last value. The results are those of
/// <c>scipy.signal.resample_poly(x, up, down, padtype='edge')</c>.
/// </summary>
public sealed class Resampler
{
    private const int ZeroCrossings = 10;
    private const double Beta = 5.0;
    private const int MaxFactor = 10_000;

    private readonly int _half;
    private readonly float[][] _phases;   // The taps of each output phase, for the oldest sample first.
    private readonly int[] _firsts;       // The first sample of each phase, relative to floor(m * down / up).

    /// <summary>Creates a resampler from one sampling frequency to another.</summary>
    /// <param name="from">
    /// The sampling frequency of the input in Hz, &gt; 0. Its ratio to <paramref name="to"/> is taken as the nearest fraction with a denominator of
    /// at most 10,000.
    /// </param>
    /// <param name="to">The sampling frequency of the output in Hz, &gt; 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A frequency is not positive and finite.</exception>
    public Resampler(double from, double to)
    {
        if (!(from > 0) || !double.IsFinite(from))
            throw new ArgumentOutOfRangeException(nameof(from), from, "A sampling frequency is a positive number of Hz.");
        if (!(to > 0) || !double.IsFinite(to))
            throw new ArgumentOutOfRangeException(nameof(to), to, "A sampling frequency is a positive number of Hz.");
        (Up, Down) = Ratio(to / from);
        var larger = Math.Max(Up, Down);
        _half = ZeroCrossings * larger;
        var taps = Taps(_half, 1.0 / larger, Up);
        _phases = new float[Up][];
        _firsts = new int[Up];
        for (var m = 0; m < Up; m++)
        {
            // y[m] = sum over j of x[j] h[m down - j up + half]: j from ceil((m down - half) / up) to floor((m down + half) / up).
            var centre = (long)m * Down;
            var first = CeilDiv(centre - _half, Up);
            var last = FloorDiv(centre + _half, Up);
            _firsts[m] = (int)(first - (centre / Up));
            _phases[m] = new float[last - first + 1];
            for (var j = first; j <= last; j++)
                _phases[m][j - first] = (float)taps[centre - (j * Up) + _half];
        }
    }

    /// <summary>The interpolation factor.</summary>
    public int Up { get; }

    /// <summary>The decimation factor.</summary>
    public int Down { get; }

    /// <summary>The number of output samples that n input samples give: ceil(n * up / down).</summary>
    public int OutputLength(int n) => checked((int)((((long)n * Up) + Down - 1) / Down));

    /// <summary>
    /// Resamples a signal. A non-finite input sample makes NaN of every output sample that it reaches, so a gap stays a gap at the same place.
    /// </summary>
    /// <param name="x">n samples.</param>
    /// <returns><see cref="OutputLength"/>(n) samples.</returns>
    public float[] Run(ReadOnlySpan<float> x)
    {
        var y = new float[OutputLength(x.Length)];
        var edge = new float[_phases.Max(taps => taps.Length)];
        for (var m = 0; m < y.Length; m++)
        {
            var (first, taps) = Reach(m);
            if (first >= 0 && first + taps.Length <= x.Length)
            {
                y[m] = Weigh(taps, x.Slice((int)first, taps.Length), keepConstant: false);
                continue;
            }

            for (var k = 0; k < taps.Length; k++)
                edge[k] = x[(int)Math.Clamp(first + k, 0, x.Length - 1)];
            y[m] = Weigh(taps, edge.AsSpan(0, taps.Length), keepConstant: false);
        }

        return y;
    }

    /// <summary>
    /// Computes one output sample. With <paramref name="keepConstant"/>, equal input samples give exactly their common value.
    /// </summary>
    /// <returns>The output sample, or NaN where an input sample is not finite.</returns>
    internal static float Weigh(float[] taps, ReadOnlySpan<float> samples, bool keepConstant)
    {
        double sum = 0;
        var same = keepConstant;
        for (var k = 0; k < taps.Length; k++)
        {
            sum += (double)taps[k] * samples[k];
            same &= samples[k] == samples[0];
        }

        return !double.IsFinite(sum) ? float.NaN : same ? samples[0] : (float)sum;
    }

    /// <summary>The first input sample that output sample m depends on, which may lie outside the signal, and the taps from there on.</summary>
    internal (long First, float[] Taps) Reach(long m)
    {
        var phase = (int)(m % Up);
        return ((m * Down / Up) + _firsts[phase], _phases[phase]);
    }

    private static double[] Taps(int half, double cut, int gain)
    {
        var h = new double[(2 * half) + 1];
        double sum = 0;
        for (var k = 0; k < h.Length; k++)
        {
            var m = cut * (k - half);
            var r = (double)(k - half) / half;
            var sinc = m == 0 ? 1 : Math.Sin(Math.PI * m) / (Math.PI * m);
            h[k] = cut * sinc * BesselI0(Beta * Math.Sqrt(Math.Max(0, 1 - (r * r)))) / BesselI0(Beta);
            sum += h[k];
        }

        for (var k = 0; k < h.Length; k++)
            h[k] *= gain / sum;
        return h;
    }

    /// <summary>Computes the modified Bessel function of order 0 by its power series.</summary>
    private static double BesselI0(double x)
    {
        double term = 1, sum = 1;
        for (var k = 1; term > sum * 1e-17; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }

    /// <summary>Finds the nearest fraction with a denominator of at most 10,000, by continued fractions.</summary>
    private static (int Up, int Down) Ratio(double value)
    {
        long p0 = 0, q0 = 1, p1 = 1, q1 = 0;
        var rest = value;
        for (var i = 0; i < 32; i++)
        {
            var whole = (long)Math.Floor(rest);
            var (p2, q2) = (p0 + (whole * p1), q0 + (whole * q1));
            if (p2 > MaxFactor || q2 > MaxFactor)
                break;
            (p0, q0, p1, q1) = (p1, q1, p2, q2);
            var fraction = rest - whole;
            if (fraction < 1e-9 || Math.Abs(((double)p1 / q1) - value) < 1e-12 * value)
                break;
            rest = 1 / fraction;
        }

        if (p1 == 0 || q1 == 0)
            throw new ArgumentOutOfRangeException(
                nameof(value), value, $"No ratio of whole numbers up to {MaxFactor} comes near this change of sampling frequency.");
        return ((int)p1, (int)q1);
    }

    private static long FloorDiv(long a, long b) => (long)Math.Floor((double)a / b);

    private static long CeilDiv(long a, long b) => (long)Math.Ceiling((double)a / b);
}
