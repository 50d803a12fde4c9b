namespace Mina.Streaming.Simulation;

/// <summary>
/// The waves of a beat: the Gaussian events P, Q, R, S, T of McSharry, Clifford, Tarassenko and Smith, "A dynamical model for generating
/// synthetic electrocardiogram signals" (IEEE Trans. Biomed. Eng. 50, 2003), in closed form. On the limit cycle the model's trajectory is a sum of
/// Gaussians in phase; here each Gaussian is placed in time around its R peak. The place of T scales with the square root of RR (Bazett), that
/// of P with its fourth root. T has two halves, because it rises more slowly than it falls.
/// </summary>
internal sealed class Morphology
{
    /// <summary>A beat is 0 beyond this many seconds before and after its R peak.</summary>
    public const double Reach = 1.1;

    private readonly Wave[] _sinus;
    private readonly Wave[] _atrial;
    private readonly Wave[] _ventricular;
    private readonly double _variation;

    public Morphology(SimulationRandom random)
    {
        // Most people hold the recorder the right way round.
        var gain = random.Uniform(0.55, 1.35) * (random.Chance(0.08) ? -1 : 1);
        _variation = random.Uniform(0.01, 0.04);
        var p = random.Uniform(0.07, 0.17);
        var pr = random.Uniform(0.13, 0.19);
        var q = -random.Uniform(0.0, 0.14);
        var r = random.Uniform(0.75, 1.25);
        var s = -random.Uniform(0.04, 0.38);
        var t = random.Uniform(0.12, 0.40) * (random.Chance(0.06) ? -0.6 : 1);
        var qrs = random.Uniform(0.9, 1.25);
        var tAt = random.Uniform(0.27, 0.33);
        var st = random.Uniform(-0.03, 0.05);
        Wave[] beat =
        [
            new(-0.030 * qrs, 0.0085 * qrs, 0.0085 * qrs, gain * q),
            new(0, 0.0105 * qrs, 0.0100 * qrs, gain * r),
            new(0.029 * qrs, 0.0095 * qrs, 0.0110 * qrs, gain * s),
            new(0.14, 0.045, 0.045, gain * st) { Rr = 0.5 },
            new(tAt, 0.060, 0.040, gain * t) { Rr = 0.5 },
        ];
        _sinus = [new(-pr, 0.024, 0.022, gain * p) { Rr = 0.25, IsP = true }, .. beat];
        _atrial = [new(-0.85 * pr, 0.019, 0.019, gain * p * (random.Chance(0.5) ? -0.8 : 0.6)) { Rr = 0.25, IsP = true }, .. beat];
        // Ventricular beats are wide and tall, and their T wave points the other way.
        var wide = random.Uniform(1.1, 1.8) * (random.Chance(0.3) ? -1 : 1);
        _ventricular =
        [
            new(-0.012, 0.030, 0.034, gain * wide),
            new(0.062, 0.024, 0.030, -gain * wide * random.Uniform(0.15, 0.5)),
            new(random.Uniform(0.30, 0.36), 0.070, 0.055, -gain * wide * random.Uniform(0.3, 0.45)),
        ];
    }

    /// <summary>The relative standard deviation of the size of beats.</summary>
    public double Variation => _variation;

    /// <summary>Computes a beat's value in mV at a time in seconds after its R peak; times before the peak are negative.</summary>
    public double At(in Beat beat, double after)
    {
        var sum = 0.0;
        var root = Math.Sqrt(Math.Clamp(beat.Rr, 0.35, 1.4));
        foreach (var wave in WavesOf(beat.Type))
        {
            if (wave.IsP && !beat.HasP)
                continue;
            var stretch = wave.Rr == 0.5 ? root : wave.Rr == 0.25 ? Math.Sqrt(root) : 1;
            var from = after - wave.At * stretch;
            var width = (from < 0 ? wave.Rise : wave.Fall) * stretch;
            var z = from / width;
            if (z is > -5 and < 5)
                sum += wave.Size * Math.Exp(-0.5 * z * z);
        }

        return sum;
    }

    private Wave[] WavesOf(SimulatedBeatType type) => type switch
    {
        SimulatedBeatType.PrematureVentricular => _ventricular,
        SimulatedBeatType.PrematureAtrial => _atrial,
        _ => _sinus,
    };

    /// <summary>One Gaussian wave of a beat.</summary>
    /// <param name="At">The time of its peak in seconds after R, at RR = 1 s.</param>
    /// <param name="Rise">Its standard deviation before the peak, in seconds.</param>
    /// <param name="Fall">Its standard deviation after the peak, in seconds.</param>
    /// <param name="Size">Its height in mV.</param>
    private readonly record struct Wave(double At, double Rise, double Fall, double Size)
    {
        /// <summary>The place and the widths scale with RR to this power: 0, 0.25 or 0.5.</summary>
        public double Rr { get; init; }

        public bool IsP { get; init; }
    }
}
