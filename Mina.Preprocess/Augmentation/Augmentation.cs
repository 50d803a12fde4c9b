namespace Mina.Preprocess;

/// <summary>
/// How training windows are varied, so that the network learns the rhythm and not the recorder. Amplitudes are in standard deviations of the
/// recording, and each chance, 0 to 1, applies to every window by itself.
/// </summary>
/// <param name="StretchChance">
/// The chance of stretching, which takes a part of the window and draws it out to the length of the whole. The heart rate slows, and the beats
/// move to other places in the sub-segments.
/// </param>
/// <param name="Stretch">The largest share of the window that stretching leaves out, 0 to below 1.</param>
/// <param name="Inversion">The chance of inverted polarity, because people hold recorders either way round.</param>
/// <param name="Gain">The standard deviation of the logarithm of the factor that scales the window.</param>
/// <param name="WanderChance">The chance of baseline wander: a sine of 0.05 to 0.7 Hz.</param>
/// <param name="Wander">The largest amplitude of baseline wander.</param>
/// <param name="NoiseChance">The chance of white noise, which stands for muscle noise.</param>
/// <param name="Noise">The largest standard deviation of the noise.</param>
/// <param name="MainsChance">The chance of mains hum, at 50 or 60 Hz.</param>
/// <param name="Mains">The largest amplitude of the hum.</param>
public sealed record Augmentation(
    double StretchChance,
    double Stretch,
    double Inversion,
    double Gain,
    double WanderChance,
    double Wander,
    double NoiseChance,
    double Noise,
    double MainsChance,
    double Mains)
{
    /// <summary>The chance of electrode motion noise, which is cut from recordings of it.</summary>
    public double MotionChance { get; private init; }

    /// <summary>The largest standard deviation of the electrode motion noise.</summary>
    public double Motion { get; private init; }

    /// <summary>The same augmentation with electrode motion noise.</summary>
    /// <param name="chance">0 to 1.</param>
    /// <param name="largest">The largest standard deviation of the noise, in standard deviations of the recording.</param>
    public Augmentation WithMotion(double chance, double largest) => this with { MotionChance = chance, Motion = largest };

    /// <summary>The augmentation of the default recipe.</summary>
    public static Augmentation Default { get; } = new(0.5, 0.15, 0.25, 0.15, 0.3, 0.6, 0.3, 0.25, 0.1, 0.2);
}
