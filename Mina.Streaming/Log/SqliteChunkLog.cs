using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Mina.Streaming.Log;

/// <summary>
/// A log in one SQLite file. Chunks of one commit are a row of a journal; minutes of one stream are packed later. <c>docs/decisions</c> says why,
/// and what it costs.
/// </summary>
public sealed class SqliteChunkLog : IChunkLog
{
    private readonly string _path;
    private readonly LogIndex _index = new();
    private readonly LogWriter _writer;
    private readonly LogKeeper _keeper;
    private readonly LogForgetter _forgetter;
    private readonly SemaphoreSlim _state = new(1);
    private IReadOnlySet<string> _withoutSnapshot = new HashSet<string>();
    private FileStream? _lock;
    private long _pagesWritten;
    private long _damaged;
    private volatile bool _open;

    /// <summary>Names a log.</summary>
    /// <param name="path">The file; its folder is made where there is none.</param>
    /// <param name="options">How it writes.</param>
    public SqliteChunkLog(string path, ChunkLogOptions? options = null)
    {
        _path = Path.GetFullPath(path);
        var connection = new LogConnection(_path, _index, (committed, isDamaged) => LogOpening.Open(_path, _index, committed, isDamaged).Database);
        _writer = new LogWriter(connection, _index, options ?? new ChunkLogOptions(), Progressed);
        _keeper = new LogKeeper(_path, _index, _writer, connection, options ?? new ChunkLogOptions());
        _forgetter = new LogForgetter(_index);
    }

    /// <inheritdoc/>
    public LogFigures Figures => new(
        LengthOf(_path) + LengthOf(_path + "-wal"),
        _writer.Lag,
        (Volatile.Read(ref _pagesWritten) * LogDatabase.PageBytes) + _keeper.BytesMoved,
        _writer.Commits,
        Volatile.Read(ref _damaged) + _keeper.Damaged);

    /// <summary>How anything but commits has held the writer: the longest, how often, and how often over 50 ms; for benchmarks.</summary>
    internal (TimeSpan Longest, long Count, long Over50Ms) Holds => _writer.Holds;

    /// <inheritdoc/>
    public Task<LogContent> OpenAsync(CancellationToken cancel = default) => Task.Run(Open, cancel);

