namespace Mina.Preprocess;

/// <summary>Finds the windows of a recording.</summary>
public static class Windows
{
    /// <summary>
    /// Finds the starts, in samples, of every window at 0, s, 2s, ... that is full and has no gap in it. The grid belongs to the recording and not to
    /// the stretch between two gaps, so that starts divisible by 500 are the uniform windows everywhere.
    /// </summary>
    /// <remarks>The paper's code drops a last window that fits exactly; this function keeps it.</remarks>
    /// <param name="samples">The recording; samples that are not finite are gaps.</param>
    /// <param name="window">The length of a window in samples.</param>
    /// <param name="stride">The stride in samples.</param>
    public static List<int> Starts(ReadOnlySpan<float> samples, int window, int stride)
    {
        var starts = new List<int>(Math.Max(0, ((samples.Length - window) / stride) + 1));
        var clean = 0;      // The first sample after the last gap so far.
        var seen = 0;
        for (var start = 0; start + window <= samples.Length; start += stride)
        {
            for (; seen < start + window; seen++)
            {
                if (!float.IsFinite(samples[seen]))
                    clean = seen + 1;
            }

            if (start >= clean)
                starts.Add(start);
        }

        return starts;
    }
}
