namespace Mina.Streaming.Recordings.Formats.Wfdb.Flac;

/// <summary>Decodes one channel of a FLAC frame: constant, verbatim, or predicted with a residual in Rice codes (RFC 9639, 9.2).</summary>
internal static class FlacSubframe
{
    private const int MaxOrder = 32;

    private static readonly int[][] Fixed = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

    /// <summary>Decodes a channel.</summary>
    /// <param name="bits">The stream, at the subframe's first bit.</param>
    /// <param name="width">Bits of a sample, 2 to 25.</param>
    /// <param name="samples">Takes the samples.</param>
    /// <exception cref="IOException">The stream ends, or is damaged.</exception>
    public static void Decode(FlacBits bits, int width, Span<int> samples)
    {
        if (bits.Read(1) != 0) throw FlacStream.Damaged(bits, "a subframe begins wrongly");
        var kind = (int)bits.Read(6);
        var wasted = bits.Read(1) == 0 ? 0 : bits.ReadUnary() + 1;
        if (wasted >= width) throw FlacStream.Damaged(bits, "a subframe has more unused bits than bits");
        width -= wasted;
        switch (kind)
        {
            case 0:
                samples.Fill(bits.ReadSigned(width));
                break;
            case 1:
                foreach (ref var sample in samples) sample = bits.ReadSigned(width);
                break;
            case >= 8 and <= 12:
                WarmUp(bits, width, samples, kind - 8);
                Predict(bits, samples, Fixed[kind - 8], 0);
                break;
            case >= 32:
                Linear(bits, width, samples, kind - 31);
                break;
            default:
                throw FlacStream.Damaged(bits, "a subframe is of a reserved kind");
        }

        if (wasted == 0) return;
        foreach (ref var sample in samples) sample <<= wasted;
    }

    private static void Linear(FlacBits bits, int width, Span<int> samples, int order)
    {
        WarmUp(bits, width, samples, order);
        var precision = (int)bits.Read(4) + 1;
        var shift = bits.ReadSigned(5);
        if (precision == 16 || shift < 0) throw FlacStream.Damaged(bits, "a predictor has a reserved precision or shift");
        Span<int> coefficients = stackalloc int[MaxOrder];
        for (var i = 0; i < order; i++) coefficients[i] = bits.ReadSigned(precision);
        Predict(bits, samples, coefficients[..order], shift);
    }

    private static void WarmUp(FlacBits bits, int width, Span<int> samples, int order)
    {
        if (order > samples.Length) throw FlacStream.Damaged(bits, "a predictor is longer than its frame");
        foreach (ref var sample in samples[..order]) sample = bits.ReadSigned(width);
    }

    private static void Predict(FlacBits bits, Span<int> samples, ReadOnlySpan<int> coefficients, int shift)
    {
        Residual(bits, samples, coefficients.Length);
        for (var i = coefficients.Length; i < samples.Length; i++)
        {
            long sum = 0;
            for (var k = 0; k < coefficients.Length; k++) sum += (long)coefficients[k] * samples[i - 1 - k];
            samples[i] += (int)(sum >> shift);
        }
    }

    /// <summary>Reads what a predictor did not foresee of the samples after the first ones (9.2.7).</summary>
    private static void Residual(FlacBits bits, Span<int> samples, int order)
    {
        var method = bits.Read(2);
        if (method > 1) throw FlacStream.Damaged(bits, "a residual is coded in a reserved way");
        var (parameterBits, escape) = method == 0 ? (4, 15) : (5, 31);
        var partitions = 1 << (int)bits.Read(4);
        var perPartition = samples.Length / partitions;
        if (perPartition * partitions != samples.Length || perPartition < order) throw FlacStream.Damaged(bits, "a residual's parts do not fit its frame");
        for (var partition = 0; partition < partitions; partition++)
        {
            var part = samples[Math.Max(order, partition * perPartition)..((partition + 1) * perPartition)];
            var parameter = (int)bits.Read(parameterBits);
            if (parameter == escape)
            {
                var raw = (int)bits.Read(5);
                foreach (ref var sample in part) sample = bits.ReadSigned(raw);
                continue;
            }

            foreach (ref var sample in part)
            {
                var code = ((uint)bits.ReadUnary() << parameter) | bits.Read(parameter);
                sample = (int)(code >> 1) ^ -(int)(code & 1);
            }
        }
    }
}
