using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Reviewing;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Store.Sqlite;

/// <summary>One SQLite file. <c>docs/decisions</c> says why SQLite, and what it is set to.</summary>
/// <param name="path">The file; its folder is made where there is none.</param>
/// <param name="time">The server's clock.</param>
public sealed class SqliteStore(string path, TimeProvider time) : IMonitorStore
{
    // A write that waits for another program's lock fails soon and is tried again later; the start is more patient.
    private const int BusySeconds = 1;
    private const int OpeningSeconds = 30;

    // Where a database's header has the size of its pages, their number and its application id (the SQLite file format, section 1.3).
    private const int PageBytesAt = 16;
    private const int PagesAt = 28;
    private const int IdentityAt = 68;

    private static readonly string[] Forgetting =
    [
        """
        DELETE FROM verdicts WHERE (slot, stream, start) IN (
            SELECT slot, stream, start FROM verdicts WHERE slot < $slot OR (slot = $slot AND seen < $before) LIMIT $max)
        """,
        "DELETE FROM packed WHERE (stream, start) IN (SELECT stream, start FROM packed WHERE seen < $before LIMIT $max)",
        """
        DELETE FROM strips WHERE (stream, start) IN (
            SELECT stream, start FROM episodes WHERE seen < $before AND NOT open LIMIT $max)
        """,
        "DELETE FROM episodes WHERE (stream, start) IN (SELECT stream, start FROM episodes WHERE seen < $before AND NOT open LIMIT $max)",
        """
        DELETE FROM alarms WHERE (stream, kind, raised) IN (
            SELECT stream, kind, raised FROM alarms WHERE cleared < $before OR (kind = 'Stale' AND cleared IS NULL AND raised < $before) LIMIT $max)
        """,
        // After the episodes, and never before what it replaces: that would count again.
        """
        DELETE FROM reviews WHERE (stream, made) IN (SELECT stream, made FROM reviews review WHERE made < $before
            AND NOT EXISTS (SELECT 1 FROM episodes WHERE stream = review.stream
                AND (start = review.onset OR (start < review.end AND end > review.start)))
            AND NOT EXISTS (SELECT 1 FROM reviews earlier WHERE earlier.stream = review.stream AND earlier.made = review.replaces) LIMIT $max)
        """,
        "DELETE FROM beds WHERE name IN (SELECT name FROM beds WHERE discharged < $before LIMIT $max)",
        """
        DELETE FROM streams WHERE name IN (SELECT name FROM streams WHERE seen < $before
            AND NOT EXISTS (SELECT 1 FROM episodes WHERE stream = name AND open)
            AND NOT EXISTS (SELECT 1 FROM alarms WHERE stream = name AND cleared IS NULL) LIMIT $max)
        """,
    ];

    private readonly string _path = Path.GetFullPath(path);
    private readonly SqliteQueries _queries = new(Connect(Path.GetFullPath(path), SqliteOpenMode.ReadOnly, pooling: true));
    private readonly Lock _writing = new();
    private FileStream? _lock;
    private SqliteConnection? _writer;

    // Open as long as the store is. When a process closes any descriptor of a file, its POSIX locks on that file go, those of SQLite too
    // (sqlite.org/howtocorrupt.html, section 2.2): the next program that opens the database and leaves would then delete the log beside it.
    private SafeFileHandle? _file;
    private long _identity;
    private string _packedUpTo = "";

    /// <inheritdoc/>
    public Task<StoredMonitor> OpenAsync(CancellationToken cancel = default) => RunAsync(Open, cancel);

