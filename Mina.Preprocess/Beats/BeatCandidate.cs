namespace Mina.Preprocess.Beats;

/// <summary>A peak of the QRS band's envelope, which may be a beat, a T wave or noise. It is plain data.</summary>
/// <param name="Sample">The index, at 300 Hz from the stream's start, at which the band is largest, less the delay of its filter.</param>
/// <param name="Height">The envelope's height.</param>
/// <param name="Polarity">The sign of the band there: 1 or -1.</param>
/// <param name="Shape">The signal from <see cref="ShapeFrom"/> on, every <see cref="Step"/> samples.</param>
/// <param name="Atrial">The signal before the QRS complex, from <see cref="AtrialFrom"/> on, every <see cref="Step"/> samples.</param>
public sealed record BeatCandidate(long Sample, double Height, int Polarity, float[] Shape, float[] Atrial)
{
    /// <summary>The number of samples from one point of a shape to the next: 10 ms.</summary>
    public const int Step = 3;

    /// <summary>The number of points by which a shape may be shifted in all to match a template: 80 ms either way.</summary>
    public const int Shifts = 16;

    /// <summary>The number of points of a shape that are compared: 250 ms.</summary>
    public const int ShapePoints = 25;

    /// <summary>The first sample of the shape, counted from the candidate's: 160 ms before it.</summary>
    public const int ShapeFrom = -48;

    /// <summary>The number of points before the QRS complex that are compared: 260 ms, which hold the P wave.</summary>
    public const int AtrialPoints = 27;

    /// <summary>The first sample of these points, counted from the candidate's: 420 ms before it.</summary>
    public const int AtrialFrom = -126;
}
