namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// The letters that wait for one stream, in order and bounded. Its partition handles at most one letter a turn, and of a letter that makes
/// much work a part, so that a stream that sends much makes no other stream wait for long. Room is reserved before a letter is posted, so
/// that posting never waits.
/// </summary>
/// <param name="partition">The stream's owner.</param>
/// <param name="capacity">The largest number of letters that wait, including those for which room is reserved.</param>
/// <param name="handler">Handles the letters.</param>
internal sealed class Mailbox<T>(Partition partition, int capacity, ILetterHandler<T> handler) : IPartitionWork
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _letters = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Queue<TaskCompletionSource<bool>>? _waiting;
    private int _reserved;
    private bool _completed;
    private bool _scheduled;

    // Only the partition's turn uses it.
    private bool _unfinished;

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
    /// <param name="letter">The letter.</param>
    /// <param name="isLarge">Whether it makes much work: then a stream for which nothing waited is not served before those that wait.</param>
    public void Post(T letter, bool isLarge = false)
    {
        lock (_gate)
            _letters.Enqueue(letter);
        Schedule(isLarge);
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

    /// <summary>Accepts no more letters, if nothing waits, nothing is being handled, and a condition holds.</summary>
    /// <returns>Whether it was so.</returns>
    public bool TryCompleteIdle(Func<bool> condition)
    {
        lock (_gate)
        {
            if (_completed || _reserved > 0 || !condition())
                return false;
            _completed = true;
        }

        Schedule();
        return true;
    }

    /// <inheritdoc/>
    public void Run(CutterTools tools)
    {
        var some = _unfinished;
        T? letter = default;
        if (!some)
        {
            lock (_gate)
                some = _letters.TryDequeue(out letter);
        }

        var goesOn = false;
        try
        {
            if (some)
                goesOn = _unfinished ? handler.GoOn(tools) : handler.Take(letter!, tools);
        }
        finally
        {
            _unfinished = goesOn;
            if (some && !goesOn)
                Release();
            bool ended;
            bool again;
            lock (_gate)
            {
                ended = _completed && _reserved == 0;
                again = goesOn || _letters.Count > 0;
                // A mailbox that has ended stays scheduled, so that it ends only once.
                _scheduled = ended || again;
            }

            if (ended)
                End(tools);
            else if (again)
                partition.PostAgain(this);
        }
    }

    private void End(CutterTools tools)
    {
        try
        {
            handler.End(tools);
        }
        finally
        {
            _drained.TrySetResult();
        }
    }

    private void Schedule(bool isLarge = false)
    {
        lock (_gate)
        {
            if (_scheduled)
                return;
            _scheduled = true;
        }

        if (isLarge)
            partition.PostAgain(this);
        else
            partition.Post(this);
    }
}

/// <summary>What a <see cref="Mailbox{T}"/> does with its letters. The members are called by the owner's turns, one after the other.</summary>
internal interface ILetterHandler<in T>
{
    /// <summary>Handles a letter, or begins to.</summary>
    /// <returns>Whether the letter is not done yet: then <see cref="GoOn"/> follows in the next turn.</returns>
    bool Take(T letter, CutterTools tools);

    /// <summary>Goes on with the letter, for one turn.</summary>
    /// <returns>Whether the letter is not done yet.</returns>
    bool GoOn(CutterTools tools);

    /// <summary>Is called once after the last letter.</summary>
    void End(CutterTools tools);
}
