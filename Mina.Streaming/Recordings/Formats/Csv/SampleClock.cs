using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>
/// Finds the sampling frequency behind a column of times, which are added one by one. It keeps how often each step between them occurs
/// rather than the times, so that its memory does not depend on how many there are.
/// </summary>
internal sealed class SampleClock
{
    /// <summary>
    /// A step may be this many median steps: times rounded to milliseconds (0.003, 0.007, 0.010 at 300 Hz) pass, a missing row does not.
    /// </summary>
    public const double MaxStep = 1.75;

    /// <summary>A frequency this close (relative) to a whole number is that number.</summary>
    private const double Snap = 5e-4;

    /// <summary>
    /// How many different steps are told apart. Regular times have some dozens. Where there are more, steps that agree in all but their last
    /// bits count as one, which moves the median by less than anyone can see.
    /// </summary>
    private const int MaxDistinct = 1 << 16;

    private const int BitsDropped = 8;

    private const double MinFsInSeconds = 20;
    private const double MinFs = 50;
    private const double MaxFs = 5000;

    // A factor of 1000 lies between them, so that at most one of them gives the frequency of an ECG.
    private static readonly double[] SmallerUnits = [1e-3, 1e-6, 1e-9];

    private readonly Dictionary<double, long> _steps = [];
    private long _mask = -1;
    private double _first;
    private double _last;
    private double _shortest = double.PositiveInfinity;
    private double _longest = double.NegativeInfinity;

    /// <summary>How many times were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next time.</summary>
    /// <param name="seconds">Finite.</param>
    public void Add(double seconds)
    {
        if (Count++ == 0)
        {
            (_first, _last) = (seconds, seconds);
            return;
        }

        var step = seconds - _last;
        _last = seconds;
        (_shortest, _longest) = (Math.Min(_shortest, step), Math.Max(_longest, step));
        Add(step, 1);
        while (_steps.Count > MaxDistinct) Coarsen();
    }

    /// <summary>The frequency of the times, if they are regular.</summary>
    /// <param name="times">The same times again: only looked at to say where they are not regular.</param>
    /// <param name="hasUnit">
    /// Whether the times are in seconds. Otherwise they are taken as milliseconds, microseconds or nanoseconds where they cannot be seconds: where
    /// those would give less than 20 Hz, and one of these what an ECG is sampled at (50 to 5000 Hz).
    /// </param>
    /// <param name="fs">Hz: mean over the whole recording, so that rounded times do no harm; whole where it is as good as whole.</param>
    /// <param name="unit">Seconds per unit of the times: 1 where <paramref name="hasUnit"/>.</param>
    /// <param name="error">When they are not regular: the rest of a sentence that begins with the file's name.</param>
    public bool TryFindFs(
        IEnumerable<double> times, bool hasUnit, out double fs, out double unit, [NotNullWhen(false)] out string? error)
    {
        (fs, unit) = (0, 1);
        if (Count < 2)
        {
            error = "has a single sample, so that its time column does not tell the sampling frequency";
            return false;
        }

        var median = Median();
        if (!(_shortest > 0 && _longest <= MaxStep * median))
        {
            error = DescribeIrregular(times, median);
            return false;
        }

        fs = (Count - 1) / (_last - _first);
        if (!hasUnit && fs < MinFsInSeconds)
        {
            foreach (var smaller in SmallerUnits)
            {
                if (fs / smaller is < MinFs or > MaxFs) continue;
                (fs, unit) = (fs / smaller, smaller);
                break;
            }
        }

        if (!double.IsFinite(fs))
        {
            error = "has times that are too close together to tell a sampling frequency";
            return false;
        }

        var whole = Math.Round(fs);
        if (whole > 0 && Math.Abs(fs - whole) <= Snap * whole) fs = whole;
        error = null;
        return true;
    }

    private void Add(double step, long count)
    {
        var key = _mask == -1 ? step : BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(step) & _mask);
        CollectionsMarshal.GetValueRefOrAddDefault(_steps, key, out _) += count;
    }

    private void Coarsen()
    {
        var steps = _steps.ToArray();
        _steps.Clear();
        _mask <<= BitsDropped;
        foreach (var (step, count) in steps) Add(step, count);
    }

    private double Median()
    {
        var half = (Count - 1) / 2;
        foreach (var (step, count) in _steps.OrderBy(pair => pair.Key))
        {
            if (half < count) return step;
            half -= count;
        }

        return double.NaN;
    }

    private static string DescribeIrregular(IEnumerable<double> times, double median)
    {
        var (last, number) = (double.NaN, 0L);
        foreach (var time in times)
        {
            number++;
            var step = time - last;
            if (number > 1 && !(step > 0 && step <= MaxStep * median))
            {
                return FormattableString.Invariant(
                    $"is not sampled regularly: the time goes from {last} s to {time} s at sample {number}, where {median:g4} s is usual; ")
                    + "write a row with an empty cell for each missing sample, or drop the time column and give --fs";
            }

            last = time;
        }

        return "is not sampled regularly, and has changed while it was read";
    }
}
