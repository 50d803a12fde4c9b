using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>Deletes old segments in steps that take the writer milliseconds each, from the oldest group on.</summary>
/// <param name="index">Says what is covered.</param>
internal sealed class LogForgetter(LogIndex index)
{
    private const int SegmentsAtOnce = 16;
    private const int GroupsAtOnce = 4;
    private const int PagesAtOnce = 64;

    // Free pages are used again by what comes; only where many are free, the file is made smaller.
    private const int MinFreePages = 4096;

    // Groups up to here have nothing that may be forgotten now.
    private long _cursor;

    /// <summary>What a step came to.</summary>
    public enum Step
    {
        /// <summary>Something was deleted.</summary>
        Deleted,

        /// <summary>Nothing was, so far.</summary>
        Nothing,

        /// <summary>All groups have been looked at; the next step begins with the oldest again.</summary>
        End,
    }

    /// <summary>Bytes that are in use within the file.</summary>
    public static long UsedBytes(SqliteConnection db) => (db.Number("PRAGMA page_count") - db.Number("PRAGMA freelist_count")) * LogDatabase.PageBytes;

    /// <summary>One step.</summary>
    public Step Forget(SqliteConnection db, DateTimeOffset arrivedBefore, long quotaBytes)
    {
        var isOverQuota = UsedBytes(db) > quotaBytes;
        var groups = LogTables.Groups(db, _cursor, GroupsAtOnce);
        foreach (var group in groups)
        {
            if (!isOverQuota && group.Arrived >= arrivedBefore.UtcTicks)
                break;
            var segments = db.Rows(
                "SELECT id, stream, last FROM segments WHERE id BETWEEN $1 AND $2",
                row => (Id: row.GetInt64(0), Stream: row.GetString(1), Last: row.GetInt64(2)),
                group.FirstId,
                group.LastId);
            long[] covered;
            lock (index.Gate)
                covered = [.. segments.Where(segment => IsCovered(segment.Stream, segment.Last)).Select(segment => segment.Id).Take(SegmentsAtOnce)];
            if (covered.Length > 0 || segments.Count == 0)
            {
                Delete(db, covered, covered.Length == segments.Count ? group : null);
                return Step.Deleted;
            }

            _cursor = group.Last;
        }

        if (groups.Count == GroupsAtOnce && _cursor == groups[^1].Last)
            return Step.Nothing;
        _cursor = 0;
        return Step.End;
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

    private static void Delete(SqliteConnection db, long[] segments, LogTables.Group? group)
    {
        using var transaction = db.BeginTransaction();
        using var delete = db.Prepare("DELETE FROM segments WHERE id = $1", 0L);
        foreach (var id in segments)
        {
            delete.Parameters[0].Value = id;
            delete.ExecuteNonQuery();
        }

        if (group is { } empty)
            db.Execute("DELETE FROM groups WHERE last = $1", empty.Last);
        transaction.Commit();
    }

    private bool IsCovered(string stream, long last) => index.Find(stream) is { } known && last <= Math.Max(known.Covered, known.Removed);
}
