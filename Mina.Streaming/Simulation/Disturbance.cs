namespace Mina.Streaming.Simulation;

/// <summary>
/// What the electrodes add: baseline wander, mains, muscle noise in bursts; and where the recording is a noisy one, electrode motion (steps
/// that decay, 1-10 Hz rumble), strong muscle noise and dropouts.
/// </summary>
internal sealed class Disturbance
{
    private readonly Prng random;
    private readonly double fs;
    private readonly bool noisy;
    private readonly (double Frequency, double Phase) respiration;
    private readonly double breath;
    private readonly double wander;
    private readonly double mains;
    private readonly double mainsFrequency;
    private readonly double muscle;
    private readonly double rumble;
    private readonly SlowNoise slow;
    private readonly SlowNoise burst;
    private readonly SlowNoise fast;
    private readonly SlowNoise fastReference;
    private double white;
    private double step;
    private double dropout;
    private long n;

    public Disturbance(Prng random, double fs, double mainsFrequency, bool noisy, (double Frequency, double Phase) respiration)
    {
        this.random = random;
        this.fs = fs;
        this.noisy = noisy;
        this.respiration = respiration;
        this.mainsFrequency = mainsFrequency;
        breath = random.Uniform(0.005, 0.05);
        wander = random.Uniform(0.01, 0.06) * (noisy ? 4 : 1);
        mains = random.Chance(0.5) ? random.Uniform(0.001, 0.012) : 0;
        muscle = random.Uniform(0.004, 0.018) * (noisy ? random.Uniform(6, 14) : 1);
        rumble = noisy ? random.Uniform(0.15, 0.45) : 0;
        slow = new SlowNoise(random, 1.2, fs);
        burst = new SlowNoise(random, 0.7, fs);
        fast = new SlowNoise(random, 0.03, fs);
        fastReference = new SlowNoise(random, 0.15, fs);
    }

    /// <summary>Adds the next sample's disturbance to a clean value, both in mV.</summary>
    public double Next(double clean)
    {
        var t = n++ / fs;
        var before = white;
        white = random.Normal();
        // differenced white noise: muscle lies high
        var emg = muscle * (0.8 * white - 0.4 * before) * Math.Exp(0.5 * burst.Next());
        var value = clean
            + breath * Math.Sin(2 * Math.PI * respiration.Frequency * t + respiration.Phase)
            + wander * slow.Next()
            + mains * Math.Sin(2 * Math.PI * mainsFrequency * t)
            + emg;
        return noisy ? Shaken(value) : value;
    }

    private double Shaken(double value)
    {
        step *= 1 - 1 / (0.35 * fs);
        if (random.Chance(0.55 / fs)) step += random.Normal() * 1.4;
        if (dropout <= 0 && random.Chance(0.07 / fs)) dropout = random.Uniform(0.2, 1.5) * fs;
        value += step + rumble * (fast.Next() - fastReference.Next());
        if (dropout-- > 0) value = 0.003 * white;
        return value;
    }
}
