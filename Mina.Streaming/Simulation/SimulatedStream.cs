namespace Mina.Streaming.Simulation;

/// <summary>A piece of an endless simulated signal.</summary>
/// <param name="Start">Index of its first sample since the stream began.</param>
/// <param name="Samples">mV; the caller's to keep.</param>
/// <param name="Beats">The beats in it.</param>
/// <param name="Rhythms">The changes of rhythm in it.</param>
public sealed record SimulatedChunk(long Start, float[] Samples, IReadOnlyList<SimulatedBeat> Beats, IReadOnlyList<RhythmChange> Rhythms);

/// <summary>An endless simulated signal, for load and for demonstrations. The last rhythm goes on for ever.</summary>
/// <param name="Seed">Chooses everything that is left to chance, with <paramref name="Index"/>.</param>
/// <param name="Index">Which stream of this seed.</param>
/// <param name="Fs">Hz.</param>
/// <param name="Episodes">At least one, the first at 0, in order of time.</param>
/// <param name="Noisy">Hardly readable.</param>
public sealed record SimulatedStream(ulong Seed, int Index, double Fs, IReadOnlyList<RhythmEpisode> Episodes, bool Noisy = false)
{
    /// <summary>
    /// The signal in chunks, lazily and in flat memory; each enumeration starts from the beginning. The signal does not depend on the chunks' size.
    /// </summary>
    /// <param name="chunk">Samples a chunk, &gt; 0.</param>
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
