namespace Mina.Streaming.Recordings.Formats.Philips;

/// <summary>
/// The leads of a waveform. Of the limb leads that follow from I and II, only how much they differ from what follows is stored. At the end of each lead
/// stands a calibration pulse of 1 mV between zeros, which is no ECG and is left out.
/// </summary>
/// <param name="names">The leads' names.</param>
/// <param name="chunks">Their chunks, in the same order.</param>
/// <param name="count">Samples of each lead.</param>
/// <param name="step">A step, in mV.</param>
internal sealed class PhilipsLeads(IReadOnlyList<string> names, IReadOnlyList<ReadOnlyMemory<byte>> chunks, int count, double step)
{
    private const int MinRun = 10;

    /// <summary>The leads' names.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>A lead's samples, in mV.</summary>
    /// <exception cref="IOException">A chunk is damaged, or holds no ECG, or a lead is missing from which another follows.</exception>
    public float[] Decode(int index)
    {
        var values = StepsOf(index);
        var samples = new float[RecordedIn(values)];
        if (samples.Length == 0) throw new IOException($"its lead {Quote.Short(names[index])} holds a calibration pulse and nothing else");
        for (var i = 0; i < samples.Length; i++) samples[i] = (float)(values[i] * step);
        return samples;
    }

    private int RecordedIn(int[] values)
    {
        var at = values.Length;
        return Run(0) && Run((int)Math.Round(1 / step)) && Run(0) ? at : values.Length;

        bool Run(int value)
        {
            var end = at;
            while (at > 0 && values[at - 1] == value) at--;
            return end - at >= MinRun;
        }
    }

    // Halves are rounded down, as the shift does it.
    private int[] StepsOf(int index)
    {
        var own = XliDecoder.Decode(chunks[index].Span, count);
        return names[index].ToUpperInvariant() switch
        {
            "III" => Combine(own, "I", "II", (i, ii, difference) => ii - i - difference),
            "AVR" => Combine(own, "I", "II", (i, ii, difference) => -difference - ((i + ii) >> 1)),
            "AVL" => Combine(own, "I", "III", (i, iii, difference) => ((i - iii) >> 1) - difference),
            "AVF" => Combine(own, "II", "III", (ii, iii, difference) => ((ii + iii) >> 1) - difference),
            _ => own,
        };
    }

    private int[] Combine(int[] differences, string first, string second, Func<int, int, int, int> combine)
    {
        var (one, two) = (StepsOf(IndexOf(first)), StepsOf(IndexOf(second)));
        for (var i = 0; i < differences.Length; i++) differences[i] = (short)combine(one[i], two[i], differences[i]);
        return differences;
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        }

        throw new IOException($"it has no lead {name}, from which another of its leads follows");
    }
}
