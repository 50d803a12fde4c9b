using System.Buffers;

namespace Mina.Preprocess.Streams;

/// <summary>
/// The step that all samples of a stretch are whole multiples of, as those of an integer converter are. A sample is then a small integer. The
/// sample is computed in double precision and rounded to float, by a factor or by a divisor, as whoever made it did.
/// </summary>
/// <param name="Value">Millivolts a step, or steps a millivolt.</param>
/// <param name="Divides">Whether it is steps a millivolt.</param>
internal readonly record struct SampleStep(double Value, bool Divides)
{
    /// <summary>The multiple that stands for a missing sample (<see cref="float.NaN"/>).</summary>
    public const int Missing = int.MinValue;

    // Floats hold whole numbers up to here.
    private const int MaxMultiple = 1 << 24;

    // A difference that is farther from a multiple than this, in steps, leaves a remainder.
    private const double Tolerance = 0.4;

    // The number of chunks that are not searched after one without a step.
    private const int Patience = 16;

    private const int MaxGuesses = 12;

    // Samples that a guess is made from. They are sorted, and of a chunk of minutes the first seconds tell as much as all.
    private const int MaxSearched = 1 << 15;

    /// <summary>Converts a multiple to mV.</summary>
    public float ToMillivolts(int multiple) => multiple == Missing ? float.NaN : (float)(Divides ? multiple / Value : multiple * Value);

    /// <summary>
    /// The factor that gives the same bits as this divisor, where there is one: multiplying is several times as fast as dividing. The multiples
    /// stay the same.
    /// </summary>
    /// <param name="samples">The samples that the step was found in.</param>
    /// <param name="multiples">The multiples of the step, which stay the same.</param>
    public SampleStep ToFactor(ReadOnlySpan<float> samples, Span<int> multiples) =>
        Divides && new SampleStep(1 / Value, false) is var factor && factor.Fits(samples, multiples) ? factor : this;

    /// <summary>Computes the hint for a stream's next chunk.</summary>
    /// <param name="hint">The hint for this chunk.</param>
    /// <param name="found">The step found in this chunk; null where none was, and then some chunks are not searched, because it is a stream of floats.</param>
    public static SampleStep Next(SampleStep hint, SampleStep? found) =>
        found ?? (hint.Value > 0 ? hint : new SampleStep(hint.Value < 0 ? hint.Value + 1 : -Patience, false));

    /// <summary>Finds a step that gives all samples bit for bit, and their multiples of it.</summary>
    /// <param name="samples">The samples in mV.</param>
    /// <param name="hint">The result of <see cref="Next"/>; the step of an earlier chunk is tried first.</param>
    /// <param name="multiples">Receives the multiples; it is as long as the samples.</param>
    /// <returns>The step; null where there is none or it was not found.</returns>
    public static SampleStep? Find(ReadOnlySpan<float> samples, SampleStep hint, Span<int> multiples)
    {
        if (hint.Value > 0)
        {
            if (hint.Fits(samples, multiples))
                return hint;
            if (FindNear(samples, hint.Divides ? 1 / hint.Value : hint.Value, multiples) is { } near)
                return near;
        }

        if (hint.Value < 0 || Guess(samples[..Math.Min(samples.Length, MaxSearched)]) is not { } guess)
            return null;
        // Most converters have a whole number of steps a millivolt, or one of few digits.
        for (var unit = 1; unit <= 1000; unit *= 10)
        {
            var gain = Math.Round(unit / guess) / unit;
            if (!(gain > 0))
                continue;
            if (new SampleStep(gain, true) is var divisor && divisor.Fits(samples, multiples))
                return divisor;
            if (new SampleStep(1 / gain, false) is var factor && factor.Fits(samples, multiples))
                return factor;
        }

        return FindNear(samples, guess, multiples);
    }

    private static SampleStep? FindNear(ReadOnlySpan<float> samples, double guess, Span<int> multiples) =>
        Narrow(samples, guess) is { } narrow && new SampleStep(narrow, false) is var step && step.Fits(samples, multiples) ? step : null;

    private bool Fits(ReadOnlySpan<float> samples, Span<int> multiples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            var bits = BitConverter.SingleToInt32Bits(samples[i]);
            if (bits == BitConverter.SingleToInt32Bits(float.NaN))
            {
                multiples[i] = Missing;
                continue;
            }

            var multiple = Math.Round(Divides ? samples[i] * Value : samples[i] / Value);
            if (!(Math.Abs(multiple) <= MaxMultiple))
                return false;
            multiples[i] = (int)multiple;
            if (BitConverter.SingleToInt32Bits(ToMillivolts((int)multiple)) != bits)
                return false;
        }

        return true;
    }

    // Euclid's algorithm on numbers that are known to a unit in the last place of the largest sample: from the smallest difference of two
    // neighbours on, each larger one is either a multiple of the step, and then sharpens it, or leaves a remainder, which is the next step.
    private static double? Guess(ReadOnlySpan<float> samples)
    {
        var differences = ArrayPool<double>.Shared.Rent(3 * samples.Length);
        try
        {
            var count = Differences(samples, differences, out var largest);
            if (count == 0)
                return 1;
            var known = differences.AsSpan(0, count);
            known.Sort();
            var error = (double)MathF.BitIncrement((float)largest) - largest;
            var (step, stepError) = (known[0], error);
            for (var guesses = 0; guesses < MaxGuesses && step > 0; guesses++)
            {
                if (Sharpen(known, error, ref step, ref stepError))
                    return step;
            }

            return null;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(differences);
        }
    }

    private static int Differences(ReadOnlySpan<float> samples, Span<double> differences, out double largest)
    {
        var count = 0;
        largest = 0;
        var (first, before) = (double.NaN, 0.0);
        foreach (var sample in samples)
        {
            if (!float.IsFinite(sample))
                continue;
            first = double.IsNaN(first) ? sample : first;
            // From zero, the chunk's first sample, and the one before: large, middling and small.
            foreach (var from in (ReadOnlySpan<double>)[0, first, before])
            {
                if (Math.Abs(sample - from) is > 0 and var difference)
                    differences[count++] = difference;
            }

            largest = Math.Max(largest, Math.Abs((double)sample));
            before = sample;
        }

        return count;
    }

    // Returns whether the step divides all differences. Otherwise the step becomes the remainder to try next, or 0 where it is too small for floats.
    private static bool Sharpen(ReadOnlySpan<double> differences, double error, ref double step, ref double stepError)
    {
        foreach (var difference in differences)
        {
            var multiple = Math.Round(difference / step);
            if (multiple > MaxMultiple)
            {
                step = 0;
                return false;
            }

            // A wrong guess does no harm: the samples are compared in the end.
            var uncertain = Math.Min(error + (multiple * stepError), Tolerance * step);

            var remainder = Math.Abs(difference - (multiple * step));
            if (remainder > uncertain)
            {
                (step, stepError) = (remainder, uncertain);
                return false;
            }

            if (error < multiple * stepError)
                (step, stepError) = (difference / multiple, error / multiple);
        }

        return true;
    }

    // Each sample, known to half a unit of its last place, leaves a range of steps; all of them together leave a narrow one.
    private static double? Narrow(ReadOnlySpan<float> samples, double step)
    {
        double low = 0, high = double.PositiveInfinity;
        foreach (var sample in samples)
        {
            var size = Math.Abs((double)sample);
            var multiple = Math.Round(size / step);
            if (!double.IsFinite(size) || multiple == 0)
                continue;
            var half = 0.5 * (MathF.BitIncrement((float)size) - size);
            low = Math.Max(low, (size - half) / multiple);
            high = Math.Min(high, (size + half) / multiple);
        }

        return low < high && double.IsFinite(high) ? 0.5 * (low + high) : null;
    }
}
