namespace Mina.Streaming.Simulation;

/// <summary>A beat that is to be drawn.</summary>
/// <param name="Time">The time of its R peak, in seconds.</param>
/// <param name="Rr">The seconds since the beat before it.</param>
/// <param name="Type">Where it originates.</param>
/// <param name="HasP">Whether it has a P wave.</param>
internal readonly record struct Beat(double Time, double Rr, SimulatedBeatType Type, bool HasP);

/// <summary>
/// Draws the times of beats. In sinus rhythm RR is a mean plus respiratory (0.15-0.35 Hz) and Mayer (0.1 Hz) oscillations, the two peaks of
/// McSharry et al. (2003), and a little jitter. In AF it is mean * (1 + cv * g), where g is a standardised gamma variable of shape 4 drawn for
/// each beat alone, so that RR is skewed to the right and has no serial correlation; cv is 0.17-0.30, and RR never falls below 0.3 s.
/// </summary>
internal sealed class RhythmProcess
{
    private const double MinRr = 0.3;

    private readonly SimulationRandom _random;
    private readonly IReadOnlyList<RhythmEpisode> _episodes;
    private readonly Dictionary<SimulatedRhythm, double> _means = [];
    private readonly double _respiration;
    private readonly double _respirationPhase;
    private readonly double _respirationDepth;
    private readonly double _mayerPhase;
    private readonly double _mayerDepth;
    private readonly double _afSpread;
    private readonly int _ectopicEvery;
    private readonly double _ectopicChance;

    private double _time;
    private int _episode;
    private int _sinceEctopic;
    private SimulatedBeatType _last = SimulatedBeatType.Normal;
    private double _pause;

    public RhythmProcess(SimulationRandom random, IReadOnlyList<RhythmEpisode> episodes)
    {
        _random = random;
        _episodes = episodes;
        _means[SimulatedRhythm.Sinus] = 60 / _random.Uniform(50, 98);
        _means[SimulatedRhythm.AtrialFibrillation] = 60 / _random.Uniform(65, 140);
        _means[SimulatedRhythm.Bradycardia] = 60 / _random.Uniform(36, 48);
        _means[SimulatedRhythm.Tachycardia] = 60 / _random.Uniform(110, 145);
        _means[SimulatedRhythm.VentricularEctopy] = 60 / _random.Uniform(55, 90);
        _means[SimulatedRhythm.AtrialEctopy] = 60 / _random.Uniform(55, 90);
        _respiration = _random.Uniform(0.15, 0.35);
        _respirationPhase = _random.Uniform(0, 2 * Math.PI);
        _respirationDepth = _random.Uniform(0.01, 0.06);
        _mayerPhase = _random.Uniform(0, 2 * Math.PI);
        _mayerDepth = _random.Uniform(0.005, 0.03);
        _afSpread = _random.Uniform(0.17, 0.30);
        _ectopicEvery = _random.Chance(0.35) ? _random.Below(2) + 2 : 0;
        _ectopicChance = _random.Uniform(0.12, 0.3);
        _time = -_random.Uniform(0, 1) - 1.5;
    }

    /// <summary>The frequency of respiration in Hz and its phase in radians, for the baseline, which moves with the same breath.</summary>
    public (double Frequency, double Phase) Respiration => (_respiration, _respirationPhase);

    /// <summary>Draws the next beat, which is later than all before it.</summary>
    public Beat Next()
    {
        while (_episode + 1 < _episodes.Count && _episodes[_episode + 1].Start <= _time)
            _episode++;
        var rhythm = _episodes[_episode].Rhythm;
        var rr = rhythm == SimulatedRhythm.AtrialFibrillation ? Fibrillating() : Sinus(rhythm);
        var type = SimulatedBeatType.Normal;
        if (_pause > 0)
        {
            rr = _pause;
            _pause = 0;
        }
        else if (IsEctopic(rhythm))
        {
            var early = rr * _random.Uniform(0.58, 0.72);
            type = rhythm == SimulatedRhythm.VentricularEctopy ? SimulatedBeatType.PrematureVentricular : SimulatedBeatType.PrematureAtrial;
            // A ventricular beat does not disturb the sinus node, so the pause after it is compensatory; an atrial beat resets the node.
            _pause = type == SimulatedBeatType.PrematureVentricular ? 2 * rr - early : rr * _random.Uniform(1.02, 1.15);
            rr = early;
        }

        rr = Math.Max(rr, MinRr);
        _sinceEctopic = type == SimulatedBeatType.Normal ? _sinceEctopic + 1 : 0;
        _last = type;
        _time += rr;
        var hasP = rhythm != SimulatedRhythm.AtrialFibrillation && type != SimulatedBeatType.PrematureVentricular;
        return new Beat(_time, rr, type, hasP);
    }

    private double Sinus(SimulatedRhythm rhythm)
    {
        var mean = _means[rhythm];
        // The faster the heart beats, the less its rate varies.
        var depth = Math.Clamp(mean, 0.4, 1.1);
        return mean * (1
            + depth * _respirationDepth * Math.Sin(2 * Math.PI * _respiration * _time + _respirationPhase)
            + depth * _mayerDepth * Math.Sin(2 * Math.PI * 0.1 * _time + _mayerPhase)
            + 0.008 * _random.Normal());
    }

    private double Fibrillating()
    {
        var gamma = (_random.Exponential() + _random.Exponential() + _random.Exponential() + _random.Exponential() - 4) / 2;
        return _means[SimulatedRhythm.AtrialFibrillation] * (1 + _afSpread * gamma);
    }

    private bool IsEctopic(SimulatedRhythm rhythm)
    {
        if (rhythm is not (SimulatedRhythm.VentricularEctopy or SimulatedRhythm.AtrialEctopy) || _last != SimulatedBeatType.Normal || _time < 0)
            return false;
        if (_ectopicEvery > 0)
            return _sinceEctopic >= _ectopicEvery - 1;
        return _sinceEctopic >= 5 || _random.Chance(_ectopicChance);
    }
}
