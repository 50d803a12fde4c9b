namespace Mina.Streaming.Tests.Log;

/// <summary>Chunks of all kinds from a seed: of converters and of arithmetic, with gaps, and with numbers that no ECG has.</summary>
internal static class RandomChunks
{
    private static readonly double[] Gains = [200, 1000, 204.8, 500, 1, 65536, 131.072, 333.3333, 2000.5, 0.5];

    private static readonly float[] Strange =
    [
        float.NaN, BitConverter.Int32BitsToSingle(0x7fc00001), BitConverter.Int32BitsToSingle(0x7f800001), float.PositiveInfinity, float.NegativeInfinity,
        float.Epsilon, -float.Epsilon, 1e-40f, 1e30f, -1e30f, float.MaxValue, float.MinValue, -0f, 0f, 1e-30f, 16777216, 16777217,
    ];

    public static SampleChunk Make(int seed)
    {
        var random = new Random(seed);
        var samples = new float[random.Next(8) switch { 0 => 0, 1 => 1, 2 => 2, 3 => random.Next(4000), _ => random.Next(600) }];
        var kind = random.Next(8);
        var gain = Gains[random.Next(Gains.Length)];
        var value = random.Next(-3000, 3000);
        for (var i = 0; i < samples.Length; i++)
        {
            value += random.Next(-40, 41);
            samples[i] = kind switch
            {
                0 => random.NextSingle() - 0.5f,
                1 => Strange[random.Next(Strange.Length)],
                2 => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
                3 => (float)(value * (1 / gain)),
                4 => (float)value / (float)gain,
                5 => random.Next(20) == 0 ? float.NaN : (float)(value / gain),
                6 => (float)(int)(value * 1e6),
                _ => (float)(value / gain),
            };
        }

        var fs = random.Next(6) switch { 0 => 0, 1 => double.NaN, 2 => 1e-3, 3 => 128, _ => 300 };
        return new SampleChunk(
            random.Next(4) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(),
            new DateTimeOffset(random.NextInt64(DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero),
            fs,
            samples,
            random.Next(5) == 0);
    }
}
