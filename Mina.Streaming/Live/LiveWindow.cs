using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>A window of a stream on its way to the classifier.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Origin">The time from which the stream's seconds count.</param>
/// <param name="StartSeconds">The window's start, in seconds from the origin.</param>
/// <param name="Start">The window's start as a time.</param>
/// <param name="Rows">The window's segment, in row 0; null where the window cannot be classified.</param>
public sealed record LiveWindow(string Stream, DateTimeOffset Origin, double StartSeconds, DateTimeOffset Start, Segments? Rows);
