namespace Mina.Preprocess.Beats;

/// <summary>What a beat's QRS complex looks like.</summary>
public enum BeatKind
{
    /// <summary>The shape of the stream's prevailing beats, premature or not.</summary>
    Normal,

    /// <summary>Another shape, which is mostly that of a ventricular beat.</summary>
    Ectopic,
}

/// <summary>A beat of a stream.</summary>
/// <param name="Sample">The index, at 300 Hz from the stream's start, at which its QRS complex is largest between 8 and 20 Hz.</param>
/// <param name="Interval">Samples since the beat before it (the RR interval); 0 for the first beat of a gap-free stretch.</param>
/// <param name="Kind">Normal or ectopic, by its shape.</param>
/// <param name="Amplitude">Mean size of the 8-20 Hz signal over the 100 ms of the QRS complex, in the signal's unit; never negative.</param>
/// <param name="Polarity">1: the largest deflection points up; -1: down.</param>
/// <param name="Correlation">The correlation of its QRS complex with the prevailing one, -1 to 1, reduced where one of them is much larger.</param>
/// <param name="PWave">
/// Correlation of the 260 ms before its QRS complex with their running mean over normal beats, -1 to 1: near 1 where every beat has the
/// same P wave. Null for ectopic beats and until four normal beats have been seen.
/// </param>
public readonly record struct Beat(
    long Sample,
    int Interval,
    BeatKind Kind,
    float Amplitude,
    int Polarity,
    float Correlation,
    float? PWave);
