namespace Mina.Streaming.Simulation;

/// <summary>A value that wanders about 0 with standard deviation 1 and takes one step a sample (an Ornstein-Uhlenbeck process).</summary>
internal sealed class SlowNoise
{
    private readonly SimulationRandom _random;
    private readonly double _keep;
    private readonly double _kick;
    private double _value;

    /// <param name="random">The generator that the steps are drawn from.</param>
    /// <param name="seconds">The time constant of its autocorrelation, in seconds.</param>
    /// <param name="fs">The sampling frequency in Hz.</param>
    public SlowNoise(SimulationRandom random, double seconds, double fs)
    {
        _random = random;
        _keep = Math.Exp(-1 / (seconds * fs));
        _kick = Math.Sqrt(1 - _keep * _keep);
        _value = _random.Normal();
    }

    public double Next() => _value = _keep * _value + _kick * _random.Normal();
}
