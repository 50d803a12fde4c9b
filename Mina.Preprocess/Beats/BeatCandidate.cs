namespace Mina.Preprocess.Beats;

/// <summary>A peak of the QRS band's envelope, which may be a beat, a T wave or noise. Plain data, to be kept as JSON.</summary>
/// <param name="Sample">Where the band is largest, less its filter's delay: index at 300 Hz from the stream's start.</param>
/// <param name="Height">The envelope's height.</param>
/// <param name="Polarity">Sign of the band there: 1 or -1.</param>
/// <param name="Shape">The signal from <see cref="ShapeFrom"/> on, every <see cref="Step"/> samples.</param>
/// <param name="Atrial">The signal before the QRS complex, from <see cref="AtrialFrom"/> on, every <see cref="Step"/> samples.</param>
public sealed record BeatCandidate(long Sample, double Height, int Polarity, float[] Shape, float[] Atrial)
{
    /// <summary>Samples between two points of a shape: 10 ms.</summary>
    public const int Step = 3;

    /// <summary>How many points a shape may be shifted by, from first to last, to be compared with a template: 80 ms either way.</summary>
    public const int Shifts = 16;

    /// <summary>Points of a shape that are compared: 250 ms.</summary>
    public const int ShapePoints = 25;

    /// <summary>First sample of the shape, from the candidate's: 160 ms before it.</summary>
    public const int ShapeFrom = -48;

    /// <summary>Points before the QRS complex that are compared: 260 ms, which hold the P wave.</summary>
    public const int AtrialPoints = 27;

    /// <summary>First sample of the points before the QRS complex, from the candidate's: 420 ms before it.</summary>
    public const int AtrialFrom = -126;
}
