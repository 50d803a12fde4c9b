namespace Mina.Streaming.Tests.Live;

/// <summary>A device's life as no device should live: every chunk keeps to the limits, and nothing else holds.</summary>
internal static class HostileChunks
{
    private static readonly double[] Frequencies = [50, 62.5, 128, 257, 300, 360, 499.97, 1000, 3999.7, 100_000];
    private static readonly long[] Sequences = [0, 1, 5, 64, 65, 1_000_000, 1_000_001, 1L << 62, long.MaxValue - 2, long.MaxValue - 1, long.MaxValue];

    private static readonly float[] Values =
        [0, 1, -1, float.NaN, float.MaxValue, float.MinValue, float.Epsilon, 1e30f, -1e30f, float.PositiveInfinity, 32767, 8388607];

    private static readonly DateTimeOffset[] Times =
        [new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), Signals.Start, new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero)];

    /// <summary>
    /// The chunks: numbers that go on, skip, repeat, start again or lie at the ends of the range; clocks that stand, step and run; fs that
    /// changes; end flags anywhere.
    /// </summary>
    public static IEnumerable<SampleChunk> Make(Random random, int count)
    {
        var sequence = random.Next(3) == 0 ? Sequences[random.Next(Sequences.Length)] : 0;
        var time = random.Next(4) == 0 ? Times[random.Next(Times.Length)] : Signals.Start;
        var fs = Frequencies[random.Next(Frequencies.Length)];
        var sent = new List<SampleChunk>();
        for (var i = 0; i < count; i++)
        {
            if (sent.Count > 0 && random.Next(6) == 0)
            {
                yield return sent[^Math.Min(sent.Count, 1 + random.Next(random.Next(2) == 0 ? 4 : 80))];
                continue;
            }

            var length = random.Next(12) == 0 ? 0 : (int)Math.Min(20_000, 1 + (fs * random.NextDouble() * random.Next(1, 6)));
            var end = length == 0 || random.Next(15) == 0;
            var samples = random.Next(4) == 0
                ? [.. Enumerable.Range(0, length).Select(_ => Values[random.Next(Values.Length)])]
                : Signals.Beats(i, fs, length / fs + 0.01)[..length];
            var chunk = new SampleChunk(sequence, time, fs, samples, end);
            sent.Add(chunk);
            yield return chunk;

            sequence = random.Next(14) switch
            {
                0 => sequence > long.MaxValue - 10 ? 0 : sequence + random.Next(8),
                1 => Math.Max(0, sequence - random.Next(8)),
                2 => Sequences[random.Next(Sequences.Length)],
                3 => 0,
                _ => sequence,
            };
            sequence = sequence == long.MaxValue ? 0 : sequence + 1;
            var step = random.Next(12) switch
            {
                0 => TimeSpan.Zero,
                1 => TimeSpan.FromSeconds(random.Next(-90, 90)),
                2 => chunk.Duration * random.NextDouble() * 2,
                3 => TimeSpan.FromMilliseconds(random.Next(-500, 500)) + chunk.Duration,
                _ => chunk.Duration,
            };
            time = random.Next(60) == 0 ? Times[random.Next(Times.Length)] : Clamp(time, step);
            if (random.Next(20) == 0)
                fs = Frequencies[random.Next(Frequencies.Length)];
        }
    }

    private static DateTimeOffset Clamp(DateTimeOffset time, TimeSpan step)
    {
        var next = time + step;
        return next < Times[0] ? Times[0] : next > Times[^1] ? Times[^1] : next;
    }
}
