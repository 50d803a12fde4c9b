using Mina.Preprocess;
using Parquet.Schema;

namespace Mina.Streaming.Shards;

/// <summary>The columns of a shard, in which each row is a segment.</summary>
/// <remarks>
/// Lists are Parquet's standard three levels (optional group, repeated group <c>list</c>, required float
/// <c>element</c>), which DuckDB, pandas and Spark read as a list of float.
/// </remarks>
public static class ShardSchema
{
    /// <summary>The recording's id.</summary>
    public static DataField RecordingId { get; } = new DataField<string>("recording_id", nullable: false);

    /// <summary>The first sample of the window, counted at <c>fs</c> from the recording's start.</summary>
    public static DataField Start { get; } = new DataField<int>("start");

    /// <summary>"Normal", "AF", "Other" or "Noisy"; null where unlabelled.</summary>
    public static DataField Label { get; } = new DataField<string>("label", nullable: true);

    /// <summary>1 is AF and 0 is not AF; null where unlabelled.</summary>
    public static DataField Class { get; } = new DataField<int?>("class");

    /// <summary>The sampling frequency of <c>x</c> in Hz.</summary>
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
    /// Every list is whole and every element is there, so one constant array serves as the definition levels of all row groups. It holds 2, the
    /// level at which an element exists.
    /// </summary>
    internal static int[] DefinitionLevels { get; } = Enumerable.Repeat(2, ShardFormat.RowsPerGroup * Shapes.XLength).ToArray();
}

/// <summary>A column of lists that all have the same length.</summary>
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

    /// <summary>The column of its values.</summary>
    public DataField Element { get; }

    /// <summary>The number of floats in a row.</summary>
    public int Length { get; }

    /// <summary>0 where a row begins and 1 elsewhere, for a full row group; a shorter one uses the first of them.</summary>
    public int[] RepetitionLevels { get; }
}
