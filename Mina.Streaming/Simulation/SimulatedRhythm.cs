namespace Mina.Streaming.Simulation;

/// <summary>What the simulated heart does.</summary>
public enum SimulatedRhythm
{
    /// <summary>Sinus rhythm, 50-98 a minute, with respiratory sinus arrhythmia and Mayer waves.</summary>
    Sinus,

    /// <summary>Atrial fibrillation: independent RR, no P wave, fibrillatory waves of 4-9 Hz.</summary>
    AtrialFibrillation,

    /// <summary>Sinus rhythm with premature ventricular beats (single, bigeminy or trigeminy) and compensatory pauses.</summary>
    VentricularEctopy,

    /// <summary>Sinus rhythm with premature atrial beats.</summary>
    AtrialEctopy,

    /// <summary>Sinus bradycardia, 36-48 a minute.</summary>
    Bradycardia,

    /// <summary>Sinus tachycardia, 110-145 a minute.</summary>
    Tachycardia,
}

/// <summary>A beat's origin.</summary>
public enum SimulatedBeatType
{
    /// <summary>MIT code N.</summary>
    Normal,

    /// <summary>Premature atrial, MIT code A.</summary>
    PrematureAtrial,

    /// <summary>Premature ventricular, MIT code V.</summary>
    PrematureVentricular,
}

/// <summary>A rhythm that begins.</summary>
/// <param name="Start">Seconds, &gt;= 0.</param>
/// <param name="Rhythm">From then on.</param>
public readonly record struct RhythmEpisode(double Start, SimulatedRhythm Rhythm);

/// <summary>A beat.</summary>
/// <param name="Sample">Index of the sample of its R peak.</param>
/// <param name="Type">Its origin.</param>
public readonly record struct SimulatedBeat(long Sample, SimulatedBeatType Type);

/// <summary>An annotated change of rhythm.</summary>
/// <param name="Sample">Index of the first sample of the rhythm.</param>
/// <param name="Aux">As MIT-BIH writes it: <c>(N</c>, <c>(AFIB</c>, <c>(SBR</c> (sinus bradycardia).</param>
public readonly record struct RhythmChange(long Sample, string Aux);

/// <summary>Names of rhythms.</summary>
internal static class SimulatedRhythms
{
    /// <summary>MIT-BIH's rhythm annotation. Ectopy and tachycardia of sinus origin have none of their own and are (N.</summary>
    public static string AuxOf(SimulatedRhythm rhythm) => rhythm switch
    {
        SimulatedRhythm.AtrialFibrillation => "(AFIB",
        SimulatedRhythm.Bradycardia => "(SBR",
        _ => "(N",
    };
}
