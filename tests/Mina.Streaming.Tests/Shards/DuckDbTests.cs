using DuckDB.NET.Data;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Shards;

/// <summary>Others must be able to read the shards without our code.</summary>
public sealed class DuckDbTests
{
    [Fact]
    public void DuckDB_sees_the_columns_and_their_types()
    {
        using var temp = new TemporaryFolder();
        TestRows.Write(temp["out"], 40, [30, 20, 7]);
        var columns = Query(temp["out"], "describe select * from {0}", row => (row.GetString(0), row.GetString(1)));
        Assert.Equal(
            [
                ("recording_id", "VARCHAR"), ("start", "INTEGER"), ("label", "VARCHAR"), ("class", "INTEGER"), ("fs", "INTEGER"),
                ("x", "FLOAT[]"), ("k_beat", "FLOAT[]"), ("k_rhythm", "FLOAT[]"), ("k_freq", "FLOAT[]"), ("split", "VARCHAR"),
            ],
            columns);
    }

    [Fact]
    public void DuckDB_counts_what_was_written_by_split_and_label()
    {
        using var temp = new TemporaryFolder();
        var set = TestRows.Write(temp["out"], 40, [30, 20, 7, 33, 1, 2, 60]);
        var counts = Query(
            temp["out"],
            "select split, label, class, count(*), min(len(x)), max(len(k_beat)), min(len(k_rhythm)), max(len(k_freq)), min(fs) from {0} group by all",
            row =>
                (
                    Split: row.GetString(0),
                    Label: row.GetString(1),
                    Class: row.GetInt32(2),
                    Rows: row.GetInt64(3),
                    Lengths: $"{row.GetInt64(4)} {row.GetInt64(5)} {row.GetInt64(6)} {row.GetInt64(7)} {row.GetInt32(8)}"));
        Assert.Equal(set.Shards.Sum(shard => shard.Rows), counts.Sum(row => row.Rows));
        foreach (var count in counts)
        {
            Assert.True(Splits.TryParse(count.Split, out var split));
            Assert.Equal(set.Counts(split)[count.Label].Windows, count.Rows);
            Assert.Equal(count.Label == "AF" ? 1 : 0, count.Class);
            Assert.Equal("12000 12000 240 4 300", count.Lengths);
        }
    }

    [Fact]
    public void DuckDB_reads_a_rows_values()
    {
        using var temp = new TemporaryFolder();
        var rows = TestRows.Random(7, 45);
        foreach (var list in TestRows.Lists(rows))
            list.AsSpan().Replace(float.NaN, 1f);
        using (var directory = ShardDirectory.Open(temp["out"], new ShardSettings()))
        {
            using var writer = new ShardSetWriter(directory);
            writer.Write("A00001", null, Split.Train, rows);
            writer.CloseAll();
        }

        var row = Assert.Single(Query(
            temp["out"],
            $"select x, k_beat, k_rhythm, k_freq, label is null, class is null, recording_id from {{0}} where start = {rows.Start[40]}",
            row =>
                (
                    Lists: Enumerable.Range(0, 4).Select(i => row.GetFieldValue<List<float>>(i).ToArray()).ToArray(),
                    NoLabel: row.GetBoolean(4),
                    NoClass: row.GetBoolean(5),
                    Id: row.GetString(6))));
        for (var i = 0; i < 4; i++)
        {
            var length = row.Lists[i].Length;
            Assert.Equal(TestRows.Lists(rows)[i][(40 * length)..(41 * length)], row.Lists[i]);
        }

        Assert.True(row.NoLabel && row.NoClass);
        Assert.Equal("A00001", row.Id);
    }

    [Fact]
    public void DuckDB_finds_version_and_settings_in_the_metadata()
    {
        using var temp = new TemporaryFolder();
        TestRows.Write(temp["out"], 40, [30]);
        var metadata = Query(
            temp["out"],
            "select decode(key), decode(value) from parquet_kv_metadata('{1}')",
            row => (row.GetString(0), row.GetString(1)));
        Assert.Contains(("mina.format", "1"), metadata);
        Assert.Contains(("mina.preprocess", PreprocessSettings.Default.Fingerprint), metadata);
    }

    private static List<T> Query<T>(string directory, string sql, Func<DuckDBDataReader, T> map)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        var glob = $"{directory}/*/*.parquet";
        command.CommandText = string.Format(sql, $"read_parquet('{glob}', hive_partitioning = true)", glob);
        using var reader = (DuckDBDataReader)command.ExecuteReader();
        var result = new List<T>();
        while (reader.Read())
            result.Add(map(reader));
        return result;
    }
}
