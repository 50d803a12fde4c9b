using Mina.Preprocess;
using Parquet;
using Parquet.Schema;

namespace Mina.Streaming.Files;

/// <summary>A column of a <see cref="TableFile"/>: its name, and where its values come from.</summary>
/// <typeparam name="TRow">What a row is made of.</typeparam>
public sealed class TableColumn<TRow>
{
    private TableColumn(string name, Func<TRow, object?> cell, Func<ParquetRowGroupWriter, DataField, IReadOnlyList<TRow>, Task> write, DataField field) =>
        (Name, Cell, Write, Field) = (name, cell, write, field);

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The value in a row, as CSV gets it.</summary>
    internal Func<TRow, object?> Cell { get; }

    internal Func<ParquetRowGroupWriter, DataField, IReadOnlyList<TRow>, Task> Write { get; }

    internal DataField Field { get; }

    /// <summary>A column of text, which may be missing.</summary>
    public static TableColumn<TRow> Text(string name, Func<TRow, string?> value) => new(
        name,
        value,
        (group, field, rows) => group.WriteAsync(field, new ArraySegment<string>([.. rows.Select(value)!])),
        new DataField<string>(name, nullable: true));

    /// <summary>A column of whole numbers, which may be missing.</summary>
    public static TableColumn<TRow> Whole(string name, Func<TRow, long?> value) => new(
        name,
        row => value(row),
        (group, field, rows) => group.WriteAsync<long>(field, new ReadOnlyMemory<long?>([.. rows.Select(value)])),
        new DataField<long?>(name));

    /// <summary>A column of numbers, which may be missing.</summary>
    public static TableColumn<TRow> Number(string name, Func<TRow, double?> value) => new(
        name,
        row => value(row),
        (group, field, rows) => group.WriteAsync<double>(field, new ReadOnlyMemory<double?>([.. rows.Select(value)])),
        new DataField<double?>(name));
}

/// <summary>Writes a table for other programs, as CSV or Parquet by the name's ending. The file is written as a whole or not at all.</summary>
public static class TableFile
{
    private const string Csv = ".csv";
    private const string ParquetEnding = ".parquet";
    private const int RowsPerGroup = 1 << 16;

    /// <summary>Checks, before the work is done, that a table could be written to this path.</summary>
    /// <exception cref="ProblemException">The name ends otherwise than in .csv or .parquet, or the file cannot be written.</exception>
    public static void RequireWritable(string path)
    {
        if (!IsParquet(path) && !path.EndsWith(Csv, StringComparison.OrdinalIgnoreCase))
            throw new ProblemException($"{path} must end in {Csv} or {ParquetEnding}, which says what is written.");
        WholeFile.RequireWritable(path);
    }

    /// <summary>Writes the rows.</summary>
    /// <param name="path">A name that ends in .csv or .parquet; the file is replaced if it is there.</param>
    /// <param name="columns">The columns, in order.</param>
    /// <param name="rows">The rows, in order.</param>
    /// <exception cref="ProblemException">The file cannot be written.</exception>
    public static void Write<TRow>(string path, IReadOnlyList<TableColumn<TRow>> columns, IEnumerable<TRow> rows)
    {
        RequireWritable(path);
        WholeFile.Write(path, file =>
        {
            if (IsParquet(path))
                WriteParquet(file, columns, rows);
            else
                WriteCsv(file, columns, rows);
        });
    }

    private static bool IsParquet(string path) => path.EndsWith(ParquetEnding, StringComparison.OrdinalIgnoreCase);

    private static void WriteCsv<TRow>(Stream file, IReadOnlyList<TableColumn<TRow>> columns, IEnumerable<TRow> rows)
    {
        using var text = new StreamWriter(file, leaveOpen: true);
        CsvTable.Write(text, [.. columns.Select(column => column.Name)], rows.Select(row => columns.Select(column => column.Cell(row)).ToArray()));
    }

    private static void WriteParquet<TRow>(Stream file, IReadOnlyList<TableColumn<TRow>> columns, IEnumerable<TRow> rows)
    {
        // The footer needs positions from 0 on, and the file may be buffered: a memory stream completes every write at once.
        using var bytes = new MemoryStream();
        var schema = new ParquetSchema([.. columns.Select(column => column.Field)]);
        var parquet = ParquetWriter.CreateAsync(schema, bytes, Shards.ShardFormat.WriteOptions()).GetAwaiter().GetResult();
        foreach (var some in rows.Chunk(RowsPerGroup))
        {
            using var group = parquet.CreateRowGroup();
            foreach (var column in columns)
                column.Write(group, column.Field, some).GetAwaiter().GetResult();
        }

        parquet.DisposeAsync().AsTask().GetAwaiter().GetResult();
        bytes.Position = 0;
        bytes.CopyTo(file);
    }
}
