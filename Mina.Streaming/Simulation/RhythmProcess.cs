namespace Mina.Streaming.Simulation;

/// <summary>A beat to draw.</summary>
/// <param name="Time">Of its R peak, in seconds.</param>
/// <param name="Rr">Seconds since the beat before.</param>
/// <param name="Type">Its origin.</param>
/// <param name="HasP">It has a P wave.</param>
internal readonly record struct Beat(double Time, double Rr, SimulatedBeatType Type, bool HasP);

/// <summary>
/// The times of beats. Sinus: mean RR plus respiratory (0.15-0.35 Hz) and Mayer (0.1 Hz) oscillations, the two peaks of McSharry et al.
/// (2003), and a little jitter. AF: RR = mean * (1 + cv * g), g a standardised gamma of shape 4 drawn for each beat alone, so right-skewed
/// and without serial correlation; cv 0.17-0.30, and never below 0.3 s.
/// </summary>
internal sealed class RhythmProcess
{
    private const double MinRr = 0.3;

    private readonly Prng random;
    private readonly IReadOnlyList<RhythmEpisode> episodes;
    private readonly Dictionary<SimulatedRhythm, double> means = [];
    private readonly double respiration;
    private readonly double respirationPhase;
    private readonly double respirationDepth;
    private readonly double mayerPhase;
    private readonly double mayerDepth;
    private readonly double afSpread;
    private readonly int ectopicEvery;
    private readonly double ectopicChance;

    private double time;
    private int episode;
    private int sinceEctopic;
    private SimulatedBeatType last = SimulatedBeatType.Normal;
    private double pause;

    public RhythmProcess(Prng random, IReadOnlyList<RhythmEpisode> episodes)
    {
        this.random = random;
        this.episodes = episodes;
        means[SimulatedRhythm.Sinus] = 60 / random.Uniform(50, 98);
        means[SimulatedRhythm.AtrialFibrillation] = 60 / random.Uniform(65, 140);
        means[SimulatedRhythm.Bradycardia] = 60 / random.Uniform(36, 48);
        means[SimulatedRhythm.Tachycardia] = 60 / random.Uniform(110, 145);
        means[SimulatedRhythm.VentricularEctopy] = 60 / random.Uniform(55, 90);
        means[SimulatedRhythm.AtrialEctopy] = 60 / random.Uniform(55, 90);
        respiration = random.Uniform(0.15, 0.35);
        respirationPhase = random.Uniform(0, 2 * Math.PI);
        respirationDepth = random.Uniform(0.01, 0.06);
        mayerPhase = random.Uniform(0, 2 * Math.PI);
        mayerDepth = random.Uniform(0.005, 0.03);
        afSpread = random.Uniform(0.17, 0.30);
        ectopicEvery = random.Chance(0.35) ? random.Below(2) + 2 : 0;
        ectopicChance = random.Uniform(0.12, 0.3);
        time = -random.Uniform(0, 1) - 1.5;
    }

    /// <summary>Respiration in breaths a second, and its phase: the same breath moves the baseline.</summary>
    public (double Frequency, double Phase) Respiration => (respiration, respirationPhase);

    /// <summary>The next beat, later than all before.</summary>
    public Beat Next()
    {
        while (episode + 1 < episodes.Count && episodes[episode + 1].Start <= time) episode++;
        var rhythm = episodes[episode].Rhythm;
        var rr = rhythm == SimulatedRhythm.AtrialFibrillation ? Fibrillating() : Sinus(rhythm);
        var type = SimulatedBeatType.Normal;
        if (pause > 0)
        {
            rr = pause;
            pause = 0;
        }
        else if (IsEctopic(rhythm))
        {
            var early = rr * random.Uniform(0.58, 0.72);
            type = rhythm == SimulatedRhythm.VentricularEctopy ? SimulatedBeatType.PrematureVentricular : SimulatedBeatType.PrematureAtrial;
            // a ventricular beat leaves the sinus node alone: the pause makes up for it; an atrial one resets it
            pause = type == SimulatedBeatType.PrematureVentricular ? 2 * rr - early : rr * random.Uniform(1.02, 1.15);
            rr = early;
        }

        rr = Math.Max(rr, MinRr);
        sinceEctopic = type == SimulatedBeatType.Normal ? sinceEctopic + 1 : 0;
        last = type;
        time += rr;
        var hasP = rhythm != SimulatedRhythm.AtrialFibrillation && type != SimulatedBeatType.PrematureVentricular;
        return new Beat(time, rr, type, hasP);
    }

    private double Sinus(SimulatedRhythm rhythm)
    {
        var mean = means[rhythm];
        // the faster the heart, the less it varies
        var depth = Math.Clamp(mean, 0.4, 1.1);
        return mean * (1
            + depth * respirationDepth * Math.Sin(2 * Math.PI * respiration * time + respirationPhase)
            + depth * mayerDepth * Math.Sin(2 * Math.PI * 0.1 * time + mayerPhase)
            + 0.008 * random.Normal());
    }

    private double Fibrillating()
    {
        var gamma = (random.Exponential() + random.Exponential() + random.Exponential() + random.Exponential() - 4) / 2;
        return means[SimulatedRhythm.AtrialFibrillation] * (1 + afSpread * gamma);
    }

    private bool IsEctopic(SimulatedRhythm rhythm)
    {
        if (rhythm is not (SimulatedRhythm.VentricularEctopy or SimulatedRhythm.AtrialEctopy) || last != SimulatedBeatType.Normal || time < 0) return false;
        if (ectopicEvery > 0) return sinceEctopic >= ectopicEvery - 1;
        return sinceEctopic >= 5 || random.Chance(ectopicChance);
    }
}
