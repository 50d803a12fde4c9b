using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>The log's small tables: each row has a checksum of its other columns, so that a changed number is found and not believed.</summary>
/// <exception cref="SqliteException">A reading member: a row is damaged.</exception>
internal static class LogTables
{
    /// <summary>A part of the journal that was packed: up to which offset, into which segments, and when its last chunk arrived (ticks).</summary>
    public readonly record struct Group(long Last, long FirstId, long LastId, long Arrived);

    /// <summary>A number of the log itself.</summary>
    public static long Meta(SqliteConnection db, string key)
    {
        var rows = db.Rows("SELECT value, crc FROM meta WHERE key = $1", row => (Value: row.GetInt64(0), Crc: row.GetInt64(1)), key);
        return rows is [var (value, crc)] && crc == Sum(key, value) ? value : throw LogDatabase.Damage($"the number {key}");
    }

    /// <summary>Sets a number of the log itself.</summary>
    public static void PutMeta(SqliteConnection db, string key, long value) =>
        db.Execute("INSERT OR REPLACE INTO meta VALUES ($1, $2, $3)", key, value, Sum(key, value));

    /// <summary>The last offsets of all groups, in order.</summary>
    public static List<long> Ends(SqliteConnection db) => db.Rows("SELECT last FROM groups ORDER BY last", row => row.GetInt64(0));

    /// <summary>The last segment of the last group; 0: there is no group.</summary>
    public static long LastSegment(SqliteConnection db) =>
        db.Number("SELECT max(last) FROM groups") is > 0 and var last ? Groups(db, last - 1, 1)[0].LastId : 0;

    /// <summary>Groups in order.</summary>
    /// <param name="db">The log.</param>
    /// <param name="after">From the first group beyond this offset on.</param>
    /// <param name="count">How many at most.</param>
    public static List<Group> Groups(SqliteConnection db, long after = 0, int count = int.MaxValue) => db.Rows(
        "SELECT last, first_id, last_id, arrived, crc FROM groups WHERE last > $1 ORDER BY last LIMIT $2",
        row =>
        {
            var group = new Group(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
            return row.GetInt64(4) == Sum("", group.Last, group.FirstId, group.LastId, group.Arrived) ? group : throw LogDatabase.Damage("a group");
        },
        after,
        count);

    /// <summary>Adds a group.</summary>
    public static void PutGroup(SqliteConnection db, Group group) => db.Execute(
        "INSERT INTO groups VALUES ($1, $2, $3, $4, $5)",
        group.Last,
        group.FirstId,
        group.LastId,
        group.Arrived,
        Sum("", group.Last, group.FirstId, group.LastId, group.Arrived));

    /// <summary>Streams that have segments, and the longest time from the start to the end of one, in ticks.</summary>
    public static List<(string Stream, long Longest)> Streams(SqliteConnection db, string? stream = null) =>
        Named(db, "SELECT name, longest, crc FROM streams WHERE $1 IN ('', name)", stream ?? "");

    /// <summary>Says of a stream how long its segments are at most.</summary>
    public static void PutStream(SqliteConnection db, string stream, long longest) =>
        db.Execute("INSERT OR REPLACE INTO streams VALUES ($1, $2, $3)", stream, longest, Sum(stream, longest));

    /// <summary>Streams that were removed, and up to which offset.</summary>
    public static List<(string Stream, long Last)> Removed(SqliteConnection db) => Named(db, "SELECT stream, last, crc FROM removed WHERE $1 = ''", "");

    /// <summary>Says that a stream was removed.</summary>
    public static void PutRemoved(SqliteConnection db, string stream, long last) =>
        db.Execute("INSERT OR REPLACE INTO removed VALUES ($1, $2, $3)", stream, last, Sum(stream, last));

    private static List<(string Name, long Value)> Named(SqliteConnection db, string sql, string argument) => db.Rows(
        sql,
        row =>
        {
            var (name, value) = (row.GetString(0), row.GetInt64(1));
            return row.GetInt64(2) == Sum(name, value) ? (name, value) : throw LogDatabase.Damage("a row of a stream");
        },
        argument);

    private static long Sum(string text, params ReadOnlySpan<long> numbers)
    {
        var bytes = new ByteWriter(128);
        bytes.WriteText(text);
        foreach (var number in numbers)
            bytes.WriteSigned(number);
        return Checksum.Compute(bytes.Written);
    }
}
