namespace Mina.Streaming.Simulation;

/// <summary>
/// What the electrodes add: baseline wander, mains, muscle noise in bursts, now and then a moved electrode; and where the recording is a noisy
/// one, much of all this, a rumble of 1-5 Hz and dropouts.
/// </summary>
internal sealed class Disturbance
{
    private const double MuscleHz = 40;

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
    private readonly double motionsPerSecond;
    private readonly double motion;
    private readonly double smooth;
    private readonly SlowNoise slow;
    private readonly SlowNoise burst;
    private readonly SlowNoise fast;
    private readonly SlowNoise fastReference;
    private double white;
    private double once;
    private double twice;
    private double push;
    private double moved;
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
        wander = random.Uniform(0.01, 0.09) * (noisy ? 3 : 1);
        mains = random.Chance(0.5) ? random.Uniform(0.001, 0.012) : 0;
        muscle = random.Uniform(0.002, 0.014) * (noisy ? random.Uniform(5, 12) : 1);
        motionsPerSecond = noisy ? 0.45 : random.Chance(0.4) ? 0.03 : 0;
        motion = noisy ? 1.4 : 0.35;
        smooth = 1 - Math.Exp(-2 * Math.PI * MuscleHz / fs);
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
        // muscle noise through two poles: recorders of one lead cut at about 40 Hz
        white = random.Normal();
        once += smooth * (white - once);
        twice += smooth * (once - twice);
        var emg = 1.6 * muscle * twice * Math.Exp(0.5 * burst.Next());
        // an electrode that moves: a push that rises in 50 ms and dies away in a third of a second
        push *= 1 - 1 / (0.35 * fs);
        if (random.Chance(motionsPerSecond / fs)) push += random.Normal() * motion;
        moved += (push - moved) / (0.05 * fs);
        var value = clean
            + breath * Math.Sin(2 * Math.PI * respiration.Frequency * t + respiration.Phase)
            + wander * slow.Next()
            + mains * Math.Sin(2 * Math.PI * mainsFrequency * t)
            + emg
            + moved;
        return noisy ? Shaken(value) : value;
    }

    private double Shaken(double value)
    {
        if (dropout <= 0 && random.Chance(0.07 / fs)) dropout = random.Uniform(0.2, 1.5) * fs;
        value += rumble * (fast.Next() - fastReference.Next());
        if (dropout-- > 0) value = 0.003 * white;
        return value;
    }
}
