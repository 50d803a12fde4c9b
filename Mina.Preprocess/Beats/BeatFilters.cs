using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mina.Preprocess.Beats;

/// <summary>
/// The four filters of the beats' path, in pairs: 8 Hz and 35 Hz on the samples, then 20 Hz and 0.67 Hz on their outputs. The two of a pair
/// are the two lanes of one register, so that both cost as much as one; each lane computes the sum of <see cref="Biquad"/> in the same order.
/// </summary>
internal struct BeatFilters
{
    private static readonly (Vector128<double> B0, Vector128<double> B1, Vector128<double> B2, Vector128<double> A1, Vector128<double> A2)
        First = Biquad.Paired(Biquad.HighPass(8), Biquad.LowPass(35)),
        Second = Biquad.Paired(Biquad.LowPass(20), Biquad.HighPass(0.67));

    // The last inputs, the last outputs of the first pair, which are the second one's inputs, and the outputs of the second pair.
    private Vector128<double> _x1, _x2, _middle1, _middle2, _y1, _y2;

    /// <summary>Creates the filters with the memories of a stream.</summary>
    public BeatFilters(BeatTraceState s)
    {
        _x1 = Vector128.Create(s.HighPass.X1, s.Smoothing.X1);
        _x2 = Vector128.Create(s.HighPass.X2, s.Smoothing.X2);
        _middle1 = Vector128.Create(s.HighPass.Y1, s.Smoothing.Y1);
        _middle2 = Vector128.Create(s.HighPass.Y2, s.Smoothing.Y2);
        _y1 = Vector128.Create(s.LowPass.Y1, s.Baseline.Y1);
        _y2 = Vector128.Create(s.LowPass.Y2, s.Baseline.Y2);
    }

    /// <summary>Filters the next sample: lane 0 is the band of 8 to 20 Hz, lane 1 that of 0.67 to 35 Hz.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<double> Step(double sample)
    {
        var x = Vector128.Create(sample);
        var middle = (First.B0 * x) + (First.B1 * _x1) + (First.B2 * _x2) - (First.A1 * _middle1) - (First.A2 * _middle2);
        var y = (Second.B0 * middle) + (Second.B1 * _middle1) + (Second.B2 * _middle2) - (Second.A1 * _y1) - (Second.A2 * _y2);
        (_x2, _x1, _middle2, _middle1, _y2, _y1) = (_x1, x, _middle1, middle, _y1, y);
        return y;
    }

    /// <summary>Writes the memories back.</summary>
    public readonly void Keep(BeatTraceState s)
    {
        s.HighPass = new BiquadState(_x1[0], _x2[0], _middle1[0], _middle2[0]);
        s.Smoothing = new BiquadState(_x1[1], _x2[1], _middle1[1], _middle2[1]);
        s.LowPass = new BiquadState(_middle1[0], _middle2[0], _y1[0], _y2[0]);
        s.Baseline = new BiquadState(_middle1[1], _middle2[1], _y1[1], _y2[1]);
    }
}
