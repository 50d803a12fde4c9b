namespace Mina.Streaming.Simulation;

/// <summary>
/// xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64: the same numbers on every machine and every version of .NET, which
/// System.Random does not promise.
/// </summary>
internal sealed class Prng
{
    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;
    private double spare = double.NaN;

    /// <summary>A generator for one purpose of one recording: differing keys give unrelated numbers.</summary>
    public Prng(ulong seed, ulong index, ulong purpose)
    {
        var x = seed;
        x = Mix(ref x) ^ (index * 0xD1342543DE82EF95);
        x = Mix(ref x) ^ (purpose * 0xA24BAED4963EE407);
        s0 = Mix(ref x);
        s1 = Mix(ref x);
        s2 = Mix(ref x);
        s3 = Mix(ref x);
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        var result = ulong.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = ulong.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Uniform(double low, double high) => low + (high - low) * Uniform();

    /// <summary>True with this probability.</summary>
    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>0 to count - 1.</summary>
    public int Below(int count) => (int)(Uniform() * count);

    /// <summary>Standard normal (Box and Muller).</summary>
    public double Normal()
    {
        if (!double.IsNaN(spare))
        {
            var kept = spare;
            spare = double.NaN;
            return kept;
        }

        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        var (sin, cos) = Math.SinCos(2 * Math.PI * Uniform());
        spare = radius * sin;
        return radius * cos;
    }

    /// <summary>Exponential with mean 1.</summary>
    public double Exponential() => -Math.Log(1 - Uniform());

    private static ulong Mix(ref ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        var z = x;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
