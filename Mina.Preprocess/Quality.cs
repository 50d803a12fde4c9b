namespace Mina.Preprocess;

/// <summary>What makes a whole recording useless, told from its samples alone.</summary>
public static class Quality
{
    /// <summary>Share of samples in runs at the limits from which a recording counts as saturated.</summary>
    public const double SaturatedShare = 0.25;

    /// <summary>Seconds that a run of equal samples at the limit must last to count.</summary>
    public const double SaturatedRun = 0.05;

    /// <summary>Mean and population standard deviation of the finite samples; (NaN, NaN) where there are none.</summary>
    public static (double Mean, double Deviation) Statistics(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        var count = 0;
        foreach (var v in samples)
        {
            if (!float.IsFinite(v))
                continue;
            sum += v;
            count++;
        }

        if (count == 0)
            return (double.NaN, double.NaN);
        var mean = sum / count;
        double squares = 0;
        foreach (var v in samples)
        {
            if (float.IsFinite(v))
                squares += (v - mean) * (v - mean);
        }

        return (mean, Math.Sqrt(squares / count));
    }

    /// <summary>All finite samples are the same, to within what a float can tell.</summary>
    public static bool IsFlat(ReadOnlySpan<float> samples)
    {
        var (low, high) = Range(samples);
        return !(high - low > 1e-6f * Math.Max(Math.Abs(low), Math.Abs(high)));
    }

    /// <summary>The share of the finite samples that lie in runs of 50 ms and more at the recording's own lowest or highest value.</summary>
    /// <returns>0 to 1; 0 where no sample is finite.</returns>
    public static double ShareAtLimits(ReadOnlySpan<float> samples, double fs)
    {
        var (low, high) = Range(samples);
        var shortest = Math.Max(3, (int)(SaturatedRun * fs));
        int inRuns = 0, run = 0, finite = 0;
        for (var t = 0; t <= samples.Length; t++)
        {
            if (t < samples.Length && float.IsFinite(samples[t]))
                finite++;
            if (t < samples.Length && (samples[t] == low || samples[t] == high) && (run == 0 || samples[t] == samples[t - 1]))
            {
                run++;
                continue;
            }

            if (run >= shortest)
                inRuns += run;
            run = t < samples.Length && (samples[t] == low || samples[t] == high) ? 1 : 0;
        }

        return finite == 0 ? 0 : (double)inRuns / finite;
    }

    private static (float Low, float High) Range(ReadOnlySpan<float> samples)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var v in samples)
        {
            if (!float.IsFinite(v))
                continue;
            low = Math.Min(low, v);
            high = Math.Max(high, v);
        }

        return (low, high);
    }
}
