using Mina.Preprocess;

namespace Mina.Streaming.Ingest;

/// <summary>A recording after the parallel part of an ingest: its segments, or the reason why it has none.</summary>
/// <param name="Id">The recording's id.</param>
/// <param name="Bytes">The size in bytes of the files that were read for it.</param>
internal sealed record PreparedRecording(string Id, long Bytes)
{
    public Rejection? Rejection { get; init; }

    public Label? Label { get; init; }

    /// <summary>Its windows are of both classes, which are kept apart: figures of a recording are of one class.</summary>
    public bool IsOfBothClasses { get; init; }

    public Split Split { get; init; }

    /// <summary>The segments, rented from the pool; null exactly where there is a rejection.</summary>
    public Segments? Rows { get; init; }
}
