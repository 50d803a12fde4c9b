using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Recordings;

/// <summary>Finds the sampling frequency behind a column of times. Pure.</summary>
internal static class SampleClock
{
    /// <summary>
    /// A step may be this many median steps: times rounded to milliseconds (0.003, 0.007, 0.010 at 300 Hz) pass, a missing row does not.
    /// </summary>
    private const double MaxStep = 1.75;

    /// <summary>A frequency this close (relative) to a whole number is that number.</summary>
    private const double Snap = 5e-4;

    /// <summary>The frequency of regular times.</summary>
    /// <param name="times">Seconds.</param>
    /// <param name="fs">Hz: mean over the whole recording, so that rounded times do no harm; whole where it is as good as whole.</param>
    /// <param name="error">When they are not regular: the rest of a sentence that begins with the file's name.</param>
    public static bool TryFs(IReadOnlyList<double> times, out double fs, [NotNullWhen(false)] out string? error)
    {
        fs = 0;
        if (times.Count < 2)
        {
            error = "has a single sample, so that its time column does not tell the sampling frequency";
            return false;
        }

        var steps = new double[times.Count - 1];
        for (var i = 0; i < steps.Length; i++) steps[i] = times[i + 1] - times[i];
        var sorted = steps.AsSpan().ToArray();
        Array.Sort(sorted);
        var median = sorted[sorted.Length / 2];
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i] > 0 && steps[i] <= MaxStep * median) continue;
            error = FormattableString.Invariant($"is not sampled regularly: the time goes from {times[i]} s to {times[i + 1]} s at sample {i + 2}, where {median:g4} s is usual; ")
                + "write a row with an empty cell for each missing sample, or drop the time column and give --fs";
            return false;
        }

        fs = steps.Length / (times[^1] - times[0]);
        var whole = Math.Round(fs);
        if (whole > 0 && Math.Abs(fs - whole) <= Snap * whole) fs = whole;
        error = null;
        return true;
    }
}
