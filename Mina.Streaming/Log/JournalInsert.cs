using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Mina.Streaming.Log;

/// <summary>
/// Inserts rows of the journal straight from the writer's buffer: a parameter of <see cref="SqliteCommand"/> would need an array of exactly the
/// row's length, 100 kB and more at each commit.
/// </summary>
internal sealed class JournalInsert : IDisposable
{
    private readonly SqliteConnection _db;
    private readonly sqlite3_stmt _statement;

    /// <summary>Prepares the statement.</summary>
    /// <param name="db">The connection, which stays its owner's.</param>
    /// <exception cref="SqliteException">There is no journal.</exception>
    public JournalInsert(SqliteConnection db)
    {
        _db = db;
        Check(raw.sqlite3_busy_timeout(db.Handle, 1000 * LogDatabase.BusySeconds));
        Check(raw.sqlite3_prepare_v2(db.Handle, "INSERT INTO journal (first, data) VALUES (?1, ?2)", out _statement));
    }

    /// <summary>Inserts a row, which is on disk when this returns.</summary>
    /// <param name="first">Its first offset.</param>
    /// <param name="data">All of it.</param>
    /// <exception cref="SqliteException">It could not be written.</exception>
    public void Insert(long first, ReadOnlySpan<byte> data)
    {
        try
        {
            Check(raw.sqlite3_bind_int64(_statement, 1, first));
            Check(raw.sqlite3_bind_blob(_statement, 2, data));
            Check(raw.sqlite3_step(_statement));
        }
        finally
        {
            // It says again what the step said.
            _ = raw.sqlite3_reset(_statement);
            _ = raw.sqlite3_clear_bindings(_statement);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _db.Handle);
}
