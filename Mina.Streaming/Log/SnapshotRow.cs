using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>Snapshots as rows.</summary>
internal static class SnapshotRow
{
    /// <summary>The checksum of all that a snapshot says.</summary>
    public static long Checksum(LoggedSnapshot snapshot)
    {
        var head = new ByteWriter(128);
        head.WriteText(snapshot.Stream);
        head.WriteSigned(snapshot.Offset);
        return Log.Checksum.Compute(snapshot.State, Log.Checksum.Compute(head.Written));
    }

    /// <summary>Replaces snapshots in one transaction.</summary>
    public static void Write(SqliteConnection db, IReadOnlyList<LoggedSnapshot> snapshots)
    {
        using var transaction = db.BeginTransaction();
        using var insert = db.Prepare("INSERT OR REPLACE INTO snapshots (stream, last, crc, state) VALUES ($1, $2, $3, $4)", "", 0L, 0L, Array.Empty<byte>());
        foreach (var snapshot in snapshots)
        {
            insert.Parameters[0].Value = snapshot.Stream;
            insert.Parameters[1].Value = snapshot.Offset;
            insert.Parameters[2].Value = Checksum(snapshot);
            insert.Parameters[3].Value = snapshot.State;
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
