namespace Mina.Streaming.Simulation;

/// <summary>One simulated electrode pair, sample after sample, for ever and in flat memory. Not for several threads at once.</summary>
internal sealed class EcgSource
{
    private readonly double fs;
    private readonly IReadOnlyList<RhythmEpisode> episodes;
    private readonly RhythmProcess rhythm;
    private readonly Morphology morphology;
    private readonly FibrillatoryWaves waves;
    private readonly Disturbance disturbance;
    private readonly Prng sizes;
    private readonly Queue<(Beat Beat, double Size)> near = new();
    private readonly Queue<SimulatedBeat> unreported = new();
    private double drawn = double.NegativeInfinity;
    private int episode = -1;
    private long n;

    /// <param name="seed">Chooses everything, with <paramref name="index"/>.</param>
    /// <param name="index">Which recording of this seed.</param>
    /// <param name="fs">Hz.</param>
    /// <param name="episodes">The first at 0, in order of time.</param>
    /// <param name="noisy">Hardly readable.</param>
    public EcgSource(ulong seed, ulong index, double fs, IReadOnlyList<RhythmEpisode> episodes, bool noisy)
    {
        this.fs = fs;
        this.episodes = episodes;
        rhythm = new RhythmProcess(new Prng(seed, index, 1), episodes);
        morphology = new Morphology(new Prng(seed, index, 2));
        waves = new FibrillatoryWaves(new Prng(seed, index, 3), fs);
        if (episodes[0].Rhythm == SimulatedRhythm.AtrialFibrillation) waves.StartFull();
        var noise = new Prng(seed, index, 4);
        disturbance = new Disturbance(noise, fs, noise.Chance(0.5) ? 50 : 60, noisy, rhythm.Respiration);
        sizes = new Prng(seed, index, 5);
    }

    /// <summary>Index of the next sample.</summary>
    public long Position => n;

    /// <summary>Writes the next samples, in mV, and appends the beats and changes of rhythm that lie among them.</summary>
    public void Fill(Span<float> to, List<SimulatedBeat> beats, List<RhythmChange> changes)
    {
        var end = n + to.Length;
        foreach (ref var value in to)
        {
            var t = n / fs;
            while (episode + 1 < episodes.Count && episodes[episode + 1].Start <= t)
            {
                episode++;
                changes.Add(new RhythmChange(n, SimulatedRhythms.AuxOf(episodes[episode].Rhythm)));
            }

            Draw(t + Morphology.Reach);
            while (near.Count > 0 && near.Peek().Beat.Time < t - Morphology.Reach) near.Dequeue();
            var sum = waves.Next(episodes[episode].Rhythm == SimulatedRhythm.AtrialFibrillation);
            foreach (var (beat, size) in near) sum += size * morphology.At(beat, t - beat.Time);
            value = (float)disturbance.Next(sum);
            n++;
        }

        Report(beats, end);
    }

    private void Draw(double until)
    {
        while (drawn < until)
        {
            var beat = rhythm.Next();
            drawn = beat.Time;
            near.Enqueue((beat, 1 + morphology.Variation * sizes.Normal()));
            var sample = (long)Math.Round(beat.Time * fs);
            if (sample >= 0) unreported.Enqueue(new SimulatedBeat(sample, beat.Type));
        }
    }

    private void Report(List<SimulatedBeat> beats, long end)
    {
        while (unreported.TryPeek(out var beat) && beat.Sample < end) beats.Add(unreported.Dequeue());
    }
}
