using Microsoft.Data.Sqlite;

namespace Mina.Host.Monitor.Store.Sqlite;

/// <summary>
/// Moves verdicts that are no longer new from rows of their own into blocks of some ten minutes of a stream, a few streams at a time, so
/// that the writer is held for milliseconds. What is written again later is merged with what is packed.
/// </summary>
internal static class VerdictPacker
{
    /// <summary>Rows in a block, at most.</summary>
    public const int MaxRows = 1024;

    private const int StreamsAtOnce = 8;
    private const int RowsAtOnce = 4 * MaxRows;

    // A stream is packed once its oldest row is as old as the sum of these, up to rows that are as old as the second.
    private static readonly TimeSpan BlockLength = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LeftUnpacked = TimeSpan.FromMinutes(5);

    // A block that spans a long silence would be read for nothing by whoever asks for the silence.
    private static readonly long LongestGap = TimeSpan.FromHours(1).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Packs some streams.</summary>
    /// <param name="writer">The only connection that writes.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="after">Streams after this name, in order of their names; changed to where the next step begins.</param>
    /// <returns>Whether there are more.</returns>
    public static bool Step(SqliteConnection writer, DateTimeOffset now, ref string after)
    {
        var (due, until) = (StoreTime.ToMicroseconds(now - LeftUnpacked - BlockLength), StoreTime.ToMicroseconds(now - LeftUnpacked));
        using var transaction = writer.BeginTransaction();
        for (var i = 0; i < StreamsAtOnce; i++)
        {
            // One look into the index a stream, however many rows it has.
            if (Read(writer, transaction, "SELECT min(stream) FROM verdicts WHERE stream > $0", row => row.IsDBNull(0) ? null : row.GetString(0), after)
                is not [{ } stream])
            {
                transaction.Commit();
                after = "";
                return false;
            }

            after = stream;
            if (Read(writer, transaction, "SELECT 1 FROM verdicts WHERE stream = $0 AND seen < $1 LIMIT 1", row => true, stream, due).Count > 0)
                Pack(writer, transaction, stream, until);
        }

        transaction.Commit();
        return true;
    }

    private static void Pack(SqliteConnection writer, SqliteTransaction transaction, string stream, long until)
    {
        var rows = Read(
            writer,
            transaction,
            $"SELECT {SqliteQueries.VerdictColumns} FROM verdicts WHERE stream = $0 AND seen < $1 ORDER BY start LIMIT $2",
            SqliteQueries.Verdict,
            stream,
            until,
            RowsAtOnce);
        if (rows.Count == 0)
            return;
        Run(writer, transaction, "DELETE FROM verdicts WHERE stream = $0 AND seen < $1 AND start <= $2", stream, until, rows[^1].Start);
        var merged = new SortedDictionary<long, VerdictBlock.Row>();
        foreach (var packed in Read(
            writer,
            transaction,
            "SELECT data FROM packed WHERE stream = $0 AND start <= $1 AND until >= $2",
            row => row.GetFieldValue<byte[]>(0),
            stream,
            rows[^1].Start,
            rows[0].Start))
        {
            foreach (var row in VerdictBlock.Read(packed))
                merged[row.Start] = row;
        }

        Run(writer, transaction, "DELETE FROM packed WHERE stream = $0 AND start <= $1 AND until >= $2", stream, rows[^1].Start, rows[0].Start);
        foreach (var row in rows)
            merged[row.Start] = row;
        var block = new List<VerdictBlock.Row>();
        foreach (var row in merged.Values)
        {
            if (block.Count == MaxRows || (block.Count > 0 && row.Start - block[^1].Start > LongestGap))
                Insert(writer, transaction, stream, block);
            block.Add(row);
        }

        Insert(writer, transaction, stream, block);
    }

    private static void Insert(SqliteConnection writer, SqliteTransaction transaction, string stream, List<VerdictBlock.Row> block)
    {
        Run(
            writer,
            transaction,
            "INSERT INTO packed (stream, start, until, seen, data) VALUES ($0, $1, $2, $3, $4)",
            stream,
            block[0].Start,
            block[^1].Start,
            block.Max(row => row.Seen),
            VerdictBlock.Write(block));
        block.Clear();
    }

    private static List<T> Read<T>(SqliteConnection writer, SqliteTransaction transaction, string sql, Func<SqliteDataReader, T> make, params object[] values)
    {
        using var command = Command(writer, transaction, sql, values);
        using var reader = command.ExecuteReader();
        var found = new List<T>();
        while (reader.Read())
            found.Add(make(reader));
        return found;
    }

    private static void Run(SqliteConnection writer, SqliteTransaction transaction, string sql, params object[] values)
    {
        using var command = Command(writer, transaction, sql, values);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection writer, SqliteTransaction transaction, string sql, object[] values)
    {
        var command = writer.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i}", values[i]);
        return command;
    }
}
