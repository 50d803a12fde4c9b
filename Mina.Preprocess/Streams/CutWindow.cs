using Mina.Preprocess.Beats;

namespace Mina.Preprocess.Streams;

/// <summary>A window of a stream, as it closed.</summary>
/// <param name="Number">Counts the stream's windows from 0 on.</param>
/// <param name="Origin">What the stream's seconds count from. Another origin: the stream's clock went back, and its seconds count again.</param>
/// <param name="StartSeconds">Where it starts, from the origin; later than every earlier window of the same origin.</param>
/// <param name="Start">The same as a time of the device's clock.</param>
/// <param name="Fault">Why it cannot be classified.</param>
/// <param name="HeartRate">
/// Beats a minute; null where it cannot be told, with a fault, and where <see cref="CutterOptions.FindsBeats"/> is set, as the beats give it then.
/// </param>
/// <param name="Position">Position of its first sample at 300 Hz in its session.</param>
/// <param name="Samples">What its segment is made of; null with a fault.</param>
public sealed record CutWindow(
    long Number, DateTimeOffset Origin, double StartSeconds, DateTimeOffset Start, WindowFault Fault, double? HeartRate, long Position, SampleTail? Samples)
{
    /// <summary>
    /// The beats found since the window before it, in order of time: all up to <see cref="BeatDetector.LookAhead"/> before its end that no
    /// earlier window had. Their samples count from the origin. None where <see cref="CutterOptions.FindsBeats"/> is false.
    /// </summary>
    public IReadOnlyList<Beat> Beats { get; init; } = [];
}
