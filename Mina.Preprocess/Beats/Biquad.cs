using System.Runtime.CompilerServices;

namespace Mina.Preprocess.Beats;

/// <summary>The memory of a <see cref="Biquad"/>: its last inputs and outputs. Plain data.</summary>
public record struct BiquadState(double X1, double X2, double Y1, double Y2);

/// <summary>A second-order Butterworth filter by the bilinear transform, one sample at a time, at 300 Hz.</summary>
internal readonly struct Biquad
{
    private readonly double _b0, _b1, _b2, _a1, _a2;

    private Biquad(double b0, double b1, double b2, double a1, double a2) => (_b0, _b1, _b2, _a1, _a2) = (b0, b1, b2, a1, a2);

    /// <summary>Passes what lies above a frequency.</summary>
    /// <param name="hertz">Where 3 dB are lost.</param>
    public static Biquad HighPass(double hertz)
    {
        var k = Math.Tan(Math.PI * hertz / Shapes.Fs);
        var norm = 1 / (1 + (Math.Sqrt(2) * k) + (k * k));
        return new Biquad(norm, -2 * norm, norm, 2 * ((k * k) - 1) * norm, (1 - (Math.Sqrt(2) * k) + (k * k)) * norm);
    }

    /// <summary>Passes what lies below a frequency.</summary>
    /// <param name="hertz">Where 3 dB are lost.</param>
    public static Biquad LowPass(double hertz)
    {
        var k = Math.Tan(Math.PI * hertz / Shapes.Fs);
        var norm = 1 / (1 + (Math.Sqrt(2) * k) + (k * k));
        return new Biquad(k * k * norm, 2 * k * k * norm, k * k * norm, 2 * ((k * k) - 1) * norm, (1 - (Math.Sqrt(2) * k) + (k * k)) * norm);
    }

    /// <summary>The output at the next input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Step(double x, ref BiquadState state)
    {
        var y = (_b0 * x) + (_b1 * state.X1) + (_b2 * state.X2) - (_a1 * state.Y1) - (_a2 * state.Y2);
        state = new BiquadState(x, state.X1, y, state.Y1);
        return y;
    }
}
