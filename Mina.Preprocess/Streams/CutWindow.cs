using Mina.Preprocess.Beats;

namespace Mina.Preprocess.Streams;

/// <summary>A window of a stream that has all its samples.</summary>
/// <param name="Number">Counts the stream's windows from 0 on.</param>
/// <param name="Origin">The time that the stream's seconds count from. When the stream's clock goes back, they count from a new one.</param>
/// <param name="StartSeconds">The start in seconds from the origin; later than that of every earlier window of the same origin.</param>
/// <param name="Start">The start by the device's clock.</param>
/// <param name="Fault">Why it cannot be classified.</param>
/// <param name="HeartRate">
/// The heart rate in beats a minute; null where it cannot be computed, where there is a fault, and where <see cref="CutterOptions.FindsBeats"/> is set,
/// because it then follows from the beats.
/// </param>
/// <param name="Position">Position of its first sample at 300 Hz in its session.</param>
/// <param name="Samples">The samples that its segment is made from; null where there is a fault.</param>
public sealed record CutWindow(
    long Number, DateTimeOffset Origin, double StartSeconds, DateTimeOffset Start, WindowFault Fault, double? HeartRate, long Position, SampleTail? Samples)
{
    /// <summary>
    /// The beats that were found since the window before it, in order of time: all up to <see cref="BeatDetector.LookAhead"/> before its end that
    /// no earlier window had. Their samples count from the origin. There are none where <see cref="CutterOptions.FindsBeats"/> is false.
    /// </summary>
    public IReadOnlyList<Beat> Beats { get; init; } = [];
}
