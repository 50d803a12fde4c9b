namespace Mina.Streaming.Simulation;

/// <summary>A value that wanders about 0 with standard deviation 1 (Ornstein and Uhlenbeck), one step a sample.</summary>
internal sealed class SlowNoise
{
    private readonly Prng random;
    private readonly double keep;
    private readonly double kick;
    private double value;

    /// <param name="random">Where it takes its numbers from.</param>
    /// <param name="seconds">Time over which it forgets.</param>
    /// <param name="fs">Hz.</param>
    public SlowNoise(Prng random, double seconds, double fs)
    {
        this.random = random;
        keep = Math.Exp(-1 / (seconds * fs));
        kick = Math.Sqrt(1 - keep * keep);
        value = random.Normal();
    }

    public double Next() => value = keep * value + kick * random.Normal();
}
