namespace Mina.Preprocess;

/// <summary>Says whether a window can be classified, and why it cannot.</summary>
/// <param name="samples">One window at 300 Hz, in mV up to a constant; NaN marks a gap.</param>
/// <returns><see cref="WindowFault.None"/> where it can; else the classifier need not be asked.</returns>
public delegate WindowFault WindowCheck(ReadOnlySpan<float> samples);

/// <summary>What makes a window within a good recording useless, judged by its samples alone.</summary>
public static class WindowQuality
{
    /// <summary>Share of samples without signal from which a window counts as useless.</summary>
    public const double DeadShare = 0.25;

    /// <summary>Seconds that a constant stretch must last to be no signal: longer than the line between two beats ever is constant.</summary>
    public const double FlatRun = 1;

    // Of the window's range. Resampling leaves a plateau level to about a thousandth.
    private const float Tolerance = 0.002f;

    /// <summary>No gap, less than <see cref="DeadShare"/> of it flat or at the converter's limits, and not too noisy.</summary>
    public static bool IsUsable(ReadOnlySpan<float> samples) => FaultOf(samples) == WindowFault.None;

    /// <summary>The usual <see cref="WindowCheck"/>: why a window is not usable.</summary>
    public static WindowFault FaultOf(ReadOnlySpan<float> samples)
    {
        var (gap, flat, limit) = DeadParts(samples);
        return gap ? WindowFault.Gap
            : Share(flat + limit, samples) >= DeadShare ? (flat >= limit ? WindowFault.LeadOff : WindowFault.Saturated)
            : samples.Length == Shapes.Window && SignalNoise.IsNoisy(samples) ? WindowFault.Noisy
            : WindowFault.None;
    }

    /// <summary>
    /// The share of samples that lie in constant runs of <see cref="FlatRun"/> and more, or in constant runs of 50 ms and more at
    /// the window's lowest or highest value; 1 where there is a gap or nothing varies.
    /// </summary>
    /// <returns>0 to 1.</returns>
    public static double Dead(ReadOnlySpan<float> samples)
    {
        var (gap, flat, limit) = DeadParts(samples);
        return gap ? 1 : Share(flat + limit, samples);
    }

    private static double Share(int count, ReadOnlySpan<float> samples) => samples.IsEmpty ? 1 : (double)count / samples.Length;

    /// <summary>Whether there is a gap; samples in long constant runs; samples in shorter ones at the lowest or highest value.</summary>
    private static (bool Gap, int Flat, int Limit) DeadParts(ReadOnlySpan<float> samples)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var v in samples)
        {
            if (!float.IsFinite(v))
                return (true, 0, 0);
            low = Math.Min(low, v);
            high = Math.Max(high, v);
        }

        if (samples.IsEmpty || Quality.IsFlat(samples))
            return (false, samples.Length, 0);
        var near = Tolerance * (high - low);
        var flat = (int)(FlatRun * Shapes.Fs);
        var limit = (int)(Quality.SaturatedRun * Shapes.Fs);
        int flatSamples = 0, limitSamples = 0, first = 0;
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
            // A lead that fell off lies on a line of its own, often the lowest: the longer a run, the less it is a clipped beat.
            if (t - first >= flat)
                flatSamples += t - first;
            else if (atLimit && t - first >= limit)
                limitSamples += t - first;
            if (t < samples.Length)
                (first, lowest, highest) = (t, samples[t], samples[t]);
        }

        return (false, flatSamples, limitSamples);
    }
}
