using System.Diagnostics;

namespace Mina.Fuzz;

/// <summary>What a run over one target found.</summary>
/// <param name="Inputs">How many inputs were tried.</param>
/// <param name="Found">The inputs that broke something, with what they broke: one of each kind.</param>
internal sealed record FuzzResult(long Inputs, IReadOnlyList<(byte[] Input, Exception Fault)> Found);

/// <summary>Gives changed inputs to a target, for as long as it is told.</summary>
internal static class Fuzzer
{
    /// <summary>An input that makes a parser ask for more than this is a fault: what is small must not cost much.</summary>
    private const long MaxAllocatedBytes = 512L << 20;

    private const int MaxPool = 2000;

    /// <summary>Runs a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="seed">The same seed tries the same inputs in the same order.</param>
    /// <param name="goOn">Asked before each input, with how many there were.</param>
    /// <param name="slow">Called with each input that took longer than any before; null: not at all.</param>
    public static FuzzResult Run(FuzzTarget target, ulong seed, Func<long, bool> goOn, Action<byte[], TimeSpan>? slow = null)
    {
        var mutator = new Mutator(seed);
        var pool = new List<byte[]>(target.Seeds);
        var found = new Dictionary<string, (byte[], Exception)>(StringComparer.Ordinal);
        var slowest = TimeSpan.FromSeconds(1);
        var inputs = 0L;
        foreach (var input in target.Seeds)
            Try(input);
        while (goOn(inputs))
        {
            var input = mutator.Change(pool[mutator.Below(pool.Count)], pool[mutator.Below(pool.Count)]);
            Try(input);
            // Some of the changed inputs are changed again, so that several faults come together.
            if (mutator.Below(50) == 0 && pool.Count < MaxPool)
                pool.Add(input);
        }

        return new FuzzResult(inputs, [.. found.Values]);

        void Try(byte[] input)
        {
            inputs++;
            var began = Stopwatch.GetTimestamp();
            if (Check(target, input) is { } fault)
                found.TryAdd(KindOf(fault), (input, fault));
            if (Stopwatch.GetElapsedTime(began) is var taken && taken > slowest)
            {
                slowest = taken;
                slow?.Invoke(input, taken);
            }
        }
    }

    /// <summary>Tries one input.</summary>
    /// <returns>What it broke; null: nothing.</returns>
    public static Exception? Check(FuzzTarget target, byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            return e;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated > MaxAllocatedBytes ? new FuzzException($"{input.Length} bytes of input took {allocated >> 20} MB of memory") : null;
    }

    /// <summary>Faults of one type at one place are one kind.</summary>
    private static string KindOf(Exception fault) => $"{fault.GetType().Name} {fault.StackTrace?.Split('\n')[0]}";
}
