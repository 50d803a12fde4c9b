using Microsoft.Data.Sqlite;

namespace Mina.Host.Monitor.Store.Sqlite;

/// <summary>
/// The verdicts that are not packed yet, in rows of their own by slot, stream and start. A slot is four seconds of the server's clock in which
/// verdicts came, so that those which come together are written together. There are a few hundred slots at a time, which a stream's rows are
/// looked up in one after the other. A replay gives a verdict the slot that it had.
/// </summary>
internal static class RecentVerdicts
{
    private const string Columns = "verdicts.start, probability, verdict, reason, heart_rate, seen";

    // SlotMicroseconds is in the schema's step to version 7, too.
    private const long SlotMicroseconds = 4_000_000;

    // The slots that have rows, up to one: a look into the index for each, however many rows it has.
    private const string Slots = """
        WITH RECURSIVE slots (slot) AS (
            SELECT min(slot) FROM verdicts
            UNION ALL
            SELECT (SELECT min(slot) FROM verdicts WHERE slot > slots.slot) FROM slots WHERE slots.slot < $until)
        """;

    /// <summary>The slot of a time of the server's clock.</summary>
    public static long SlotOf(DateTimeOffset seen) => StoreTime.ToMicroseconds(seen) / SlotMicroseconds;

    /// <summary>Returns the oldest slot that has rows; null where none has.</summary>
    public static long? Oldest(SqliteConnection connection) =>
        connection.Rows("SELECT min(slot) FROM verdicts", row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0))[0];

    /// <summary>Returns the next stream after a name, alphabetically, that has rows in earlier slots than a given one; null after the last.</summary>
    public static string? StreamAfter(SqliteConnection connection, string name, long until) => connection.Rows(
        $"{Slots} SELECT min((SELECT min(stream) FROM verdicts WHERE slot = slots.slot AND stream > $after)) FROM slots WHERE slot < $until",
        row => row.IsDBNull(0) ? null : row.GetString(0),
        ("$after", name),
        ("$until", until))[0];

    /// <summary>Returns the rows of a stream that start between two times, by start; of one that was written again in a later slot, the last.</summary>
    /// <param name="connection">A reader, or the writer.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="from">The first start, in microseconds.</param>
    /// <param name="to">The start before which they end, in microseconds.</param>
    /// <param name="until">Slots before this one.</param>
    /// <param name="max">At most so many rows are read.</param>
    public static List<VerdictBlock.Row> Read(
        SqliteConnection connection, string stream, long from, long to, long until = long.MaxValue, int max = int.MaxValue)
    {
        var rows = connection.Rows(
            $"""
            {Slots} SELECT {Columns} FROM slots CROSS JOIN verdicts ON verdicts.slot = slots.slot AND stream = $stream
            WHERE slots.slot < $until AND start >= $from AND start < $to ORDER BY start, seen LIMIT $max
            """,
            Row,
            ("$stream", stream),
            ("$from", from),
            ("$to", to),
            ("$until", until),
            ("$max", max));
        var last = new List<VerdictBlock.Row>(rows.Count);
        foreach (var row in rows)
        {
            if (last.Count > 0 && last[^1].Start == row.Start)
                last[^1] = row;
            else
                last.Add(row);
        }

        return last;
    }

    /// <summary>Deletes the rows of a stream in slots before one that start no later than a time.</summary>
    public static void Delete(SqliteConnection writer, string stream, long last, long until) => writer.Execute(
        $"{Slots} DELETE FROM verdicts WHERE slot IN (SELECT slot FROM slots WHERE slot < $until) AND stream = $stream AND start <= $last",
        ("$stream", stream),
        ("$last", last),
        ("$until", until));

    private static VerdictBlock.Row Row(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.IsDBNull(1) ? null : row.GetDouble(1),
        row.GetString(2),
        row.IsDBNull(3) ? null : row.GetString(3),
        row.IsDBNull(4) ? null : row.GetDouble(4),
        row.GetInt64(5));
}
