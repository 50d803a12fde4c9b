namespace Mina.Preprocess.Streams;

/// <summary>Windows of a long recording that follow one another, and all samples that their verdicts depend on.</summary>
/// <param name="Samples">Samples at 300 Hz: those of the windows, and before them as much of the 60 s that they are normalised by as there is.</param>
/// <param name="First">The position of the first of these samples in the recording.</param>
/// <param name="Start">The position where the first window starts.</param>
/// <param name="Count">The number of windows, which start every <see cref="PreprocessSettings.StrideNotAF"/> samples.</param>
public sealed record WindowGroup(float[] Samples, long First, long Start, int Count);
