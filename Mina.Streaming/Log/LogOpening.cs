using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>Opens the log's file, checks what an earlier run left, and fills the index with it.</summary>
internal static class LogOpening
{
    // Offsets that may have been in what cannot be read are never given again.
    private const long Leap = 1_000_000;

    // A small file is checked from end to end; of a large one, whatever recovery needs.
    private const long SmallBytes = 64 << 20;

    private static readonly string[] Checked = ["meta", "journal", "snapshots", "streams", "groups", "removed"];

    /// <summary>What was found.</summary>
    public sealed record Result(SqliteConnection Database, IReadOnlyList<LoggedSnapshot> Snapshots, LogDamage Damage, long Next);

    /// <summary>Opens the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="index">Filled.</param>
    /// <param name="committed">Rows of the journal that begin beyond this offset are dropped.</param>
    /// <param name="isDamaged">Whether the file is known to be damaged.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="ChunkLogException">It is not a log of ours.</exception>
    public static Result Open(string path, LogIndex index, long committed, bool isDamaged = false)
    {
        var damage = new LogDamage();
        var length = File.Exists(path) ? new FileInfo(path).Length : -1;
        if (length == 0)
            damage.Add("its file is empty");
        else if (length < 0 && File.Exists(path + "-wal"))
            damage.Add("its file is gone");
        if (WalFile.FindDamage(path + "-wal") is var (lost, isInside))
        {
            damage.Add(lost);
            // SQLite would put earlier pages beside later ones that had been moved already.
            isDamaged |= isInside && length >= SmallBytes;
        }

        if (!isDamaged)
        {
            try
            {
                return OpenSound(path, index, committed, damage);
            }
            catch (Exception e) when (LogSalvage.IsUnreadable(e))
            {
                damage.Clear();
            }
        }

        LogSalvage.Replace(path, damage);
        return OpenSound(path, index, committed, damage);
    }

    private static Result OpenSound(string path, LogIndex index, long committed, LogDamage damage)
    {
        var db = LogDatabase.OpenWriter(path);
        try
        {
            Check(db, new FileInfo(path).Length < SmallBytes ? ["PRAGMA integrity_check"] : Checked.Select(table => $"PRAGMA quick_check('{table}')"));
            if (committed < long.MaxValue)
                db.Execute("DELETE FROM journal WHERE first > $1", committed);
            // Every row is looked at once, so that a damaged one is found now.
            _ = LogTables.Groups(db);
            _ = LogPacker.DeleteUnfinished(db);
            return Read(db, index, damage);
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    private static void Check(SqliteConnection db, IEnumerable<string> checks)
    {
        foreach (var check in checks)
        {
            if (db.Rows(check, row => row.GetString(0)) is not ["ok"])
                throw LogDatabase.Damage("the structure");
        }
    }

    private static Result Read(SqliteConnection db, LogIndex index, LogDamage damage)
    {
        var packed = LogTables.Meta(db, "packed");
        var snapshots = Snapshots(db, damage);
        lock (index.Gate)
        {
            index.Clear(packed, packed);
            foreach (var snapshot in snapshots)
                (index[snapshot.Stream].Covered, index[snapshot.Stream].Last) = (snapshot.Offset, snapshot.Offset);
            foreach (var (stream, last) in LogTables.Removed(db))
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
