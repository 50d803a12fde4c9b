using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Mina.Streaming.Log;

/// <summary>The log's file: how it is opened, what tables it has, and short ways to ask it.</summary>
internal static class LogDatabase
{
    /// <summary>Bytes a page.</summary>
    public const int PageBytes = 4096;

    /// <summary>The version of the tables.</summary>
    public const int Version = 1;

    /// <summary>How long a statement waits for another program's lock.</summary>
    public const int BusySeconds = 1;

    /// <summary>
    /// The journal has a row a commit; a segment is about a minute of a stream, and a group the segments that a part of the journal became,
    /// up to an offset. What is in the journal up to <c>packed</c>, and segments beyond the last group, does not count. Every row has a
    /// checksum, in a column or in its data.
    /// </summary>
    private const string Schema = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE journal (first INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE segments (
            id INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, start INTEGER NOT NULL, first INTEGER NOT NULL,
            last INTEGER NOT NULL, data BLOB NOT NULL);
        CREATE INDEX segments_by_time ON segments (stream, start);
        CREATE INDEX segments_by_offset ON segments (stream, last);
        CREATE TABLE groups (last INTEGER PRIMARY KEY, first_id INTEGER NOT NULL, last_id INTEGER NOT NULL, arrived INTEGER NOT NULL,
            crc INTEGER NOT NULL);
        CREATE TABLE streams (name TEXT PRIMARY KEY, longest INTEGER NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE snapshots (stream TEXT PRIMARY KEY, last INTEGER NOT NULL, crc INTEGER NOT NULL, state BLOB NOT NULL);
        CREATE TABLE removed (stream TEXT PRIMARY KEY, last INTEGER NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private const int Corrupt = 11;
    private const int NotDatabase = 26;

    /// <summary>Opens the file for writing and makes its tables where there are none.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or is no database.</exception>
    /// <exception cref="ChunkLogException">It is another program's, or a later version's.</exception>
    public static SqliteConnection OpenWriter(string path)
    {
        var db = Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // Only a database without tables takes these two.
            db.Execute($"PRAGMA page_size = {PageBytes}");
            db.Execute("PRAGMA auto_vacuum = INCREMENTAL");
            db.Execute("PRAGMA journal_mode = WAL");
            db.Execute("PRAGMA synchronous = FULL");
            db.Execute("PRAGMA wal_autocheckpoint = 0");
            if (db.Number("SELECT count(*) FROM sqlite_schema") == 0)
            {
                using var transaction = db.BeginTransaction();
                db.Execute(Schema);
                LogTables.PutMeta(db, "version", Version);
                LogTables.PutMeta(db, "packed", 0);
                transaction.Commit();
            }

            var tables = db.Number("SELECT count(*) FROM sqlite_schema WHERE name IN ('meta', 'journal', 'segments', 'snapshots')");
            if (tables < 4)
                throw tables == 0 ? new ChunkLogException($"{path} is another program's database") : Damage("the schema");
            if (LogTables.Meta(db, "version") > Version)
                throw new ChunkLogException($"{path} was written by a later version of this program");
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>Opens the file for reading.</summary>
    public static SqliteConnection OpenReader(string path) => Connect(path, SqliteOpenMode.ReadOnly);

    /// <summary>Opens the file for moving pages into it.</summary>
    public static SqliteConnection OpenCheckpointer(string path) => Connect(path, SqliteOpenMode.ReadWrite);

    /// <summary>Runs a statement; <c>$1</c> is the first argument.</summary>
    /// <returns>Rows changed.</returns>
    public static int Execute(this SqliteConnection db, string sql, params ReadOnlySpan<object> arguments)
    {
        using var command = db.Prepare(sql, arguments);
        return command.ExecuteNonQuery();
    }

    /// <summary>The number in the first row and column of an answer; null is 0.</summary>
    public static long Number(this SqliteConnection db, string sql, params ReadOnlySpan<object> arguments)
    {
        using var command = db.Prepare(sql, arguments);
        return command.ExecuteScalar() is long number ? number : 0;
    }

    /// <summary>A statement with its arguments.</summary>
    public static SqliteCommand Prepare(this SqliteConnection db, string sql, params ReadOnlySpan<object> arguments)
    {
        var command = db.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < arguments.Length; i++)
            command.Parameters.AddWithValue($"${i + 1}", arguments[i]);
        return command;
    }

    /// <summary>Rows of an answer.</summary>
    public static List<T> Rows<T>(this SqliteConnection db, string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object> arguments)
    {
        using var command = db.Prepare(sql, arguments);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>The bytes of a column where they lie, without a copy; they are valid until the reader goes on.</summary>
    public static ReadOnlySpan<byte> Bytes(this SqliteDataReader row, int column) => raw.sqlite3_column_blob(row.Handle!, column);

    /// <summary>Pages that this connection has written since it was last asked.</summary>
    public static int TakePagesWritten(this SqliteConnection db)
    {
        _ = raw.sqlite3_db_status(db.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Moves pages from the write-ahead file to the database without waiting for anybody.</summary>
    /// <returns>Pages in the write-ahead file, and how many of them have been moved.</returns>
    public static (int Pages, int Moved) Checkpoint(this SqliteConnection db) =>
        db.Rows("PRAGMA wal_checkpoint(PASSIVE)", row => (row.GetInt32(1), row.GetInt32(2)))[0];

    /// <summary>Why the file could not be read or written, as the message of a <see cref="ChunkLogException"/>.</summary>
    public static string Reason(string path, Exception e) => e switch
    {
        ChunkLogException => e.Message,
        SqliteException { SqliteErrorCode: 13 } => "the disk is full",
        SqliteException { SqliteErrorCode: 5 or 6 } => $"another program has locked {path}",
        SqliteException { SqliteErrorCode: 8 } => $"{path} may not be written to",
        SqliteException { SqliteErrorCode: 11 or 26 } => $"{path} is damaged",
        SqliteException { SqliteErrorCode: 14 } => $"{path} cannot be opened",
        _ => $"{path} failed ({e.Message.TrimEnd('.')})",
    };

    /// <summary>That a row or table is damaged, as SQLite would say it.</summary>
    public static SqliteException Damage(string what) => new($"{what} is damaged", Corrupt);

    /// <summary>Whether an exception comes from the disk or the database and not from a mistake in the program.</summary>
    public static bool IsFailure(Exception e) => e is SqliteException or IOException or UnauthorizedAccessException or ChunkLogException;

    /// <summary>Whether the file's structure is damaged.</summary>
    public static bool IsDamage(Exception e) => e is SqliteException { SqliteErrorCode: Corrupt or NotDatabase };

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = BusySeconds };
        var db = new SqliteConnection(settings.ToString());
        try
        {
            db.Open();
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }
}
