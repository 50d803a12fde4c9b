namespace Mina.Streaming.Simulation;

/// <summary>
/// The disturbances that electrodes add to an ECG: baseline wander, mains hum, bursts of muscle noise and, now and then, a moved electrode. A
/// noisy recording has much more of each, and also a rumble of 1-5 Hz and dropouts.
/// </summary>
internal sealed class Disturbance
{
    private const double MuscleHz = 40;

    private readonly SimulationRandom _random;
    private readonly double _fs;
    private readonly bool _noisy;
    private readonly (double Frequency, double Phase) _respiration;
    private readonly double _breath;
    private readonly double _wander;
    private readonly double _mains;
    private readonly double _mainsFrequency;
    private readonly double _muscle;
    private readonly double _rumble;
    private readonly double _motionsPerSecond;
    private readonly double _motion;
    private readonly double _smooth;
    private readonly SlowNoise _slow;
    private readonly SlowNoise _burst;
    private readonly SlowNoise _fast;
    private readonly SlowNoise _fastReference;
    private double _white;
    private double _once;
    private double _twice;
    private double _push;
    private double _moved;
    private double _dropout;
    private long _n;

    public Disturbance(SimulationRandom random, double fs, double mainsFrequency, bool noisy, (double Frequency, double Phase) respiration)
    {
        _random = random;
        _fs = fs;
        _noisy = noisy;
        _respiration = respiration;
        _mainsFrequency = mainsFrequency;
        _breath = _random.Uniform(0.005, 0.05);
        _wander = _random.Uniform(0.01, 0.09) * (_noisy ? 3 : 1);
        _mains = _random.Chance(0.5) ? _random.Uniform(0.001, 0.012) : 0;
        _muscle = _random.Uniform(0.002, 0.014) * (_noisy ? _random.Uniform(5, 12) : 1);
        _motionsPerSecond = _noisy ? 0.45 : _random.Chance(0.4) ? 0.03 : 0;
        _motion = _noisy ? 1.4 : 0.35;
        _smooth = 1 - Math.Exp(-2 * Math.PI * MuscleHz / _fs);
        _rumble = _noisy ? _random.Uniform(0.15, 0.45) : 0;
        _slow = new SlowNoise(_random, 1.2, _fs);
        _burst = new SlowNoise(_random, 0.7, _fs);
        _fast = new SlowNoise(_random, 0.03, _fs);
        _fastReference = new SlowNoise(_random, 0.15, _fs);
    }

    /// <summary>Adds the next sample's disturbance to a clean value; both are in mV.</summary>
    public double Next(double clean)
    {
        var t = _n++ / _fs;
        // Muscle noise passes two poles, because single-lead recorders cut off at about 40 Hz.
        _white = _random.Normal();
        _once += _smooth * (_white - _once);
        _twice += _smooth * (_once - _twice);
        var emg = 1.6 * _muscle * _twice * Math.Exp(0.5 * _burst.Next());
        // A moved electrode shows as a push that rises within 50 ms and dies away within a third of a second.
        _push *= 1 - 1 / (0.35 * _fs);
        if (_random.Chance(_motionsPerSecond / _fs))
            _push += _random.Normal() * _motion;
        _moved += (_push - _moved) / (0.05 * _fs);
        var value = clean
            + _breath * Math.Sin(2 * Math.PI * _respiration.Frequency * t + _respiration.Phase)
            + _wander * _slow.Next()
            + _mains * Math.Sin(2 * Math.PI * _mainsFrequency * t)
            + emg
            + _moved;
        return _noisy ? WithHeavyNoise(value) : value;
    }

    private double WithHeavyNoise(double value)
    {
        if (_dropout <= 0 && _random.Chance(0.07 / _fs))
            _dropout = _random.Uniform(0.2, 1.5) * _fs;
        value += _rumble * (_fast.Next() - _fastReference.Next());
        if (_dropout-- > 0)
            value = 0.003 * _white;
        return value;
    }
}
