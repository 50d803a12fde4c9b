namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// The letters that wait for one stream, in order and bounded. Its partition handles one letter a turn, so that a stream that sends much
/// makes no other stream wait for more than one letter. Room is reserved before a letter is posted, so that posting never waits.
/// </summary>
/// <param name="partition">The stream's owner.</param>
/// <param name="capacity">The largest number of letters that wait, including those for which room is reserved.</param>
/// <param name="handle">Handles a letter; it is not called again before it is done.</param>
/// <param name="ending">Is called once after the last letter.</param>
internal sealed class Mailbox<T>(Partition partition, int capacity, Func<T, CutterTools, ValueTask> handle, Func<CutterTools, ValueTask> ending)
    : IPartitionWork
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _letters = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Queue<TaskCompletionSource<bool>>? _waiting;
    private int _reserved;
    private bool _completed;
    private bool _scheduled;

    /// <summary>Letters that wait or are being handled.</summary>
    public int Count => Volatile.Read(ref _reserved);

    /// <summary>Completes when the mailbox was completed and all letters are handled.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Reserves room for a letter, and waits for room at most as long as the patience lasts.</summary>
    /// <returns>Whether room was reserved: then <see cref="Post"/> or <see cref="Release"/> follows.</returns>
    public async ValueTask<bool> ReserveAsync(TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        TaskCompletionSource<bool> turn;
        lock (_gate)
        {
            if (_completed)
                return false;
            if (_reserved < capacity)
            {
                _reserved++;
                return true;
            }

            turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            (_waiting ??= new()).Enqueue(turn);
        }

        // Room that is given at the last moment is kept: the turn has one result.
        using var late = time.CreateTimer(_ => turn.TrySetResult(false), null, patience, Timeout.InfiniteTimeSpan);
        using var gone = cancel.Register(() => turn.TrySetResult(false));
        return await turn.Task;
    }

    /// <summary>Adds a letter for which room was reserved.</summary>
    public void Post(T letter)
    {
        lock (_gate)
            _letters.Enqueue(letter);
        Schedule();
    }

    /// <summary>Adds a letter if nothing waits and nothing is being handled.</summary>
    public bool TryPostIdle(T letter)
    {
        lock (_gate)
        {
            if (_completed || _reserved > 0)
                return false;
            _reserved++;
            _letters.Enqueue(letter);
        }

        Schedule();
        return true;
    }

    /// <summary>Gives back reserved room.</summary>
    public void Release()
    {
        lock (_gate)
        {
            while (_waiting is { Count: > 0 })
            {
                if (_waiting.Dequeue().TrySetResult(true))
                    return;
            }

            _reserved--;
            if (!_completed || _reserved > 0)
                return;
        }

        Schedule();
    }

    /// <summary>Accepts no more letters except those for which room is reserved.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            while (_waiting is { Count: > 0 })
                _waiting.Dequeue().TrySetResult(false);
        }

        Schedule();
    }

    /// <inheritdoc/>
    public async ValueTask RunAsync(CutterTools tools)
    {
        bool some;
        T? letter;
        lock (_gate)
            some = _letters.TryDequeue(out letter);
        try
        {
            if (some)
                await handle(letter!, tools);
        }
        finally
        {
            if (some)
                Release();
            bool ended;
            bool again;
            lock (_gate)
            {
                ended = _completed && _reserved == 0;
                again = _letters.Count > 0;
                // A mailbox that has ended stays scheduled, so that it ends only once.
                _scheduled = ended || again;
            }

            if (ended)
                await EndAsync(tools);
            else if (again)
                partition.Post(this);
        }
    }

    private async ValueTask EndAsync(CutterTools tools)
    {
        try
        {
            await ending(tools);
        }
        finally
        {
            _drained.TrySetResult();
        }
    }

    private void Schedule()
    {
        lock (_gate)
        {
            if (_scheduled)
                return;
            _scheduled = true;
        }

        partition.Post(this);
    }
}