    /// <inheritdoc/>
    public Task<long> AppendAsync(string stream, DateTimeOffset arrived, SampleChunk chunk, Action<long>? committed = null)
    {
        if (!_open)
            return Task.FromException<long>(Closed());
        SampleStep hint;
        lock (_index.Gate)
            hint = _index.Find(stream)?.Step ?? default;
        var body = new ByteWriter(64 + (2 * chunk.Millivolts.Length));
        var step = JournalRow.WriteBody(body, arrived, chunk, hint);
        if (step != hint)
        {
            lock (_index.Gate)
                _index[stream].Step = step;
        }

        return _writer.AppendAsync(stream, arrived, body.Written.ToArray(), committed);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LoggedChunk> ReplayAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        await _keeper.Packing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            using var db = Read(() => LogDatabase.OpenReader(_path));
            var uncovered = new UncoveredChunks(db, _index, _withoutSnapshot, damage: null);
            using var chunks = uncovered.FromSegments().Concat(uncovered.FromJournal()).GetEnumerator();
            while (Read(chunks.MoveNext))
            {
                cancel.ThrowIfCancellationRequested();
                yield return Read(() => chunks.Current.Decode());
            }
        }
        finally
        {
            _ = _keeper.Packing.Release();
        }
    }

    /// <inheritdoc/>
    public async Task SaveAsync(IReadOnlyList<LoggedSnapshot> snapshots, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        _ = await RunAsync(db =>
        {
            SnapshotRow.Write(db, snapshots);
            lock (_index.Gate)
            {
                foreach (var snapshot in snapshots)
                {
                    var stream = _index[snapshot.Stream];
                    stream.Covered = snapshot.Offset;
                    stream.Last = Math.Max(stream.Last, snapshot.Offset);
                }
            }

            return true;
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SampleChunk>> SamplesAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        _open ? Task.Run(() => Read(() => Samples(stream, from, to, cancel)), cancel) : Task.FromException<IReadOnlyList<SampleChunk>>(Closed());

    /// <inheritdoc/>
    public async Task<bool> ForgetAsync(DateTimeOffset arrivedBefore, long quotaBytes, CancellationToken cancel = default)
    {
        const int steps = 16;
        var forgot = false;
        for (var step = 0; step < steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            var result = await RunAsync(db => _forgetter.Forget(db, arrivedBefore, quotaBytes)).ConfigureAwait(false);
            forgot |= result == LogForgetter.Step.Deleted;
            if (result != LogForgetter.Step.End)
                continue;
            if (!forgot && step == 0 && await RunAsync(db => IsInJournal(db, arrivedBefore, quotaBytes)).ConfigureAwait(false))
                await PackAsync(cancel).ConfigureAwait(false);
            else if (!await RunAsync(LogForgetter.Shrink).ConfigureAwait(false))
                return forgot;
        }

        return true;
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(string stream, CancellationToken cancel = default)
    {
        const int segmentsAtOnce = 32;
        var last = await RunAsync(db => Remove(db, stream)).ConfigureAwait(false);
        while (await RunAsync(db => db.Execute(
            "DELETE FROM segments WHERE id IN (SELECT id FROM segments WHERE stream = $1 AND last <= $2 LIMIT $3)", stream, last, segmentsAtOnce))
            .ConfigureAwait(false) == segmentsAtOnce)
        {
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        return RunAsync(db =>
        {
            LogTables.PutMeta(db, "checked", DateTime.UtcNow.Ticks);
            // SQLite goes on happily with files that were deleted.
            return File.Exists(_path) ? true : throw new ChunkLogException($"{_path} is no longer there");
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _state.WaitAsync().ConfigureAwait(false);
        try
        {
            _open = false;
            await Task.Run(() =>
            {
                _keeper.Close();
                _writer.Close();
                _lock?.Dispose();
                _lock = null;
            }).ConfigureAwait(false);
        }
        finally
        {
            _ = _state.Release();
        }
    }

    /// <summary>Packs all of the journal and says how many bytes of the file are in use then, for benchmarks.</summary>
    internal async Task<long> PackAndMeasureAsync()
    {
        await PackAsync(CancellationToken.None).ConfigureAwait(false);
        return await RunAsync(LogForgetter.UsedBytes).ConfigureAwait(false);
    }

    private static ChunkLogException Closed() => new("the log is closed");

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private LogContent Open()
    {
        _state.Wait();
        try
        {
            if (_open || _writer.IsClosed)
                throw new ChunkLogException(_open ? "the log is open already" : "the log was closed");
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            _lock ??= TakeLock();
            var found = LogOpening.Open(_path, _index, long.MaxValue);
            _withoutSnapshot = found.Damage.WithoutSnapshot;
            _writer.Start(found.Database, found.Next);
            _keeper.Start();
            _open = true;
            return new LogContent(found.Snapshots, found.Damage.ToSentence(_path));
        }
        catch (Exception e) when (LogDatabase.IsFailure(e))
        {
            _lock?.Dispose();
            _lock = null;
            throw e as ChunkLogException ?? new ChunkLogException(LogDatabase.Reason(_path, e), e);
        }
        finally
        {
            _ = _state.Release();
        }
    }

    // A process that is killed lets go of it: the system does that.
    private FileStream TakeLock()
    {
        try
        {
            return new FileStream(_path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            throw new ChunkLogException($"another process has {_path} open (it holds {_path}.lock)", e);
        }
    }

    private void Progressed(int pages)
    {
        _ = Interlocked.Add(ref _pagesWritten, pages);
        _keeper.Wrote(pages);
    }

    private long Remove(SqliteConnection db, string stream)
    {
        long last;
        lock (_index.Gate)
            last = _index.Committed;
        using var transaction = db.BeginTransaction();
        LogTables.PutRemoved(db, stream, last);
        db.Execute("DELETE FROM snapshots WHERE stream = $1", stream);
        transaction.Commit();
        lock (_index.Gate)
        {
            if (_index.Find(stream) is { } known)
                (known.Removed, known.Covered, known.Last) = (last, 0, 0);
        }

        return last;
    }

    private bool IsInJournal(SqliteConnection db, DateTimeOffset arrivedBefore, long quotaBytes)
    {
        bool isOld;
        lock (_index.Gate)
        {
            if (_index.Journal is not var (first, _))
                return false;
            isOld = first.Arrived < arrivedBefore.UtcTicks;
        }

        return isOld || LogForgetter.UsedBytes(db) > quotaBytes;
    }

    private async Task PackAsync(CancellationToken cancel)
    {
        try
        {
            await _keeper.PackAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (LogDatabase.IsFailure(e))
        {
            throw e as ChunkLogException ?? new ChunkLogException(LogDatabase.Reason(_path, e), e);
        }
    }

    private IReadOnlyList<SampleChunk> Samples(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        using var db = LogDatabase.OpenReader(_path);
        var reading = new SampleReading(db, _index, stream);
        var chunks = reading.Read(from, to, cancel);
        _ = Interlocked.Add(ref _damaged, reading.Damaged);
        return chunks;
    }

    private T Read<T>(Func<T> read)
    {
        if (!_open)
            throw Closed();
        try
        {
            return read();
        }
        catch (Exception e) when (LogDatabase.IsFailure(e) || e is InvalidDataException)
        {
            throw e as ChunkLogException ?? new ChunkLogException(LogDatabase.Reason(_path, e), e);
        }
    }

    private Task<T> RunAsync<T>(Func<SqliteConnection, T> work) => _open ? _writer.RunAsync(work) : Task.FromException<T>(Closed());
}
