namespace Mina.Streaming.Shards;

/// <summary>
/// A small generator of random numbers that is the same everywhere and for good (Steele, Lea, Flood: "Fast splittable
/// pseudorandom number generators", OOPSLA 2014); System.Random promises neither.
/// </summary>
internal struct SplitMix64
{
    private ulong _state;

    public SplitMix64(long seed, int epoch)
    {
        // Two rounds part neighbouring seeds and epochs.
        _state = unchecked((ulong)seed);
        _state = Next() + unchecked((ulong)epoch);
        _state = Next();
    }

    public ulong Next()
    {
        unchecked
        {
            var z = _state += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    /// <summary>0 &lt;= result &lt; <paramref name="n"/>; the bias, below n / 2^64, does not matter here.</summary>
    public int Below(int n) => (int)Math.BigMul(Next(), (ulong)n, out _);

    public void Shuffle(Span<int> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
