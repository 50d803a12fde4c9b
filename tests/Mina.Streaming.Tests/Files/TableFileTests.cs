using DuckDB.NET.Data;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Xunit;

namespace Mina.Streaming.Tests.Files;

/// <summary>Tables for other programs: the same rows as CSV and as Parquet, read back by DuckDB.</summary>
public sealed class TableFileTests
{
    private static readonly (string? Name, long? Count, double? Share)[] Rows = [("a, \"b\"", 3, 0.125), (null, null, null), ("=1+1", -7, 1e-9)];

    private static readonly TableColumn<(string? Name, long? Count, double? Share)>[] Columns =
    [
        TableColumn<(string? Name, long? Count, double? Share)>.Text("name", row => row.Name),
        TableColumn<(string? Name, long? Count, double? Share)>.Whole("count", row => row.Count),
        TableColumn<(string? Name, long? Count, double? Share)>.Number("share", row => row.Share),
    ];

    [Theory]
    [InlineData("table.csv", "'=1+1")]
    [InlineData("table.parquet", "=1+1")]
    public void DuckDB_reads_what_was_written(string name, string formula)
    {
        using var folder = new TemporaryFolder();
        TableFile.Write(folder[name], Columns, Rows);
        // A cell that a spreadsheet would run is text in CSV, and needs no care in Parquet.
        Assert.Equal([("a, \"b\"", 3, 0.125), (null, null, null), (formula, -7, 1e-9)], Read(folder[name]));
    }

    [Fact]
    public void More_rows_than_a_group_holds_are_all_there_in_order()
    {
        using var folder = new TemporaryFolder();
        TableFile.Write(folder["many.parquet"], Columns, Enumerable.Range(0, 100_000).Select(i => ((string?)$"r{i}", (long?)i, (double?)i)));
        var read = Read(folder["many.parquet"]);
        Assert.Equal(100_000, read.Count);
        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => (long?)i), read.Select(row => row.Count));
    }

    [Fact]
    public void A_table_without_rows_has_its_columns()
    {
        using var folder = new TemporaryFolder();
        TableFile.Write(folder["none.parquet"], Columns, []);
        TableFile.Write(folder["none.csv"], Columns, []);
        Assert.Empty(Read(folder["none.parquet"]));
        Assert.Equal("name,count,share\n", File.ReadAllText(folder["none.csv"]));
    }

    [Fact]
    public void A_name_that_says_no_format_and_a_place_that_cannot_be_written_are_refused_before_the_work()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(".parquet", Assert.Throws<ProblemException>(() => TableFile.RequireWritable(folder["table.xlsx"])).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["file"], "");
        Assert.Contains("is a file", Assert.Throws<ProblemException>(() => TableFile.RequireWritable(folder["file/t.csv"])).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(folder["t.csv"]);
        Assert.Contains("is a folder", Assert.Throws<ProblemException>(() => TableFile.RequireWritable(folder["t.csv"])).Message, StringComparison.Ordinal);
        TableFile.RequireWritable(folder["new/deep/t.csv"]);
        // A check leaves nothing behind, and what is there stays as it is.
        Assert.Equal(["file", "t.csv"], Directory.GetFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)).Order());
    }

    private static List<(string? Name, long? Count, double? Share)> Read(string path)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT name, count, share FROM '{path}'";
        using var reader = command.ExecuteReader();
        var rows = new List<(string?, long?, double?)>();
        while (reader.Read())
        {
            rows.Add((
                reader.IsDBNull(0) ? null : reader.GetString(0),
                reader.IsDBNull(1) ? null : reader.GetInt64(1),
                reader.IsDBNull(2) ? null : reader.GetDouble(2)));
        }

        return rows;
    }
}
