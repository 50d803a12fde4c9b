using Mina.Preprocess;

namespace Mina.Streaming.Ingest;

/// <summary>A recording after the parallel part: its segments, or why there are none.</summary>
/// <param name="Id">The recording's id.</param>
/// <param name="Bytes">Bytes read for it.</param>
internal sealed record PreparedRecording(string Id, long Bytes)
{
    public Rejection? Rejection { get; init; }

    public Label? Label { get; init; }

    /// <summary>Its windows are of both classes, which are kept apart: figures of a recording are of one class.</summary>
    public bool IsOfBothClasses { get; init; }

    public Split Split { get; init; }

    /// <summary>Rented; not null where there is no rejection.</summary>
    public Segments? Rows { get; init; }
}
