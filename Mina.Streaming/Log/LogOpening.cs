using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>Opens the log's file, checks what an earlier run left, and fills the index with it.</summary>
internal static class LogOpening
{
    // Offsets that may have been in what cannot be read are never given again.
    private const long Leap = 1_000_000;

    private static readonly string[] Checked = ["meta", "journal", "snapshots", "streams", "groups", "removed"];

    /// <summary>What was found.</summary>
    public sealed record Result(SqliteConnection Database, IReadOnlyList<LoggedSnapshot> Snapshots, LogDamage Damage, long Next);

    /// <summary>Opens the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="index">Filled.</param>
    /// <param name="committed">Rows of the journal that begin beyond this offset are dropped.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="ChunkLogException">It is not a log of ours.</exception>
    public static Result Open(string path, LogIndex index, long committed)
    {
        var damage = new LogDamage();
        if (WalFile.FindDamage(path + "-wal") is { } lost)
            damage.Add(lost);
        SqliteConnection? db = null;
        try
        {
            db = LogDatabase.OpenWriter(path);
            foreach (var table in Checked)
            {
                if (db.Rows($"PRAGMA quick_check('{table}')", row => row.GetString(0)) is not ["ok"] and var faults)
                    throw new SqliteException($"{table}: {(faults.Count > 0 ? faults[0] : "unreadable")}", 11);
            }

            if (committed < long.MaxValue)
                db.Execute("DELETE FROM journal WHERE first > $1", committed);
            // A group that was being packed is packed from the journal again.
            db.Execute("DELETE FROM segments WHERE id > (SELECT coalesce(max(last_id), 0) FROM groups)");
            return Read(db, index, damage);
        }
        catch
        {
            db?.Dispose();
            throw;
        }
    }

    private static Result Read(SqliteConnection db, LogIndex index, LogDamage damage)
    {
        var packed = db.Number("SELECT value FROM meta WHERE key = 'packed'");
        var snapshots = Snapshots(db, damage);
        lock (index.Gate)
        {
            index.Clear(packed, packed);
            foreach (var snapshot in snapshots)
                (index[snapshot.Stream].Covered, index[snapshot.Stream].Last) = (snapshot.Offset, snapshot.Offset);
            foreach (var (stream, last) in db.Rows("SELECT stream, last FROM removed", row => (row.GetString(0), row.GetInt64(1))))
                index[stream].Removed = last;
        }

        var uncovered = new UncoveredChunks(db, index, damage.WithoutSnapshot, damage);
        var next = Math.Max(packed, snapshots.Select(snapshot => snapshot.Offset).DefaultIfEmpty().Max());
        var chunks = uncovered.FromSegments().Concat(uncovered.FromJournal((row, streams) =>
        {
            next = Math.Max(next, row.Last);
            lock (index.Gate)
                index.Add(row, streams);
        }));
        foreach (var chunk in chunks)
        {
            lock (index.Gate)
                index[chunk.Stream].Last = chunk.Offset;
        }

        return new Result(db, snapshots, damage, next + (damage.IsAny ? Leap : 1));
    }

    private static List<LoggedSnapshot> Snapshots(SqliteConnection db, LogDamage damage)
    {
        var snapshots = new List<LoggedSnapshot>();
        foreach (var (stream, last, crc, state) in db.Rows(
            "SELECT stream, last, crc, state FROM snapshots",
            row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3))))
        {
            var snapshot = new LoggedSnapshot(stream, last, state);
            if (SnapshotRow.Checksum(snapshot) == crc)
                snapshots.Add(snapshot);
            else
                damage.AddSnapshot(stream);
        }

        return snapshots;
    }
}
