namespace Mina.Preprocess;

/// <summary>
/// How training windows are varied so that the network learns the rhythm and not the recorder. Amplitudes are in standard
/// deviations of the recording; each chance is that of a window, 0 to 1.
/// </summary>
/// <param name="StretchChance">
/// Chance of stretching: a part of the window, from anywhere in it, is drawn out to the whole. The rate slows, and beats lie elsewhere in the
/// sub-segments.
/// </param>
/// <param name="Stretch">Largest share of the window that is left out by it, 0 to below 1.</param>
/// <param name="Inversion">Chance of turned polarity: hand-held recorders are held either way round.</param>
/// <param name="Gain">Standard deviation of the logarithm of a factor on the window.</param>
/// <param name="WanderChance">Chance of baseline wander: a sine of 0.05 to 0.7 Hz.</param>
/// <param name="Wander">Its largest amplitude.</param>
/// <param name="NoiseChance">Chance of white noise, as of muscle.</param>
/// <param name="Noise">Its largest standard deviation.</param>
/// <param name="MainsChance">Chance of mains hum, at 50 or 60 Hz.</param>
/// <param name="Mains">Its largest amplitude.</param>
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
    /// <summary>What the default recipe trains with.</summary>
    public static Augmentation Default { get; } = new(0.5, 0.15, 0.25, 0.15, 0.3, 0.6, 0.3, 0.25, 0.1, 0.2);
}
