namespace Mina.Preprocess;

/// <summary>Says whether a window can be classified at all.</summary>
/// <param name="samples">One window at 300 Hz, in mV up to a constant; NaN marks a gap.</param>
/// <returns>False: unclassifiable, and the classifier need not be asked.</returns>
public delegate bool WindowGate(ReadOnlySpan<float> samples);

/// <summary>What makes a window within a good recording useless, told from its samples alone.</summary>
public static class WindowQuality
{
    /// <summary>Share of samples without signal from which a window counts as useless.</summary>
    public const double DeadShare = 0.25;

    /// <summary>Seconds that a constant stretch must last to be no signal: longer than the line between two beats ever is constant.</summary>
    public const double FlatRun = 1;

    // Of the window's range. Resampling leaves a plateau level to about a thousandth.
    private const float Tolerance = 0.002f;

    /// <summary>No gap, and less than <see cref="DeadShare"/> of it flat or at the converter's limits: the usual <see cref="WindowGate"/>.</summary>
    public static bool IsUsable(ReadOnlySpan<float> samples) => Dead(samples) < DeadShare;

    /// <summary>
    /// The share of samples that lie in constant runs of <see cref="FlatRun"/> and more, or in constant runs of 50 ms and more at
    /// the window's lowest or highest value; 1 where there is a gap or nothing varies.
    /// </summary>
    /// <returns>0 to 1.</returns>
    public static double Dead(ReadOnlySpan<float> samples)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var v in samples)
        {
            if (!float.IsFinite(v))
                return 1;
            low = Math.Min(low, v);
            high = Math.Max(high, v);
        }

        if (samples.IsEmpty || Quality.IsFlat(samples))
            return 1;
        var near = Tolerance * (high - low);
        var flat = (int)(FlatRun * Shapes.Fs);
        var limit = (int)(Quality.SaturatedRun * Shapes.Fs);
        int dead = 0, first = 0;
        float lowest = samples[0], highest = samples[0];
        for (var t = 1; t <= samples.Length; t++)
        {
            if (t < samples.Length)
            {
                var (lower, higher) = (Math.Min(lowest, samples[t]), Math.Max(highest, samples[t]));
                if (higher - lower <= near)
                {
                    (lowest, highest) = (lower, higher);
                    continue;
                }
            }

            var atLimit = lowest - low <= near || high - highest <= near;
            if (t - first >= (atLimit ? limit : flat))
                dead += t - first;
            if (t < samples.Length)
                (first, lowest, highest) = (t, samples[t], samples[t]);
        }

        return (double)dead / samples.Length;
    }
}
