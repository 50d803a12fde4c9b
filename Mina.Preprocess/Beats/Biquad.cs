using System.Runtime.Intrinsics;

namespace Mina.Preprocess.Beats;

/// <summary>The memory of a second-order filter: its last two inputs and outputs. It is plain data.</summary>
public record struct BiquadState(double X1, double X2, double Y1, double Y2);

/// <summary>
/// A second-order Butterworth filter by the bilinear transform, at 300 Hz: y = b0 x + b1 x1 + b2 x2 - a1 y1 - a2 y2, added in this order.
/// </summary>
internal readonly struct Biquad
{
    private readonly double _b0, _b1, _b2, _a1, _a2;

    private Biquad(double b0, double b1, double b2, double a1, double a2) => (_b0, _b1, _b2, _a1, _a2) = (b0, b1, b2, a1, a2);

    /// <summary>Creates a filter that passes what lies above a frequency.</summary>
    /// <param name="hertz">Where 3 dB are lost.</param>
    public static Biquad HighPass(double hertz)
    {
        var k = Math.Tan(Math.PI * hertz / Shapes.Fs);
        var norm = 1 / (1 + (Math.Sqrt(2) * k) + (k * k));
        return new Biquad(norm, -2 * norm, norm, 2 * ((k * k) - 1) * norm, (1 - (Math.Sqrt(2) * k) + (k * k)) * norm);
    }

    /// <summary>Creates a filter that passes what lies below a frequency.</summary>
    /// <param name="hertz">Where 3 dB are lost.</param>
    public static Biquad LowPass(double hertz)
    {
        var k = Math.Tan(Math.PI * hertz / Shapes.Fs);
        var norm = 1 / (1 + (Math.Sqrt(2) * k) + (k * k));
        return new Biquad(k * k * norm, 2 * k * k * norm, k * k * norm, 2 * ((k * k) - 1) * norm, (1 - (Math.Sqrt(2) * k) + (k * k)) * norm);
    }

    /// <summary>Puts the coefficients of two filters into the two lanes of registers.</summary>
    public static (Vector128<double> B0, Vector128<double> B1, Vector128<double> B2, Vector128<double> A1, Vector128<double> A2) Paired(
        Biquad first, Biquad second) => (
        Vector128.Create(first._b0, second._b0),
        Vector128.Create(first._b1, second._b1),
        Vector128.Create(first._b2, second._b2),
        Vector128.Create(first._a1, second._a1),
        Vector128.Create(first._a2, second._a2));
}
