namespace Mina.Streaming.Recordings.Conversion;

/// <summary>How the samples of a lead become whole numbers: <c>round(mV * Gain)</c>.</summary>
/// <param name="Gain">Whole steps of a millivolt.</param>
/// <param name="MaxStep">The largest of the numbers, without its sign.</param>
/// <param name="IsExact">Whether each sample comes back bit for bit.</param>
internal readonly record struct LeadScale(double Gain, long MaxStep, bool IsExact)
{
    private const int Block = 1 << 14;
    private const long MaxInt32 = int.MaxValue - 1;

    // Gains of recorders, and decimals of tables.
    private static readonly double[] Usual =
        [1, 10, 100, 200, 204.8, 250, 300, 320, 400, 409.6, 500, 800, 1000, 1024, 2000, 2048, 4096, 4880, 10_000, 100_000, 1_000_000, 10_000_000];

    /// <summary>The number of a sample; null where it is missing.</summary>
    public long? StepsOf(float millivolts) => float.IsFinite(millivolts) ? (long)Math.Round(millivolts * Gain) : null;

    /// <summary>
    /// Finds the smallest gain at which a lead's samples come back bit for bit: recorders sample in steps, so there nearly always is one. Else the
    /// finest power of two that 32 bits hold.
    /// </summary>
    /// <param name="leads">The leads, at their first samples; they are read to their ends twice.</param>
    public static LeadScale[] Find(OpenLeads leads)
    {
        var candidates = new List<double>[leads.Readers.Count];
        for (var i = 0; i < candidates.Length; i++)
        {
            var start = new float[(int)Math.Min(leads.Readers[i].Length, 4 * Block)];
            leads.Read(i, start);
            candidates[i] = [.. Usual.Concat(GainsOf(start)).Where(gain => gain > 0 && double.IsFinite(gain)).Distinct().Order()];
        }

        leads.Rewind();
        var scales = new LeadScale[candidates.Length];
        for (var i = 0; i < scales.Length; i++) scales[i] = Check(leads, i, candidates[i]);
        leads.Rewind();
        return scales;
    }

    private static LeadScale Check(OpenLeads leads, int lead, List<double> gains)
    {
        var (samples, largest) = (new float[Block], 0.0);
        for (var rest = leads.Readers[lead].Length; rest > 0; rest -= samples.Length)
        {
            leads.Read(lead, samples);
            foreach (var sample in samples)
            {
                if (!float.IsFinite(sample)) continue;
                largest = Math.Max(largest, Math.Abs((double)sample));
                for (var k = gains.Count - 1; k >= 0; k--)
                {
                    var steps = Math.Round(sample * gains[k]);
                    if (Math.Abs(steps) > MaxInt32 || (float)(steps / gains[k]) != sample) gains.RemoveAt(k);
                }
            }
        }

        var gain = gains.Count > 0 ? gains[0] : largest > 0 ? Math.Pow(2, Math.Floor(Math.Log2(MaxInt32 / largest))) : 1000;
        return new LeadScale(gain, (long)Math.Round(largest * gain), gains.Count > 0);
    }

    // The smallest difference of two samples is about one step; ever larger ones, as whole numbers of steps, make it exact.
    private static IEnumerable<double> GainsOf(float[] samples)
    {
        float[] values = [.. samples.Where(float.IsFinite).Distinct().Order()];
        if (values.Length < 2) yield break;
        var smallest = double.PositiveInfinity;
        for (var i = 1; i < values.Length; i++) smallest = Math.Min(smallest, (double)values[i] - values[i - 1]);
        var (gain, last) = (1 / smallest, 1.0);
        foreach (var value in values.Skip(1))
        {
            var difference = (double)value - values[0];
            var steps = Math.Round(difference * gain);
            if (steps >= 2 * last || value == values[^1]) (gain, last) = (steps / difference, steps);
        }

        foreach (var decimals in new[] { 0, 1, 2, 4 })
        {
            yield return Math.Round(gain, decimals);
            yield return Math.Round(2 * gain, decimals);
        }

        yield return gain;
        yield return 2 * gain;
    }
}
