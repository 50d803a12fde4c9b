namespace Mina.Preprocess;

/// <summary>Where windows start.</summary>
public static class Windows
{
    /// <summary>
    /// The starts 0, s, 2s, ... of every full window that has no gap in it, in samples. The grid belongs to the recording,
    /// not to the stretch between two gaps, so that starts divisible by 500 are the uniform windows everywhere.
    /// </summary>
    /// <remarks>The original drops a last window that fits exactly; this keeps it.</remarks>
    /// <param name="samples">The recording; non-finite samples are gaps.</param>
    /// <param name="window">Samples in a window.</param>
    /// <param name="stride">Samples between starts.</param>
    public static List<int> Starts(ReadOnlySpan<float> samples, int window, int stride)
    {
        var starts = new List<int>(Math.Max(0, ((samples.Length - window) / stride) + 1));
        var clean = 0;      // first sample after the last gap seen
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
