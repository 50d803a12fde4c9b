namespace Mina.Streaming.Log;

/// <summary>
/// A log in memory: for tests, and for a monitor that is to keep nothing on disk. An append is committed before <see cref="AppendAsync"/>
/// returns, on the caller's thread. It can be opened again after it was disposed and then has what it had, as a disk would.
/// </summary>
public sealed class MemoryChunkLog : IChunkLog
{
    // Beside the samples: the objects themselves, about.
    private const int ChunkBytes = 120;

    private readonly Lock _gate = new();
    private readonly List<LoggedChunk> _chunks = [];
    private readonly Dictionary<string, LoggedSnapshot> _snapshots = [];
    private long _next = 1;
    private long _bytes;
    private long _written;
    private long _commits;
    private bool _open;

    /// <inheritdoc/>
    public LogFigures Figures
    {
        get
        {
            lock (_gate)
                return new LogFigures(_bytes, TimeSpan.Zero, _written, _commits);
        }
    }

    /// <inheritdoc/>
    public Task<LogContent> OpenAsync(CancellationToken cancel = default)
    {
        lock (_gate)
        {
            if (_open)
                return Task.FromException<LogContent>(new ChunkLogException("the log is open already"));
            (_open, _written, _commits) = (true, 0, 0);
            return Task.FromResult(new LogContent([.. _snapshots.Values], null));
        }
    }

    /// <inheritdoc/>
    public Task<long> AppendAsync(string stream, DateTimeOffset arrived, SampleChunk chunk, Action<long>? committed = null) => Run(() =>
    {
        var offset = _next++;
        _chunks.Add(new LoggedChunk(offset, stream, arrived, chunk));
        Add(SizeOf(chunk));
        committed?.Invoke(offset);
        return offset;
    });

    /// <inheritdoc/>
    public async IAsyncEnumerable<LoggedChunk> ReplayAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        var chunks = await Run(() => _chunks.Where(chunk => !IsCovered(chunk)).ToList()).ConfigureAwait(false);
        foreach (var chunk in chunks)
        {
            cancel.ThrowIfCancellationRequested();
            yield return chunk;
        }
    }

    /// <inheritdoc/>
    public Task SaveAsync(IReadOnlyList<LoggedSnapshot> snapshots, CancellationToken cancel = default) => Run(() =>
    {
        foreach (var snapshot in snapshots)
        {
            _bytes -= _snapshots.TryGetValue(snapshot.Stream, out var earlier) ? earlier.State.Length : 0;
            _snapshots[snapshot.Stream] = snapshot with { State = [.. snapshot.State] };
            _bytes += snapshot.State.Length;
            _written += snapshot.State.Length;
        }

        _commits++;
        return true;
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<SampleChunk>> SamplesAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        Run<IReadOnlyList<SampleChunk>>(() =>
            [.. _chunks.Where(c => c.Stream == stream && ChunkTime.Overlaps(c.Chunk, from, to)).Select(c => c.Chunk).OrderBy(c => c.FirstSample)]);

    /// <inheritdoc/>
    public Task<bool> ForgetAsync(DateTimeOffset arrivedBefore, long quotaBytes, CancellationToken cancel = default) => Run(() =>
    {
        RemoveWhere(chunk => chunk.Arrived < arrivedBefore && IsCovered(chunk));
        RemoveWhere(chunk => _bytes > quotaBytes && IsCovered(chunk));
        return false;
    });

    /// <inheritdoc/>
    public Task RemoveAsync(string stream, CancellationToken cancel = default) => Run(() =>
    {
        RemoveWhere(chunk => chunk.Stream == stream);
        if (_snapshots.Remove(stream, out var snapshot))
            _bytes -= snapshot.State.Length;
        return true;
    });

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancel = default) => Run(() => true);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
            _open = false;
        return ValueTask.CompletedTask;
    }

    private static int SizeOf(SampleChunk chunk) => ChunkBytes + (sizeof(float) * chunk.Millivolts.Length);

    private bool IsCovered(LoggedChunk chunk) => _snapshots.TryGetValue(chunk.Stream, out var snapshot) && chunk.Offset <= snapshot.Offset;

    private void RemoveWhere(Predicate<LoggedChunk> condition) => _chunks.RemoveAll(chunk =>
    {
        if (!condition(chunk))
            return false;
        _bytes -= SizeOf(chunk.Chunk);
        return true;
    });

    private void Add(int bytes)
    {
        _bytes += bytes;
        _written += bytes;
        _commits++;
    }

    private Task<T> Run<T>(Func<T> action)
    {
        lock (_gate)
            return _open ? Task.FromResult(action()) : Task.FromException<T>(new ChunkLogException("the log is closed"));
    }
}
