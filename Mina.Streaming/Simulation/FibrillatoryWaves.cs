namespace Mina.Streaming.Simulation;

/// <summary>
/// f waves: a saw-toothed oscillation (fundamental and two harmonics, as Stridh and Sornmo model it, 2001) of 4-9 Hz whose frequency and
/// amplitude wander, faded in and out with the fibrillation.
/// </summary>
internal sealed class FibrillatoryWaves
{
    private const double FadeSeconds = 0.3;

    private readonly double fs;
    private readonly double amplitude;
    private readonly double frequency;
    private readonly SlowNoise frequencyWander;
    private readonly SlowNoise amplitudeWander;
    private double phase;
    private double fade;

    public FibrillatoryWaves(Prng random, double fs)
    {
        this.fs = fs;
        amplitude = random.Uniform(0.02, 0.07);
        frequency = random.Uniform(4.8, 8.2);
        phase = random.Uniform(0, 2 * Math.PI);
        frequencyWander = new SlowNoise(random, 0.3, fs);
        amplitudeWander = new SlowNoise(random, 0.6, fs);
    }

    /// <summary>The next sample, in mV.</summary>
    /// <param name="fibrillating">The atria fibrillate.</param>
    public double Next(bool fibrillating)
    {
        fade = Math.Clamp(fade + (fibrillating ? 1 : -1) / (FadeSeconds * fs), 0, 1);
        phase += 2 * Math.PI * Math.Clamp(frequency + 0.7 * frequencyWander.Next(), 4, 9) / fs;
        if (phase > 2 * Math.PI) phase -= 2 * Math.PI;
        var size = amplitude * Math.Clamp(1 + 0.45 * amplitudeWander.Next(), 0.3, 1.9);
        return fade == 0 ? 0 : fade * size * (Math.Sin(phase) + 0.3 * Math.Sin(2 * phase) + 0.1 * Math.Sin(3 * phase));
    }

    /// <summary>Begins as one that has fibrillated for long.</summary>
    public void StartFull() => fade = 1;
}
