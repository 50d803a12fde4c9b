namespace Mina.Streaming.Simulation;

/// <summary>
/// Simulates f waves: a saw-toothed oscillation of 4-9 Hz (a fundamental and two harmonics, as Stridh and Sornmo model it, 2001) whose
/// frequency and amplitude wander. It fades in when fibrillation begins and out when it ends.
/// </summary>
internal sealed class FibrillatoryWaves
{
    private const double FadeSeconds = 0.3;

    private readonly double _fs;
    private readonly double _amplitude;
    private readonly double _frequency;
    private readonly SlowNoise _frequencyWander;
    private readonly SlowNoise _amplitudeWander;
    private double _phase;
    private double _fade;

    public FibrillatoryWaves(SimulationRandom random, double fs)
    {
        _fs = fs;
        _amplitude = random.Uniform(0.02, 0.07);
        _frequency = random.Uniform(4.8, 8.2);
        _phase = random.Uniform(0, 2 * Math.PI);
        _frequencyWander = new SlowNoise(random, 0.3, _fs);
        _amplitudeWander = new SlowNoise(random, 0.6, _fs);
    }

    /// <summary>Computes the next sample, in mV.</summary>
    /// <param name="fibrillating">Whether the atria fibrillate at this sample.</param>
    public double Next(bool fibrillating)
    {
        _fade = Math.Clamp(_fade + (fibrillating ? 1 : -1) / (FadeSeconds * _fs), 0, 1);
        _phase += 2 * Math.PI * Math.Clamp(_frequency + 0.7 * _frequencyWander.Next(), 4, 9) / _fs;
        if (_phase > 2 * Math.PI)
            _phase -= 2 * Math.PI;
        var size = _amplitude * Math.Clamp(1 + 0.45 * _amplitudeWander.Next(), 0.3, 1.9);
        return _fade == 0 ? 0 : _fade * size * (Math.Sin(_phase) + 0.3 * Math.Sin(2 * _phase) + 0.1 * Math.Sin(3 * _phase));
    }

    /// <summary>Starts at full amplitude, for a recording that begins in fibrillation.</summary>
    public void StartFull() => _fade = 1;
}
