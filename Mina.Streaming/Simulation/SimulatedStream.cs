namespace Mina.Streaming.Simulation;

/// <summary>One chunk of an endless simulated signal.</summary>
/// <param name="Start">The index of its first sample, counted from the beginning of the stream.</param>
/// <param name="Samples">The samples in mV; the caller may keep the array.</param>
/// <param name="Beats">The beats whose R peaks lie in the chunk.</param>
/// <param name="Rhythms">The changes of rhythm that lie in the chunk.</param>
public sealed record SimulatedChunk(long Start, float[] Samples, IReadOnlyList<SimulatedBeat> Beats, IReadOnlyList<RhythmChange> Rhythms);

/// <summary>An endless simulated signal, for load tests and demonstrations. The last rhythm goes on for ever.</summary>
/// <param name="Seed">Decides, together with <paramref name="Index"/>, everything that is left to chance.</param>
/// <param name="Index">The number of the stream among those of this seed.</param>
/// <param name="Fs">The sampling frequency in Hz.</param>
/// <param name="Episodes">At least one rhythm, in order of time; the first begins at 0.</param>
/// <param name="Noisy">True makes the signal hardly readable.</param>
public sealed record SimulatedStream(ulong Seed, int Index, double Fs, IReadOnlyList<RhythmEpisode> Episodes, bool Noisy = false)
{
    /// <summary>
    /// Yields the signal in chunks, lazily and in constant memory. Each enumeration starts from the beginning, and the signal does not depend on
    /// the size of the chunks.
    /// </summary>
    /// <param name="chunk">The number of samples in a chunk, &gt; 0.</param>
    public IEnumerable<SimulatedChunk> Chunks(int chunk)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunk);
        return Enumerate(new EcgSource(Seed, (ulong)Index, Fs, Simulator.Checked(Episodes), Noisy), chunk);
    }

    private static IEnumerable<SimulatedChunk> Enumerate(EcgSource source, int chunk)
    {
        while (true)
        {
            var start = source.Position;
            var samples = new float[chunk];
            var beats = new List<SimulatedBeat>();
            var changes = new List<RhythmChange>();
            source.Fill(samples, beats, changes);
            yield return new SimulatedChunk(start, samples, beats, changes);
        }
    }
}
