using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>The writer's connection: it is opened again after a failure, and the file replaced where it is damaged.</summary>
/// <param name="path">The file.</param>
/// <param name="index">Says what was committed.</param>
/// <param name="open">
/// Opens the file again and fills the index; rows of the journal beyond the offset given are to be dropped. True: the file is known to be damaged.
/// </param>
internal sealed class LogConnection(string path, LogIndex index, Func<long, bool, SqliteConnection> open)
{
    private SqliteConnection? _db;
    private JournalInsert? _insert;
    private volatile bool _isDamaged;

    /// <summary>Takes over a connection that was opened at the start.</summary>
    public void Take(SqliteConnection db) => _db = db;

    /// <summary>Has the file replaced before the next write, because somebody found it damaged. Any thread may call it.</summary>
    public void Distrust() => _isDamaged = true;

    /// <summary>The connection.</summary>
    /// <exception cref="Exception">It cannot be opened.</exception>
    public SqliteConnection Open()
    {
        if (_isDamaged)
            Close();
        if (_db is not null)
            return _db;
        long committed;
        lock (index.Gate)
            committed = index.Committed;
        // Rows that failed and yet reached the disk were never acknowledged.
        _db = open(committed, _isDamaged);
        _isDamaged = false;
        return _db;
    }

    /// <summary>Inserts a row of the journal, which is a transaction and flushed when this returns.</summary>
    public void Insert(long first, ByteWriter row)
    {
        var db = Open();
        _insert ??= new JournalInsert(db);
        _insert.Insert(first, row.Written);
        // SQLite goes on happily with files that were deleted.
        if (!File.Exists(path) || !File.Exists(path + "-wal"))
            throw new ChunkLogException($"{path} is no longer there");
    }

    /// <summary>After a failure: decides whether the file must be opened again.</summary>
    /// <returns>What to say of it.</returns>
    public ChunkLogException Fail(Exception e)
    {
        if (LogDatabase.IsDamage(e))
            Distrust();
        // Where only the moment is wrong (full: 13, locked: 5 and 6) the connection is as good as before.
        if (e is not SqliteException { SqliteErrorCode: 5 or 6 or 13 })
            Close();
        else if (e is SqliteException { SqliteErrorCode: 13 })
            MakeRoom();
        return e as ChunkLogException ?? new ChunkLogException(LogDatabase.Reason(path, e), e);
    }

    /// <summary>Closes it.</summary>
    public void Close()
    {
        try
        {
            _insert?.Dispose();
            _db?.Dispose();
        }
        catch (SqliteException)
        {
            // It was closed because it failed.
        }

        (_insert, _db) = (null, null);
    }

    // On a full disk the write-ahead file cannot grow, but what was moved out of it is room within it.
    private void MakeRoom()
    {
        try
        {
            _ = _db?.Checkpoint();
        }
        catch (SqliteException)
        {
            // The disk has failed already, and that failure is the one to report.
        }
    }
}
