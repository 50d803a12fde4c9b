using System.Runtime.CompilerServices;

namespace Mina.Streaming.Log;

/// <summary>
/// A log whose disk fails and whose process dies when a simulation says so. With <see cref="Holds"/>, appends wait until
/// <see cref="Commit"/>, so that a simulation decides when they are durable and which of them a <see cref="Crash"/> forgets. Nothing here
/// has threads: what is awaited continues on the caller's thread, within the call that completes it.
/// </summary>
/// <param name="disk">What survives a crash; a <see cref="MemoryChunkLog"/> as a rule. This log opens and closes it.</param>
public sealed class FaultyChunkLog(IChunkLog disk) : IChunkLog
{
    private readonly Queue<HeldAppend> _waiting = new();
    private bool _open;

    /// <summary>Whether the disk refuses every write from now on.</summary>
    public bool Fails { get; set; }

    /// <summary>Decides, by the number of the append (from 1 on), whether it fails; null: none does.</summary>
    public Func<long, bool>? FailsAppend { get; set; }

    /// <summary>Whether appends wait for <see cref="Commit"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>Appends so far, failed ones included.</summary>
    public long Appends { get; private set; }

    /// <summary>Appends that wait for a commit.</summary>
    public int Waiting => _waiting.Count;

    /// <inheritdoc/>
    public LogFigures Figures => disk.Figures;

    /// <summary>Makes the first of the waiting appends durable.</summary>
    /// <param name="count">How many; all by default.</param>
    public void Commit(int count = int.MaxValue)
    {
        for (; count > 0 && _waiting.TryDequeue(out var append); count--)
            Write(append.Stream, append.Arrived, append.Chunk, append.Committed, append.Done);
    }

    /// <summary>
    /// The process dies. Appends that wait are forgotten and their tasks never complete; all but <see cref="OpenAsync"/> fails from then on.
    /// </summary>
    /// <param name="torn">How many of the waiting appends had reached the disk all the same, without anyone being told.</param>
    public void Crash(int torn = 0)
    {
        for (; torn > 0 && _waiting.TryDequeue(out var append); torn--)
            _ = disk.AppendAsync(append.Stream, append.Arrived, append.Chunk);
        _waiting.Clear();
        _open = false;
    }

    /// <inheritdoc/>
    public async Task<LogContent> OpenAsync(CancellationToken cancel = default)
    {
        await disk.DisposeAsync().ConfigureAwait(false);
        var content = await disk.OpenAsync(cancel).ConfigureAwait(false);
        _open = true;
        return content;
    }

    /// <inheritdoc/>
    public Task<long> AppendAsync(string stream, DateTimeOffset arrived, SampleChunk chunk, Action<long>? committed = null)
    {
        if (!_open)
            return Task.FromException<long>(Closed());
        var done = new TaskCompletionSource<long>();
        Appends++;
        if (FailsAppend?.Invoke(Appends) == true)
            done.SetException(Full());
        else if (Holds)
            _waiting.Enqueue(new HeldAppend(stream, arrived, chunk, committed, done));
        else
            Write(stream, arrived, chunk, committed, done);
        return done.Task;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LoggedChunk> ReplayAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        if (!_open)
            throw Closed();
        await foreach (var chunk in disk.ReplayAsync(cancel).ConfigureAwait(false))
            yield return chunk;
    }

    /// <inheritdoc/>
    public Task SaveAsync(IReadOnlyList<LoggedSnapshot> snapshots, CancellationToken cancel = default) =>
        Fails && _open ? Task.FromException(Full()) : Run(() => disk.SaveAsync(snapshots, cancel));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SampleChunk>> SamplesAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        _open ? await disk.SamplesAsync(stream, from, to, cancel).ConfigureAwait(false) : throw Closed();

    /// <inheritdoc/>
    public async Task<bool> ForgetAsync(DateTimeOffset arrivedBefore, long quotaBytes, CancellationToken cancel = default) =>
        _open ? await disk.ForgetAsync(arrivedBefore, quotaBytes, cancel).ConfigureAwait(false) : throw Closed();

    /// <inheritdoc/>
    public Task RemoveAsync(string stream, CancellationToken cancel = default) => Run(() => disk.RemoveAsync(stream, cancel));

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancel = default) =>
        Fails && _open ? Task.FromException(Full()) : Run(() => disk.CheckAsync(cancel));

    /// <summary>Closes the log in order: what waits is committed first.</summary>
    public ValueTask DisposeAsync()
    {
        Commit();
        _open = false;
        return disk.DisposeAsync();
    }

    private static ChunkLogException Full() => new("the disk is full");

    private static ChunkLogException Closed() => new("the log is closed");

    private Task Run(Func<Task> action) => _open ? action() : Task.FromException(Closed());

    private void Write(string stream, DateTimeOffset arrived, SampleChunk chunk, Action<long>? committed, TaskCompletionSource<long> done)
    {
        if (Fails)
        {
            done.SetException(Full());
            return;
        }

        var append = disk.AppendAsync(stream, arrived, chunk, committed);
        if (append.IsCompletedSuccessfully)
            done.SetResult(append.Result);
        else
            _ = CopyAsync(append, done);
    }

    private static async Task CopyAsync(Task<long> append, TaskCompletionSource<long> done)
    {
        try
        {
            done.SetResult(await append.ConfigureAwait(false));
        }
        catch (ChunkLogException e)
        {
            done.SetException(e);
        }
    }

    private sealed record HeldAppend(
        string Stream, DateTimeOffset Arrived, SampleChunk Chunk, Action<long>? Committed, TaskCompletionSource<long> Done);
}
