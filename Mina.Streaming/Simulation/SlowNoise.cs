namespace Mina.Streaming.Simulation;

/// <summary>A value that wanders about 0 with standard deviation 1 (Ornstein and Uhlenbeck), one step a sample.</summary>
internal sealed class SlowNoise
{
    private readonly SimulationRandom _random;
    private readonly double _keep;
    private readonly double _kick;
    private double _value;

    /// <param name="random">Where it takes its numbers from.</param>
    /// <param name="seconds">Time over which it forgets.</param>
    /// <param name="fs">Sampling frequency in Hz.</param>
    public SlowNoise(SimulationRandom random, double seconds, double fs)
    {
        _random = random;
        _keep = Math.Exp(-1 / (seconds * fs));
        _kick = Math.Sqrt(1 - _keep * _keep);
        _value = _random.Normal();
    }

    public double Next() => _value = _keep * _value + _kick * _random.Normal();
}
