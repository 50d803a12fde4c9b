namespace Mina.Preprocess;

/// <summary>
/// A small generator of random numbers whose whole state is one number (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", OOPSLA 2014). It gives the same numbers on every machine and every version of .NET, which System.Random does not promise.
/// </summary>
/// <remarks>
/// The factory methods make randomness a pure function of a key (seed, epoch, window, ...), so that nothing has to be stored to continue where
/// a run stopped. Shards, first weights and dropout depend on these bits: none of the sequences may ever change.
/// </remarks>
/// <param name="state">The state; generators with different states give different sequences.</param>
public struct SplitMix64(ulong state)
{
    private const ulong Increment = 0x9E3779B97F4A7C15UL;

    /// <summary>"mina" in ASCII, which keeps these sequences apart from those of other programs that use the same keys.</summary>
    private const ulong Domain = 0x6D696E61UL;

    private ulong _state = state;

    /// <summary>Creates a generator for a key of several parts, such as (seed, epoch, step). Different keys give unrelated sequences.</summary>
    public static SplitMix64 FromKey(params long[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var hash = Domain;
        foreach (var part in key)
            hash = Mix(unchecked((hash ^ (ulong)part) + Increment));
        return new SplitMix64(hash);
    }

    /// <summary>Creates a generator for one window and one purpose. It does not depend on the windows that were processed before.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="purpose">A constant of the caller, so that two uses of the same window are unrelated.</param>
    /// <param name="recordingId">The window's recording.</param>
    /// <param name="start">The window's first sample.</param>
    public static SplitMix64 ForWindow(long seed, long purpose, string recordingId, int start)
    {
        ArgumentNullException.ThrowIfNull(recordingId);
        // FNV-1a over the id's characters: .NET's own hash of a string differs from run to run.
        var id = 0xCBF29CE484222325UL;
        foreach (var c in recordingId)
            id = unchecked((id ^ c) * 0x100000001B3UL);
        return FromKey(seed, purpose, unchecked((long)id), start);
    }

    /// <summary>Creates a generator for one row of a batch.</summary>
    /// <param name="key">Identifies the batch.</param>
    /// <param name="row">The row, 0 or more.</param>
    public static SplitMix64 ForRow(long key, int row) => new(Mix(unchecked((ulong)key) ^ Mix(unchecked((ulong)row + Domain))));

    /// <summary>Creates a generator for one epoch's order of windows.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="epoch">The epoch, 0 or more.</param>
    public static SplitMix64 ForEpoch(long seed, int epoch)
    {
        // Two rounds separate neighbouring seeds and epochs.
        var random = new SplitMix64(unchecked((ulong)seed));
        random._state = unchecked(random.Next() + (ulong)epoch);
        return new SplitMix64(random.Next());
    }

    /// <summary>Maps 64 random bits to [0, 1), using the upper 53.</summary>
    public static double ToUnitInterval(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    /// <summary>Draws the next 64 random bits.</summary>
    public ulong Next()
    {
        _state = unchecked(_state + Increment);
        return Mix(_state);
    }

    /// <summary>Draws a number uniformly from [0, 1).</summary>
    public double Uniform() => ToUnitInterval(Next());

    /// <summary>Draws from the standard normal distribution (Box-Muller; the second number of each pair is not used).</summary>
    public double Normal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        return radius * Math.Cos(2 * Math.PI * Uniform());
    }

    /// <summary>Draws a whole number uniformly from 0 to n - 1; the bias is below n / 2^64.</summary>
    /// <param name="n">At least 1.</param>
    public int Below(int n) => (int)Math.BigMul(Next(), (ulong)n, out _);

    /// <summary>Puts the values into a random order (Fisher-Yates).</summary>
    public void Shuffle(Span<int> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