    /// <inheritdoc/>
    public Task WriteAsync(StoreChanges changes, CancellationToken cancel = default) =>
        changes.IsEmpty ? Task.CompletedTask : RunAsync(() => Write(changes), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        RunAsync<IReadOnlyList<WindowStatus>>(() => _queries.Verdicts(stream, from, to), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<EpisodeStatus>> EpisodesAsync(string? stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        RunAsync<IReadOnlyList<EpisodeStatus>>(() => _queries.EpisodesBetween(stream, from, to), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlarmStatus>> AlarmsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        RunAsync<IReadOnlyList<AlarmStatus>>(() => _queries.Alarms(from, to), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReviewStatus>> ReviewsAsync(string? stream, CancellationToken cancel = default) =>
        RunAsync<IReadOnlyList<ReviewStatus>>(() => _queries.Reviews(stream), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> AuditAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        RunAsync<IReadOnlyList<AuditEntry>>(() => _queries.Audit(from, to), cancel);

    /// <inheritdoc/>
    public Task<bool> ForgetAuditAsync(DateTimeOffset before, int max, CancellationToken cancel = default) => RunAsync(
        () =>
        {
            lock (_writing)
            {
                return Writer.Execute(
                    "DELETE FROM audit WHERE at IN (SELECT at FROM audit WHERE at < $before LIMIT $max)",
                    ("$before", StoreTime.ToMicroseconds(before)),
                    ("$max", max)) == max;
            }
        },
        cancel);

    /// <inheritdoc/>
    public Task<bool> ForgetAsync(DateTimeOffset before, int max, CancellationToken cancel = default) => RunAsync(() => Forget(before, max), cancel);

    /// <inheritdoc/>
    public Task<bool> PackAsync(CancellationToken cancel = default) => RunAsync(
        () =>
        {
            lock (_writing)
                return VerdictPacker.Step(Writer, time.GetUtcNow(), ref _packedUpTo);
        },
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<(EpisodeStatus Episode, StripKinds Kept)>> WithoutStripsAsync(int max, CancellationToken cancel = default) =>
        RunAsync<IReadOnlyList<(EpisodeStatus, StripKinds)>>(() => _queries.WithoutStrips(max), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Strip>> StripsAsync(string stream, DateTimeOffset episode, CancellationToken cancel = default) =>
        RunAsync<IReadOnlyList<Strip>>(() => _queries.Strips(stream, episode), cancel);

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancel = default) => RunAsync(Check, cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_writing)
        {
            Close();
            _file?.Dispose();
            _file = null;
            _lock?.Dispose();
            _lock = null;
        }

        return ValueTask.CompletedTask;
    }

    private static string Connect(string path, SqliteOpenMode mode, bool pooling, int seconds = BusySeconds) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = pooling, DefaultTimeout = seconds }.ToString();

    private StoredMonitor Open()
    {
        lock (_writing)
        {
            Close();
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                _lock ??= TakeLock();
                _writer = new SqliteConnection(Connect(_path, SqliteOpenMode.ReadWriteCreate, pooling: false, OpeningSeconds));
                _writer.Open();
                Writer.Execute("PRAGMA journal_mode = WAL");
                // A stream is written down in the log when its verdicts are here: a loss of power must not take them back.
                Writer.Execute("PRAGMA synchronous = FULL");
                SqliteSchema.Update(_writer, _path, time.GetUtcNow());
                // So that the file itself has its header, and not only the log beside it.
                Writer.Execute("PRAGMA wal_checkpoint(PASSIVE)");
                _identity = SqliteSchema.ReadNumber(_writer, "PRAGMA application_id");
                if (_file is null || !IsAtPath(_file))
                {
                    _file?.Dispose();
                    _file = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                }

                _writer.DefaultTimeout = BusySeconds;
                return new StoredMonitor(_queries.Streams(), _queries.OpenEpisodes(), _queries.OpenAlarms(), _queries.LatchedAlarms(), _queries.Notices())
                {
                    Beds = _queries.Beds(),
                };
            }
            catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                Close();
                throw new ProblemException(
                    $"{_path} cannot be used as the monitor's database ({e.Message.TrimEnd('.')}); name another file with --database.",
                    e);
            }
            catch
            {
                Close();
                throw;
            }
        }
    }

    // A monitor that is killed lets go of it: the system does that.
    private FileStream TakeLock()
    {
        try
        {
            return new FileStream(_path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            throw new ProblemException($"another monitor uses {_path} (it holds {_path}.lock); stop it, or name another file with --database.", e);
        }
    }

    private void Write(StoreChanges changes)
    {
        lock (_writing)
        {
            using var transaction = Writer.BeginTransaction();
            using (var rows = new SqliteRows(Writer, transaction))
                rows.Put(changes);
            transaction.Commit();
        }
    }

    private bool Forget(DateTimeOffset before, int max)
    {
        lock (_writing)
        {
            using var transaction = Writer.BeginTransaction();
            var more = false;
            foreach (var sql in Forgetting)
            {
                more |= Writer.Execute(sql, ("$before", StoreTime.ToMicroseconds(before)), ("$max", max), ("$slot", RecentVerdicts.SlotOf(before))) == max;
            }

            transaction.Commit();
            return more;
        }
    }

    // Read over a new connection by the file's name: the writer would go on with a file that was deleted or replaced, and never notice.
    private void Check()
    {
        var mark = Guid.NewGuid().ToString("N");
        lock (_writing)
        {
            using var transaction = Writer.BeginTransaction();
            Writer.Execute("INSERT INTO mark (id, value) VALUES (1, $mark) ON CONFLICT DO UPDATE SET value = $mark", ("$mark", mark));
            transaction.Commit();
        }

        if (!File.Exists(_path))
            throw new StoreException($"{_path} is no longer there") { IsLost = true };
        lock (_writing)
        {
            if (WhyNotOurs() is { } why)
                throw new StoreException($"{_path} {why}") { IsLost = true };
        }

        using var reader = new SqliteConnection(Connect(_path, SqliteOpenMode.ReadOnly, pooling: false));
        reader.Open();
        using var read = reader.CreateCommand();
        read.CommandText = "SELECT (SELECT value FROM mark), (SELECT count(*) FROM (SELECT 1 FROM verdicts LIMIT 1))";
        if (read.ExecuteScalar() as string != mark)
            throw new StoreException($"{_path} is another file than the one that was opened") { IsLost = true };
    }

    // Read from the file: SQLite itself may go on for long with the log that lies beside it, whatever has become of the file.
    private string? WhyNotOurs()
    {
        Span<byte> header = stackalloc byte[IdentityAt + sizeof(int)];
        if (_file is not { } file || !IsAtPath(file) || RandomAccess.Read(file, header, 0) < header.Length
            || !header.StartsWith("SQLite format 3\0"u8) || BinaryPrimitives.ReadInt32BigEndian(header[IdentityAt..]) != _identity)
            return "is another file than the one that was opened";
        // A page of 65,536 bytes is written as 1. Nobody brings the log into the file while this thread holds the writer.
        var pageBytes = BinaryPrimitives.ReadUInt16BigEndian(header[PageBytesAt..]) is var bytes and not 1 ? bytes : 1L << 16;
        return RandomAccess.GetLength(file) < BinaryPrimitives.ReadUInt32BigEndian(header[PagesAt..]) * pageBytes
            ? "was cut off by another program"
            : null;
    }

    // By when it was made: .NET tells neither inode nor link count, and to open the path would mean to close it again.
    private bool IsAtPath(SafeFileHandle file) =>
        File.GetCreationTimeUtc(file) == File.GetCreationTimeUtc(_path) && RandomAccess.GetLength(file) == new FileInfo(_path).Length;

    private SqliteConnection Writer => _writer ?? throw new StoreException($"{_path} is not open");

    private void Close()
    {
        _writer?.Dispose();
        _writer = null;
        // Readers too, which may have a file open that is no longer there.
        using var pool = new SqliteConnection(Connect(_path, SqliteOpenMode.ReadOnly, pooling: true));
        SqliteConnection.ClearPool(pool);
    }

    private Task RunAsync(Action action, CancellationToken cancel) => RunAsync(
        () =>
        {
            action();
            return true;
        },
        cancel);

    // The driver has no asynchronous calls of its own, and whoever asks may be the page's own thread.
    private Task<T> RunAsync<T>(Func<T> action, CancellationToken cancel) => Task.Run(
        () =>
        {
            try
            {
                return action();
            }
            catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or InvalidOperationException or InvalidDataException)
            {
                throw new StoreException($"{_path}: {(e as SqliteException is { } failed ? $"{failed.Message.TrimEnd('.')}" : e.Message.TrimEnd('.'))}", e)
                {
                    // 1: a table is not there; 10: reading or writing fails, as when the log beside the file was deleted; 11 and 26: what is
                    // in the file is no database any more; 1032: it was moved or deleted.
                    IsLost = e is SqliteException { SqliteErrorCode: 1 or 10 or 11 or 26 } or SqliteException { SqliteExtendedErrorCode: 1032 },
                };
            }
        },
        cancel);
}
