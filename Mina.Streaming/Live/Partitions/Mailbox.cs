using System.Threading.Channels;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// What waits for one stream, in order and bounded. Its partition takes one letter a turn, so that a stream that sends much makes nobody
/// else wait for more than that one.
/// </summary>
/// <param name="partition">The owner.</param>
/// <param name="capacity">Letters that may wait.</param>
/// <param name="handle">Takes a letter; nobody else does at the same time.</param>
/// <param name="ending">What is left to do after the last letter.</param>
internal sealed class Mailbox<T>(Partition partition, int capacity, Func<T, CutterTools, ValueTask> handle, Func<CutterTools, ValueTask> ending)
    : IPartitionWork
{
    private readonly Channel<T> _letters = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _scheduled;

    /// <summary>Letters that wait.</summary>
    public int Count => _letters.Reader.Count;

    /// <summary>Done when the mailbox was completed and all of it handled.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Adds a letter where there is room.</summary>
    public bool TryPost(T letter)
    {
        if (!_letters.Writer.TryWrite(letter))
            return false;
        Schedule();
        return true;
    }

    /// <summary>Adds a letter, and waits for room, but not for ever.</summary>
    public async Task<bool> PostAsync(T letter, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        using var enough = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancel);
        try
        {
            await _letters.Writer.WriteAsync(letter, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            return false;
        }

        Schedule();
        return true;
    }

    /// <summary>Takes no more letters.</summary>
    public void Complete()
    {
        _letters.Writer.TryComplete();
        Schedule();
    }

    /// <inheritdoc/>
    public async ValueTask RunAsync(CutterTools tools)
    {
        var ended = false;
        try
        {
            if (_letters.Reader.TryRead(out var letter))
                await handle(letter, tools).ConfigureAwait(false);
            ended = _letters.Reader.Completion.IsCompleted;
            if (ended)
                await ending(tools).ConfigureAwait(false);
        }
        finally
        {
            // One that ended stays scheduled, so that it ends once.
            if (ended)
                _drained.TrySetResult();
            else
                Volatile.Write(ref _scheduled, 0);
            if (!ended && (_letters.Reader.Count > 0 || _letters.Reader.Completion.IsCompleted))
                Schedule();
        }
    }

    private void Schedule()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) == 0)
            partition.Post(this);
    }
}
