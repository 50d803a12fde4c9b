using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>A window of a stream, as it closed.</summary>
/// <param name="Stream">Whose it is.</param>
/// <param name="Origin">What the stream's seconds count from.</param>
/// <param name="StartSeconds">Where it starts, from the origin.</param>
/// <param name="Start">The same as a time.</param>
/// <param name="Fault">Why it cannot be classified.</param>
/// <param name="Rows">Its segment, in row 0; null with a fault.</param>
/// <param name="HeartRate">Beats a minute; null where it cannot be told.</param>
/// <param name="Closed">Timestamp (of <see cref="TimeProvider.GetTimestamp"/>) of the chunk that completed it.</param>
public sealed record LiveWindow(
    string Stream, DateTimeOffset Origin, double StartSeconds, DateTimeOffset Start, WindowFault Fault, Segments? Rows, double? HeartRate, long Closed);

/// <summary>What the classifier said of it.</summary>
/// <param name="Window">The window; its rows are no longer there.</param>
/// <param name="Probability">Of AF; null: unclassifiable.</param>
public readonly record struct LiveVerdict(LiveWindow Window, float? Probability);
