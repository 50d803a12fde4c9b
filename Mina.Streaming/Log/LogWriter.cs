using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>
/// The one thread that writes the log. Appends wait until the oldest of them has waited for the commit interval, or, under load, until the
/// commit before is done; then all of them become one row of the journal, which is one transaction and one flush. Other work on the
/// database is done between commits, a piece at a time.
/// </summary>
/// <param name="connection">The connection, which only this thread uses.</param>
/// <param name="index">Kept up to date.</param>
/// <param name="options">How it waits.</param>
/// <param name="progressed">Called after each commit and piece of work, on the thread, with the pages written.</param>
internal sealed class LogWriter(LogConnection connection, LogIndex index, ChunkLogOptions options, Action<int> progressed)
{
    // A row this large is written in one piece; more waits for the next commit. A small append waits for two such rows at most: the one that
    // is being written, and what else is in its own.
    private const int MaxRowBytes = 1 << 20;

    private readonly object _gate = new();
    private readonly AppendQueue _waiting = new();
    private readonly Queue<Action> _work = new();
    private readonly ByteWriter _row = new(1 << 16);
    private readonly ByteWriter _header = new(1 << 12);
    private Thread? _thread;
    private long _next;
    private long _oldestInFlight;
    private bool _closing;

    /// <summary>Commits so far, each one flush.</summary>
    public long Commits { get; private set; }

    /// <summary>How long pieces of work took: the longest, how many there were, and how many took over 50 ms.</summary>
    public (TimeSpan Longest, long Count, long Over50Ms) Holds { get; private set; }

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
                var oldest = _oldestInFlight != 0 ? _oldestInFlight : _waiting.Since;
                return oldest == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(oldest);
            }
        }
    }

    /// <summary>Starts the thread.</summary>
    /// <param name="db">The connection, which it owns from now on.</param>
    /// <param name="next">The next offset.</param>
    public void Start(SqliteConnection db, long next)
    {
        connection.Take(db);
        _next = next;
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
            if (_waiting.Bytes > options.MaxWaitingBytes)
                return Task.FromException<long>(new ChunkLogException($"the disk does not keep up; {_waiting.Count} chunks wait for it"));
            var append = new PendingAppend(stream, arrived.UtcTicks, body, committed, Stopwatch.GetTimestamp());
            _waiting.Add(append);
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
                    var db = connection.Open();
                    var began = Stopwatch.GetTimestamp();
                    var result = work(db);
                    var held = Stopwatch.GetElapsedTime(began);
                    var (longest, count, over) = Holds;
                    Holds = (held > longest ? held : longest, count + 1, held.TotalMilliseconds > 50 ? over + 1 : over);
                    if (Progressed(db) > 0)
                        Commits++;
                    done.SetResult(result);
                }
                catch (Exception e) when (LogDatabase.IsFailure(e))
                {
                    done.SetException(connection.Fail(e));
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

    /// <summary>Commits what waits and ends the thread.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
        connection.Close();
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
                else if (LeftToWait() is var left && left > TimeSpan.Zero && _waiting.Bytes < MaxRowBytes)
                    Monitor.Wait(_gate, left + TimeSpan.FromMilliseconds(0.5));
                else
                    break;
            }

            _next = _waiting.Take(batch, MaxRowBytes, _next);
            _oldestInFlight = batch.Count > 0 ? batch.Min(append => append.Since) : 0;
            _ = _work.TryDequeue(out var work);
            return (batch.Count > 0 || work is not null || !_closing, work);
        }
    }

    private TimeSpan LeftToWait() => options.CommitInterval - Stopwatch.GetElapsedTime(_waiting.Since);

    private void Commit(List<PendingAppend> batch)
    {
        try
        {
            var db = connection.Open();
            Insert(batch);
            Commits++;
            _ = Progressed(db);
        }
        catch (Exception e)
        {
            // Whatever it was, it must not end the thread, and with it the process.
            var failure = connection.Fail(e);
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
        connection.Insert(batch[0].Offset, _row);
    }

    private int Progressed(SqliteConnection db)
    {
        var pages = db.TakePagesWritten();
        progressed(pages);
        return pages;
    }
}
