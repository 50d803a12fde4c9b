namespace Mina.Streaming.Simulation;

/// <summary>Simulates one lead, sample after sample, without end and in constant memory. One thread at a time may use it.</summary>
internal sealed class EcgSource
{
    private readonly double _fs;
    private readonly IReadOnlyList<RhythmEpisode> _episodes;
    private readonly RhythmProcess _rhythm;
    private readonly Morphology _morphology;
    private readonly FibrillatoryWaves _waves;
    private readonly Disturbance _disturbance;
    private readonly SimulationRandom _sizes;
    private readonly Queue<(Beat Beat, double Size)> _near = new();
    private readonly Queue<SimulatedBeat> _unreported = new();
    private double _drawn = double.NegativeInfinity;
    private int _episode = -1;
    private long _n;

    /// <param name="seed">Decides, together with <paramref name="index"/>, everything that is left to chance.</param>
    /// <param name="index">The number of the recording among those of this seed.</param>
    /// <param name="fs">The sampling frequency in Hz.</param>
    /// <param name="episodes">The rhythms in order of time; the first begins at 0.</param>
    /// <param name="noisy">True makes the signal hardly readable.</param>
    public EcgSource(ulong seed, ulong index, double fs, IReadOnlyList<RhythmEpisode> episodes, bool noisy)
    {
        _fs = fs;
        _episodes = episodes;
        _rhythm = new RhythmProcess(new SimulationRandom(seed, index, 1), _episodes);
        _morphology = new Morphology(new SimulationRandom(seed, index, 2));
        _waves = new FibrillatoryWaves(new SimulationRandom(seed, index, 3), _fs);
        if (_episodes[0].Rhythm == SimulatedRhythm.AtrialFibrillation)
            _waves.StartFull();
        var noise = new SimulationRandom(seed, index, 4);
        _disturbance = new Disturbance(noise, _fs, noise.Chance(0.5) ? 50 : 60, noisy, _rhythm.Respiration);
        _sizes = new SimulationRandom(seed, index, 5);
    }

    /// <summary>The index of the next sample, from 0.</summary>
    public long Position => _n;

    /// <summary>Writes the next samples, in mV, and appends the beats and changes of rhythm that lie among them.</summary>
    public void Fill(Span<float> to, List<SimulatedBeat> beats, List<RhythmChange> changes)
    {
        var end = _n + to.Length;
        foreach (ref var value in to)
        {
            var t = _n / _fs;
            while (_episode + 1 < _episodes.Count && _episodes[_episode + 1].Start <= t)
            {
                _episode++;
                changes.Add(new RhythmChange(_n, SimulatedRhythms.AuxOf(_episodes[_episode].Rhythm)));
            }

            Draw(t + Morphology.Reach);
            while (_near.Count > 0 && _near.Peek().Beat.Time < t - Morphology.Reach)
                _near.Dequeue();
            var sum = _waves.Next(_episodes[_episode].Rhythm == SimulatedRhythm.AtrialFibrillation);
            foreach (var (beat, size) in _near)
                sum += size * _morphology.At(beat, t - beat.Time);
            value = (float)_disturbance.Next(sum);
            _n++;
        }

        Report(beats, end);
    }

    private void Draw(double until)
    {
        while (_drawn < until)
        {
            var beat = _rhythm.Next();
            _drawn = beat.Time;
            _near.Enqueue((beat, 1 + _morphology.Variation * _sizes.Normal()));
            var sample = (long)Math.Round(beat.Time * _fs);
            if (sample >= 0)
                _unreported.Enqueue(new SimulatedBeat(sample, beat.Type));
        }
    }

    private void Report(List<SimulatedBeat> beats, long end)
    {
        while (_unreported.TryPeek(out var beat) && beat.Sample < end)
            beats.Add(_unreported.Dequeue());
    }
}
