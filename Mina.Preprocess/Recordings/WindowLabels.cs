namespace Mina.Preprocess;

/// <summary>
/// Labels single windows by annotated rhythms. A window is AF where AF fills all of it, Normal where normal sinus rhythm does, Noisy where
/// noise (NOISE) does, and Other where annotated rhythms other than AF do, flutter among them, as in CinC 2017. A window in which AF begins or
/// ends, or that holds time without an annotated rhythm, has no label.
/// </summary>
public static class WindowLabels
{
    /// <summary>The tolerance in seconds, because annotations lie on the recording's samples, and windows on samples at 300 Hz.</summary>
    private const double Tolerance = 0.01;

    /// <summary>The label of a stretch of time; null where it has none.</summary>
    /// <param name="rhythms">The rhythms in order of time, each of which lasts until the next.</param>
    /// <param name="start">The start in seconds.</param>
    /// <param name="end">The end in seconds.</param>
    public static Label? At(IReadOnlyList<RhythmSpan> rhythms, double start, double end)
    {
        var (af, normal, noise, known) = (0.0, 0.0, 0.0, 0.0);
        for (var i = FirstAfter(rhythms, start); i < rhythms.Count && rhythms[i].StartSeconds < end; i++)
        {
            var seconds = Math.Max(0, Math.Min(end, rhythms[i].EndSeconds) - Math.Max(start, rhythms[i].StartSeconds));
            known += seconds;
            if (rhythms[i].Rhythm.StartsWith("AFIB", StringComparison.Ordinal))
                af += seconds;
            else if (rhythms[i].Rhythm == "N")
                normal += seconds;
            else if (rhythms[i].Rhythm == "NOISE")
                noise += seconds;
        }

        var all = end - start - Tolerance;
        return known < all ? null : af >= all ? Label.AF : af > Tolerance ? null : normal >= all ? Label.Normal : noise >= all ? Label.Noisy : Label.Other;
    }

    /// <summary>The index of the first rhythm that ends after an instant.</summary>
    private static int FirstAfter(IReadOnlyList<RhythmSpan> rhythms, double instant)
    {
        var (low, high) = (0, rhythms.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (rhythms[middle].EndSeconds <= instant)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
