using Mina.Preprocess;
using Parquet.Schema;

namespace Mina.Streaming.Shards;

/// <summary>The columns of a shard, one row a segment.</summary>
/// <remarks>
/// Lists are Parquet's standard three levels (optional group, repeated group <c>list</c>, required float
/// <c>element</c>), which DuckDB, pandas and Spark read as a list of float.
/// </remarks>
public static class ShardSchema
{
    /// <summary>The recording's id.</summary>
    public static DataField RecordingId { get; } = new DataField<string>("recording_id", nullable: false);

    /// <summary>First sample of the window, in samples at <c>fs</c> from the recording's start.</summary>
    public static DataField Start { get; } = new DataField<int>("start");

    /// <summary>"Normal", "AF", "Other", "Noisy"; null: unlabelled.</summary>
    public static DataField Label { get; } = new DataField<string>("label", nullable: true);

    /// <summary>1 = AF, 0 = not AF; null: unlabelled.</summary>
    public static DataField Class { get; } = new DataField<int?>("class");

    /// <summary>Hz, of <c>x</c>.</summary>
    public static DataField Fs { get; } = new DataField<int>("fs");

    /// <summary>The four lists, in their order in the file, with their lengths.</summary>
    internal static ShardList[] Lists { get; } =
    [
        new("x", Shapes.XLength),
        new("k_beat", Shapes.XLength),
        new("k_rhythm", Shapes.RhythmLength),
        new("k_freq", Shapes.Channels),
    ];

    /// <summary>All columns.</summary>
    public static ParquetSchema Schema { get; } = new(
        RecordingId, Start, Label, Class, Fs, Lists[0].Field, Lists[1].Field, Lists[2].Field, Lists[3].Field);

    /// <summary>
    /// Every list is whole and every element is there, so that one constant array serves as the definition levels of
    /// all row groups: 2, the level at which an element exists.
    /// </summary>
    internal static int[] DefinitionLevels { get; } = Enumerable.Repeat(2, ShardFormat.RowsPerGroup * Shapes.XLength).ToArray();
}

/// <summary>A column that holds a list of always the same length.</summary>
internal sealed class ShardList
{
    public ShardList(string name, int length)
    {
        Length = length;
        Element = new DataField<float>("element");
        Field = new ListField(name, Element);
        RepetitionLevels = new int[ShardFormat.RowsPerGroup * length];
        for (var i = 0; i < RepetitionLevels.Length; i++)
            RepetitionLevels[i] = i % length == 0 ? 0 : 1;
    }

    /// <summary>The column.</summary>
    public ListField Field { get; }

    /// <summary>Its values.</summary>
    public DataField Element { get; }

    /// <summary>Floats a row.</summary>
    public int Length { get; }

    /// <summary>0 where a row begins, else 1; for a full row group, and so for any shorter one.</summary>
    public int[] RepetitionLevels { get; }
}
