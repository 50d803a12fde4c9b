using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>Moves rows into batches.</summary>
internal static class BatchRows
{
    /// <summary>The class of a segment that nobody labelled, in <see cref="SegmentBatch.Class"/>.</summary>
    public const int NoClass = -1;

    /// <summary>Copies row <paramref name="from"/> of a group to row <paramref name="row"/> of the batch, whose count is set.</summary>
    public static void Set(SegmentBatch batch, int row, RowGroup rows, int from)
    {
        batch.Set(row, rows.List(0, from), rows.List(1, from), rows.List(2, from), rows.List(3, from));
        SetKey(batch, row, rows.RecordingId[from], rows.Start[from], rows.Label[from]);
    }

    /// <summary>Sets what a row is, without its numbers.</summary>
    public static void SetKey(SegmentBatch batch, int row, string recordingId, int start, Label? label)
    {
        batch.RecordingId[row] = recordingId;
        batch.Start[row] = start;
        batch.Label[row] = label;
        batch.Class[row] = label is { } l ? Labels.ClassOf(l) : NoClass;
    }
}
