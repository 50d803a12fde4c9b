using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>
/// The one thread that writes the log. Appends wait until the oldest of them has waited for the commit interval, or, under load, until the
/// commit before is done; then all of them become one row of the journal, which is one transaction and one flush. Other work on the
/// database is done between commits, a piece at a time.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="index">Kept up to date.</param>
/// <param name="interval">The commit interval.</param>
/// <param name="maxWaitingBytes">Appends fail where so much waits already.</param>
/// <param name="open">
/// Opens the file again and fills the index; rows of the journal beyond the offset given are to be dropped. True: the file is known to be damaged.
/// </param>
/// <param name="progressed">Called after each commit and piece of work, on the thread, with the pages written.</param>
internal sealed class LogWriter(
    string path, LogIndex index, TimeSpan interval, long maxWaitingBytes, Func<long, bool, SqliteConnection> open, Action<int> progressed)
{
    // A row this large is written in one piece; more waits for the next commit.
    private const int MaxRowBytes = 4 << 20;

    private readonly object _gate = new();
    private readonly Queue<PendingAppend> _waiting = new();
    private readonly Queue<Action> _work = new();
    private readonly ByteWriter _row = new(1 << 16);
    private readonly ByteWriter _header = new(1 << 12);
    private Thread? _thread;
    private SqliteConnection? _db;
    private SqliteCommand? _insert;
    private long _next;
    private long _waitingBytes;
    private long _oldestInFlight;
    private bool _closing;
    private bool _isDamaged;

    /// <summary>Commits so far, each one flush.</summary>
    public long Commits { get; private set; }

    /// <summary>Whether it was closed, for good.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _closing;
        }
    }

    /// <summary>How long the oldest append that is not on disk has waited.</summary>
    public TimeSpan Lag
    {
        get
        {
            lock (_gate)
            {
                var oldest = _oldestInFlight != 0 ? _oldestInFlight : _waiting.TryPeek(out var append) ? append.Since : 0;
                return oldest == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(oldest);
            }
        }
    }

    /// <summary>Starts the thread.</summary>
    /// <param name="db">The connection, which it owns from now on.</param>
    /// <param name="next">The next offset.</param>
    public void Start(SqliteConnection db, long next)
    {
        (_db, _next) = (db, next);
        _thread = new Thread(Run) { IsBackground = true, Name = "chunk log" };
        _thread.Start();
    }

    /// <summary>Appends a chunk that was encoded by <see cref="JournalRow.WriteBody"/>.</summary>
    public Task<long> AppendAsync(string stream, DateTimeOffset arrived, byte[] body, Action<long>? committed)
    {
        lock (_gate)
        {
            if (_closing)
                return Task.FromException<long>(new ChunkLogException("the log is closed"));
            if (_waitingBytes > maxWaitingBytes)
                return Task.FromException<long>(new ChunkLogException($"the disk does not keep up; {_waiting.Count} chunks wait for it"));
            var append = new PendingAppend(_next++, stream, arrived.UtcTicks, body, committed, Stopwatch.GetTimestamp());
            _waiting.Enqueue(append);
            _waitingBytes += body.Length;
            if (_waiting.Count == 1)
                Monitor.Pulse(_gate);
            return append.Done.Task;
        }
    }

    /// <summary>Runs something on the thread, between two commits.</summary>
    /// <exception cref="ChunkLogException">(In the task.) The database failed, or the log is closed.</exception>
    public Task<T> RunAsync<T>(Func<SqliteConnection, T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_closing)
                return Task.FromException<T>(new ChunkLogException("the log is closed"));
            _work.Enqueue(() =>
            {
                try
                {
                    var db = Database();
                    var result = work(db);
                    Progressed(db);
                    done.SetResult(result);
                }
                catch (Exception e) when (LogDatabase.IsFailure(e))
                {
                    done.SetException(Failed(e));
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            });
            Monitor.Pulse(_gate);
        }

        return done.Task;
    }

    /// <summary>Has the file replaced before the next write, because somebody found it damaged.</summary>
    public void Distrust()
    {
        lock (_gate)
            _isDamaged = true;
    }

    /// <summary>Commits what waits and ends the thread.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
        CloseDatabase();
    }

    private void Run()
    {
        var batch = new List<PendingAppend>();
        while (Next(batch) is var (goesOn, work) && goesOn)
        {
            if (batch.Count > 0)
                Commit(batch);
            work?.Invoke();
        }
    }

    private (bool GoesOn, Action? Work) Next(List<PendingAppend> batch)
    {
        batch.Clear();
        lock (_gate)
        {
            _oldestInFlight = 0;
            while (!_closing && _work.Count == 0)
            {
                if (_waiting.Count == 0)
                    Monitor.Wait(_gate);
                else if (interval - Stopwatch.GetElapsedTime(_waiting.Peek().Since) is var left && left > TimeSpan.Zero && _waitingBytes < MaxRowBytes)
                    Monitor.Wait(_gate, left + TimeSpan.FromMilliseconds(0.5));
                else
                    break;
            }

            for (var bytes = 0; bytes < MaxRowBytes && _waiting.TryDequeue(out var append); bytes += append.Body.Length)
            {
                batch.Add(append);
                _waitingBytes -= append.Body.Length;
            }

            _oldestInFlight = batch.Count > 0 ? batch[0].Since : 0;
            _ = _work.TryDequeue(out var work);
            return (batch.Count > 0 || work is not null || !_closing, work);
        }
    }

    private void Commit(List<PendingAppend> batch)
    {
        try
        {
            var db = Database();
            Insert(batch);
            // SQLite goes on happily with files that were deleted.
            if (!File.Exists(path) || !File.Exists(path + "-wal"))
                throw new ChunkLogException($"{path} is no longer there");
            Commits++;
            Progressed(db);
        }
        catch (Exception e) when (LogDatabase.IsFailure(e))
        {
            var failure = Failed(e);
            foreach (var append in batch)
                append.Done.SetException(failure);
            return;
        }

        lock (index.Gate)
        {
            var row = new LogIndex.Row(batch[0].Offset, batch[^1].Offset, batch.Max(append => append.Arrived), _row.Length);
            index.Add(row, batch.Select(append => append.Stream));
            foreach (var append in batch)
                index[append.Stream].Last = append.Offset;
        }

        foreach (var append in batch)
            append.Committed?.Invoke(append.Offset);
        foreach (var append in batch)
            append.Done.SetResult(append.Offset);
    }

    private void Insert(List<PendingAppend> batch)
    {
        var entries = new List<(string, long, byte[])>(batch.Count);
        lock (index.Gate)
        {
            var last = new Dictionary<string, long>();
            foreach (var append in batch)
            {
                if (!last.TryGetValue(append.Stream, out var before))
                    before = index.Find(append.Stream)?.Last ?? 0;
                entries.Add((append.Stream, before, append.Body));
                last[append.Stream] = append.Offset;
            }
        }

        JournalRow.Write(_row, _header, batch[0].Offset, entries);
        _insert!.Parameters[0].Value = batch[0].Offset;
        _insert.Parameters[1].Value = _row.Buffer;
        _insert.Parameters[1].Size = _row.Length;
        _insert.ExecuteNonQuery();
    }

    private SqliteConnection Database()
    {
        bool isDamaged;
        lock (_gate)
            isDamaged = _isDamaged;
        if (isDamaged)
            CloseDatabase();
        if (_db is null)
        {
            long committed;
            lock (index.Gate)
                committed = index.Committed;
            // Rows that failed and yet reached the disk were never acknowledged.
            _db = open(committed, isDamaged);
            lock (_gate)
                _isDamaged = false;
        }

        if (_insert is null)
        {
            _insert = _db.Prepare("INSERT INTO journal (first, data) VALUES ($1, $2)", 0L, Array.Empty<byte>());
            _insert.Prepare();
        }

        return _db;
    }

    private void Progressed(SqliteConnection db) => progressed(db.TakePagesWritten());

    // Where only the moment is wrong (full: 13, locked: 5 and 6) the connection is as good as before; else the file is opened again.
    private ChunkLogException Failed(Exception e)
    {
        if (LogDatabase.IsDamage(e))
            Distrust();
        if (e is not SqliteException { SqliteErrorCode: 5 or 6 or 13 })
            CloseDatabase();
        else if (e is SqliteException { SqliteErrorCode: 13 })
            MakeRoom();
        return e as ChunkLogException ?? new ChunkLogException(LogDatabase.Reason(path, e), e);
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

    private void CloseDatabase()
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
}
