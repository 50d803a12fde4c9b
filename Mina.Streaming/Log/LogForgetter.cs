using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>Deletes old segments in steps that take the writer milliseconds each.</summary>
internal sealed class LogForgetter(LogIndex index)
{
    private const int SegmentsAtOnce = 32;
    private const int PagesAtOnce = 64;

    // Free pages are used again by what comes; only where many are free, the file is made smaller.
    private const int MinFreePages = 4096;

    /// <summary>Bytes that are in use within the file.</summary>
    public static long UsedBytes(SqliteConnection db) => (db.Number("PRAGMA page_count") - db.Number("PRAGMA freelist_count")) * LogDatabase.PageBytes;

    /// <summary>One step.</summary>
    /// <returns>Whether anything was deleted.</returns>
    public bool Forget(SqliteConnection db, DateTimeOffset arrivedBefore, long quotaBytes)
    {
        var isOverQuota = UsedBytes(db) > quotaBytes;
        foreach (var group in LogTables.Groups(db).Where(group => isOverQuota || group.Arrived < arrivedBefore.UtcTicks))
        {
            var segments = db.Rows(
                "SELECT id, stream, last FROM segments WHERE id BETWEEN $1 AND $2",
                row => (Id: row.GetInt64(0), Stream: row.GetString(1), Last: row.GetInt64(2)),
                group.FirstId,
                group.LastId);
            long[] covered;
            lock (index.Gate)
                covered = [.. segments.Where(segment => IsCovered(segment.Stream, segment.Last)).Select(segment => segment.Id).Take(SegmentsAtOnce)];
            if (covered.Length == 0 && segments.Count > 0)
                continue;
            using var transaction = db.BeginTransaction();
            foreach (var id in covered)
                db.Execute("DELETE FROM segments WHERE id = $1", id);
            if (covered.Length == segments.Count)
                db.Execute("DELETE FROM groups WHERE last = $1", group.Last);
            transaction.Commit();
            if (covered.Length > 0)
                return true;
        }

        return false;
    }

    /// <summary>Gives some free pages back to the file system where very many are free.</summary>
    /// <returns>Whether there are more.</returns>
    public static bool Shrink(SqliteConnection db)
    {
        if (db.Number("PRAGMA freelist_count") is var free && (free < MinFreePages || free < db.Number("PRAGMA page_count") / 4))
            return false;
        db.Execute($"PRAGMA incremental_vacuum({PagesAtOnce})");
        return true;
    }

    private bool IsCovered(string stream, long last) => index.Find(stream) is { } known && last <= Math.Max(known.Covered, known.Removed);
}
