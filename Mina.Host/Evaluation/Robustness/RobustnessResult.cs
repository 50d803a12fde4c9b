using Mina.Model;

namespace Mina.Host.Evaluation.Robustness;

/// <summary>What windows are disturbed by.</summary>
public enum DisturbanceKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Baseline wander; its strength is an amplitude in standard deviations of the recording.</summary>
    Wander,

    /// <summary>White noise; its strength is the signal-to-noise ratio in dB, and less is stronger.</summary>
    Noise,
}

/// <summary>A disturbance of some strength.</summary>
/// <param name="Kind">Of what kind.</param>
/// <param name="Strength">In the kind's unit; 0 for none.</param>
public readonly record struct Condition(DisturbanceKind Kind, double Strength)
{
    /// <summary>What is asked: nothing, wander up to eight times the recording's deviation, noise from 24 to -6 dB as in MIT-BIH's noise stress test.</summary>
    public static IReadOnlyList<Condition> All { get; } =
    [
        new(DisturbanceKind.None, 0),
        .. new[] { 0.5, 1, 2, 4, 8 }.Select(amplitude => new Condition(DisturbanceKind.Wander, amplitude)),
        .. new double[] { 24, 18, 12, 6, 0, -6 }.Select(decibels => new Condition(DisturbanceKind.Noise, decibels)),
    ];

    /// <summary>none, wander or noise: the words of JSON.</summary>
    public string KindName => Kind switch { DisturbanceKind.Wander => "wander", DisturbanceKind.Noise => "noise", _ => "none" };

    /// <summary>"wander 2 SD", "noise 6 dB" or "undisturbed".</summary>
    public string Words => Kind switch
    {
        DisturbanceKind.Wander => FormattableString.Invariant($"wander {Strength:0.#} SD"),
        DisturbanceKind.Noise => FormattableString.Invariant($"noise {Strength:0.#} dB"),
        _ => "undisturbed",
    };

    /// <summary>The window, disturbed and normalised again.</summary>
    public float[] Disturb(WindowKey key, float[] trace, long seed) => Kind switch
    {
        DisturbanceKind.Wander => Disturbance.Wander(Strength, seed, key.RecordingId, key.Start, trace),
        DisturbanceKind.Noise => Disturbance.Noise(Strength, seed, key.RecordingId, key.Start, trace),
        _ => trace,
    };
}

/// <summary>One model's figures under one condition.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Metrics">Of all windows asked.</param>
public sealed record RobustnessPoint(Condition Condition, ViewMetrics Metrics);

/// <summary>One model under all conditions.</summary>
/// <param name="Name">The model's.</param>
/// <param name="Points">In the order of <see cref="Condition.All"/>.</param>
public sealed record ModelRobustness(string Name, IReadOnlyList<RobustnessPoint> Points);

/// <summary>How models bear disturbances.</summary>
/// <param name="Split">Whose windows.</param>
/// <param name="Windows">How many.</param>
/// <param name="Positives">Of these AF.</param>
/// <param name="Recordings">Of how many recordings.</param>
/// <param name="Seed">Of the choice, the disturbances and the bootstrap.</param>
/// <param name="Models">In the order given.</param>
public sealed record RobustnessResult(string Split, int Windows, int Positives, int Recordings, long Seed, IReadOnlyList<ModelRobustness> Models);
