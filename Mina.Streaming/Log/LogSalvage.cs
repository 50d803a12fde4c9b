using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>
/// Where the structure of the log's file is damaged, nothing may be written to it any more. It is set aside, under a name that says so, and what
/// recovery needs and can still be read, which is snapshots and the journal, goes into a new file.
/// </summary>
internal static class LogSalvage
{
    private static readonly string[] Files = ["", "-wal", "-shm"];

    /// <summary>Sets the file aside and makes a new one. Only the last file set aside is kept.</summary>
    /// <exception cref="IOException">The file cannot be renamed.</exception>
    public static void Replace(string path, LogDamage damage)
    {
        var (snapshots, journal, removed, isComplete) = Rescue(path);
        foreach (var file in Files)
        {
            if (File.Exists(path + file))
                File.Move(path + file, path + ".damaged" + file, overwrite: true);
            else
                File.Delete(path + ".damaged" + file);
        }

        damage.Add(
            $"its file was set aside as {path}.damaged with the signal kept in it; "
            + $"{snapshots.Count} snapshots and {journal.Count} commits were taken over");
        using var db = LogDatabase.OpenWriter(path);
        SnapshotRow.Write(db, snapshots);
        using var transaction = db.BeginTransaction();
        foreach (var (stream, last) in removed)
            LogTables.PutRemoved(db, stream, last);
        foreach (var (first, data) in journal)
            db.Execute("INSERT INTO journal (first, data) VALUES ($1, $2)", first, data);
        transaction.Commit();
        if (isComplete)
            return;
        // A stream whose snapshot is missing cannot be told from one that never had any.
        var known = snapshots.Select(snapshot => snapshot.Stream).ToHashSet();
        foreach (var stream in journal.SelectMany(row => JournalRow.Read(row.First, row.Data) ?? []).Select(entry => entry.Stream).Where(known.Add))
            damage.AddSnapshot(stream);
    }

    private static (List<LoggedSnapshot> Snapshots, List<(long First, byte[] Data)> Journal, List<(string Stream, long Last)> Removed, bool IsComplete) Rescue(
        string path)
    {
        var removed = new List<(string, long)>();
        long packed = 0;
        SqliteConnection db;
        try
        {
            db = LogDatabase.OpenReader(path);
        }
        catch (SqliteException)
        {
            return ([], [], removed, false);
        }

        using (db)
        {
            try
            {
                packed = LogTables.Meta(db, "packed");
                removed = LogTables.Removed(db);
            }
            catch (Exception e) when (IsUnreadable(e))
            {
                // Without it, what is in the journal counts, which is more and never less.
            }

            var snapshots = Rows(
                db,
                "SELECT rowid, stream, last, crc, state FROM snapshots",
                row => (Snapshot: new LoggedSnapshot(row.GetString(1), row.GetInt64(2), row.GetFieldValue<byte[]>(4)), Crc: row.GetInt64(3)),
                out var isComplete);
            var whole = snapshots.FindAll(row => SnapshotRow.Checksum(row.Snapshot) == row.Crc).ConvertAll(row => row.Snapshot);
            var journal = Rows(db, "SELECT rowid, data FROM journal", row => (First: row.GetInt64(0), Data: row.GetFieldValue<byte[]>(1)), out _);
            return (
                [.. whole.DistinctBy(snapshot => snapshot.Stream)],
                journal.FindAll(row => row.First > packed && JournalRow.Read(row.First, row.Data) is not null),
                removed,
                isComplete && whole.Count == snapshots.Count);
        }
    }

    // From the beginning up to what cannot be read, and then from the end down to it.
    private static List<T> Rows<T>(SqliteConnection db, string select, Func<SqliteDataReader, T> read, out bool isComplete)
    {
        var rows = new SortedDictionary<long, T>();
        isComplete = Walk($"{select} WHERE rowid > $1 ORDER BY rowid LIMIT 1", long.MinValue);
        if (!isComplete)
            _ = Walk($"{select} WHERE rowid < $1 ORDER BY rowid DESC LIMIT 1", long.MaxValue);
        return [.. rows.Values];

        bool Walk(string next, long cursor)
        {
            try
            {
                while (db.Rows(next, row => (Id: row.GetInt64(0), Row: read(row)), cursor) is [var (id, found)])
                {
                    if (!rows.TryAdd(id, found))
                        return true;
                    cursor = id;
                }

                return true;
            }
            catch (Exception e) when (IsUnreadable(e))
            {
                return false;
            }
        }
    }

    /// <summary>Whether reading failed as it does in a damaged file: SQLite says so, or a value is of another kind than was written.</summary>
    public static bool IsUnreadable(Exception e) => e switch
    {
        // 1: a table or column is not there.
        SqliteException { SqliteErrorCode: 1 } => true,
        SqliteException => LogDatabase.IsDamage(e),
        InvalidCastException or InvalidOperationException or FormatException or OverflowException or InvalidDataException => true,
        _ => false,
    };
}
