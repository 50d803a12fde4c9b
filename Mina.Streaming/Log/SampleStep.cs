namespace Mina.Streaming.Log;

/// <summary>
/// The step that all samples of a chunk are whole multiples of, as those of an integer converter are. A sample is then a small integer. The
/// multiple is computed in double precision and rounded to float, as whoever made the sample did: by a factor or by a divisor.
/// </summary>
/// <param name="Value">Millivolts a step, or steps a millivolt.</param>
/// <param name="Divides">Whether it is steps a millivolt.</param>
internal readonly record struct SampleStep(double Value, bool Divides)
{
    /// <summary>The multiple that stands for a missing sample (<see cref="float.NaN"/>).</summary>
    public const int Missing = int.MinValue;

    // Floats hold whole numbers up to here.
    private const int MaxMultiple = 1 << 24;
    private const int MaxGuesses = 12;

    // A sample that is so far from a multiple is none.
    private const double Tolerance = 0.05;

    /// <summary>A multiple in mV.</summary>
    public float ToMillivolts(int multiple) => multiple == Missing ? float.NaN : (float)(Divides ? multiple / Value : multiple * Value);

    /// <summary>Finds a step that gives all samples bit for bit, and their multiples of it.</summary>
    /// <param name="samples">In mV.</param>
    /// <param name="hint">The step of an earlier chunk of the stream; it is tried first.</param>
    /// <param name="multiples">As long as the samples.</param>
    /// <returns>Null: there is none, or it was not found.</returns>
    public static SampleStep? Find(ReadOnlySpan<float> samples, SampleStep hint, Span<int> multiples)
    {
        if (hint.Value > 0 && hint.Fits(samples, multiples))
            return hint;
        if (Guess(samples) is not { } guess)
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

        return Narrow(samples, guess) is { } narrow && new SampleStep(narrow, false) is var step && step.Fits(samples, multiples) ? step : null;
    }

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

    // Euclid's algorithm with a tolerance, from the smallest difference of neighbours on.
    private static double? Guess(ReadOnlySpan<float> samples)
    {
        var step = double.PositiveInfinity;
        float before = 0;
        foreach (var sample in samples)
        {
            if (!float.IsFinite(sample))
                continue;
            var difference = Math.Abs((double)sample - before);
            if (difference > 0 && difference < step)
                step = difference;
            before = sample;
        }

        if (double.IsPositiveInfinity(step))
            return 1;
        for (var guesses = 0; guesses < MaxGuesses; guesses++)
        {
            step = Sharpen(samples, step);
            if (FirstRemainder(samples, step) is not { } remainder)
                return step;
            step = remainder;
        }

        return null;
    }

    // The larger the multiple, the sharper the step; but its number must be certain.
    private static double Sharpen(ReadOnlySpan<float> samples, double step)
    {
        for (double limit = 16; limit <= MaxMultiple; limit *= 16)
        {
            double largest = 0;
            foreach (var sample in samples)
            {
                var size = Math.Abs((double)sample);
                if (size > largest && size <= limit * step)
                    largest = size;
            }

            if (largest > 0 && Math.Round(largest / step) is > 0 and var multiple && Math.Abs((largest / step) - multiple) < Tolerance)
                step = largest / multiple;
        }

        return step;
    }

    private static double? FirstRemainder(ReadOnlySpan<float> samples, double step)
    {
        foreach (var sample in samples)
        {
            if (!float.IsFinite(sample))
                continue;
            var multiple = sample / step;
            var remainder = Math.Abs(multiple - Math.Round(multiple));
            if (remainder > Tolerance)
                return remainder * step;
        }

        return null;
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
