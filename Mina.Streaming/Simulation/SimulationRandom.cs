using Mina.Preprocess;

namespace Mina.Streaming.Simulation;

/// <summary>
/// The simulator's generator of random numbers: xoshiro256** (Blackman and Vigna, 2018), seeded by <see cref="SplitMix64"/>. It gives the
/// same numbers on every machine and every version of .NET, which System.Random does not promise. It is not <see cref="SplitMix64"/> alone,
/// because the recordings of data/raw depend on its bits.
/// </summary>
internal sealed class SimulationRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private double _spare = double.NaN;

    /// <summary>Creates the generator for one purpose of one recording; different keys give unrelated numbers.</summary>
    public SimulationRandom(ulong seed, ulong index, ulong purpose)
    {
        var key = new SplitMix64(seed).Next() ^ (index * 0xD1342543DE82EF95);
        key = new SplitMix64(key).Next() ^ (purpose * 0xA24BAED4963EE407);
        var states = new SplitMix64(key);
        _s0 = states.Next();
        _s1 = states.Next();
        _s2 = states.Next();
        _s3 = states.Next();
    }

    /// <summary>Draws 64 random bits.</summary>
    public ulong Next()
    {
        var result = ulong.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = ulong.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Draws a number uniformly from [0, 1).</summary>
    public double Uniform() => SplitMix64.ToUnitInterval(Next());

    /// <summary>Draws a number uniformly from [low, high).</summary>
    public double Uniform(double low, double high) => low + (high - low) * Uniform();

    /// <summary>Returns true with the given probability.</summary>
    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>Draws a whole number uniformly from 0 to count - 1.</summary>
    public int Below(int count) => (int)(Uniform() * count);

    /// <summary>Draws from the standard normal distribution (Box and Muller).</summary>
    public double Normal()
    {
        if (!double.IsNaN(_spare))
        {
            var kept = _spare;
            _spare = double.NaN;
            return kept;
        }

        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        var (sin, cos) = Math.SinCos(2 * Math.PI * Uniform());
        _spare = radius * sin;
        return radius * cos;
    }

    /// <summary>Draws from the exponential distribution of mean 1.</summary>
    public double Exponential() => -Math.Log(1 - Uniform());
}
