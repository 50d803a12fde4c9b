using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>A window of a stream, as it goes to the classifier.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Origin">What the stream's seconds count from.</param>
/// <param name="StartSeconds">Where it starts, from the origin.</param>
/// <param name="Start">The same as a time.</param>
/// <param name="Rows">Its segment, in row 0; null where there is none.</param>
public sealed record LiveWindow(string Stream, DateTimeOffset Origin, double StartSeconds, DateTimeOffset Start, Segments? Rows);
