namespace Mina.Streaming.Simulation;

/// <summary>A rhythm of the simulated heart. Rates are in beats a minute.</summary>
public enum SimulatedRhythm
{
    /// <summary>Sinus rhythm of 50-98 beats a minute, with respiratory sinus arrhythmia and Mayer waves.</summary>
    Sinus,

    /// <summary>Atrial fibrillation: independent RR intervals, no P waves, and fibrillatory waves of 4-9 Hz.</summary>
    AtrialFibrillation,

    /// <summary>Sinus rhythm with premature ventricular beats (single, bigeminy or trigeminy) and compensatory pauses.</summary>
    VentricularEctopy,

    /// <summary>Sinus rhythm with premature atrial beats.</summary>
    AtrialEctopy,

    /// <summary>Sinus bradycardia of 36-48 beats a minute.</summary>
    Bradycardia,

    /// <summary>Sinus tachycardia of 110-145 beats a minute.</summary>
    Tachycardia,
}

/// <summary>Where a simulated beat originates.</summary>
public enum SimulatedBeatType
{
    /// <summary>A normal beat, MIT code N.</summary>
    Normal,

    /// <summary>A premature atrial beat, MIT code A.</summary>
    PrematureAtrial,

    /// <summary>A premature ventricular beat, MIT code V.</summary>
    PrematureVentricular,
}

/// <summary>The beginning of a rhythm, which lasts until the next one begins.</summary>
/// <param name="Start">The time at which it begins, in seconds, &gt;= 0.</param>
/// <param name="Rhythm">The rhythm from then on.</param>
public readonly record struct RhythmEpisode(double Start, SimulatedRhythm Rhythm);

/// <summary>A simulated beat.</summary>
/// <param name="Sample">The index of the sample of its R peak.</param>
/// <param name="Type">Where it originates.</param>
public readonly record struct SimulatedBeat(long Sample, SimulatedBeatType Type);

/// <summary>An annotated change of rhythm.</summary>
/// <param name="Sample">The index of the first sample of the rhythm.</param>
/// <param name="Aux">The rhythm as MIT-BIH writes it: <c>(N</c>, <c>(AFIB</c> or <c>(SBR</c> (sinus bradycardia).</param>
public readonly record struct RhythmChange(long Sample, string Aux);

/// <summary>The names that annotations give to rhythms.</summary>
internal static class SimulatedRhythms
{
    /// <summary>MIT-BIH's annotation of a rhythm. It has none for ectopy and sinus tachycardia, which are annotated as <c>(N</c>.</summary>
    public static string AuxOf(SimulatedRhythm rhythm) => rhythm switch
    {
        SimulatedRhythm.AtrialFibrillation => "(AFIB",
        SimulatedRhythm.Bradycardia => "(SBR",
        _ => "(N",
    };
}
