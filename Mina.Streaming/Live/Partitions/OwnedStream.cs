namespace Mina.Streaming.Live.Partitions;

/// <summary>An event on its way to a stream.</summary>
/// <param name="At">When it happened, by the server's clock.</param>
/// <param name="Happened">The event; unused where the letter is a mark or belongs to a restored stream.</param>
/// <param name="Offset">The offset of the chunk in the log; 0: the event is no chunk, or the chunk is not in the log.</param>
/// <param name="IsMark">Whether the letter only asks for the stream's state.</param>
/// <param name="IsRestored">Whether the letter makes a restored stream repeat its open questions.</param>
/// <param name="Done">Is completed after the step; null: nobody waits for it.</param>
/// <param name="Bytes">What the letter holds of the <see cref="QueueBudget"/> until it is done.</param>
internal readonly record struct StreamLetter<TEvent>(
    DateTimeOffset At, TEvent? Happened, long Offset, bool IsMark = false, bool IsRestored = false, TaskCompletionSource? Done = null, long Bytes = 0);

/// <summary>
/// A stream with its mailbox and the partition that owns it. Only the owner changes the state, one letter after the other, so that a step
/// needs no lock; any thread may read the last state without waiting.
/// </summary>
internal sealed class OwnedStream<TState, TEvent, TOutput> : ILetterHandler<StreamLetter<TEvent>>
    where TState : class
    where TOutput : class
{
    private readonly Partition _owner;
    private readonly StreamTurns<TState, TEvent, TOutput> _turns;
    private readonly QueueBudget _budget;
    private readonly Queue<(TOutput Output, CutWindow Window)> _questions = new();
    private volatile TState _state;
    private long _held;
    private long _heldByState;
    private long _letterBytes;
    private volatile bool _isRemoved;

    /// <summary>A stream for which nothing waits.</summary>
    /// <param name="name">The stream's name.</param>
    /// <param name="state">Where it begins.</param>
    /// <param name="owner">The partition that owns it.</param>
    /// <param name="queueLength">Letters that may wait.</param>
    /// <param name="turns">Takes the letters.</param>
    /// <param name="budget">The bytes that may wait for all streams.</param>
    public OwnedStream(
        string name, TState state, Partition owner, int queueLength, StreamTurns<TState, TEvent, TOutput> turns, QueueBudget budget)
    {
        (Name, _state, _owner, _turns, _budget) = (name, state, owner, turns, budget);
        Letters = new Mailbox<StreamLetter<TEvent>>(owner, queueLength, this);
    }

    /// <summary>The stream's name.</summary>
    public string Name { get; }

    /// <summary>What waits for the stream.</summary>
    public Mailbox<StreamLetter<TEvent>> Letters { get; }

    /// <summary>Its owner.</summary>
    public Partition Owner => _owner;

    /// <summary>Questions to the classifier that have no answer yet. Only the owner changes it.</summary>
    public int Unanswered { get; set; }

    /// <summary>Offset in the log of the last chunk that the state includes; 0: none. Only the owner changes it.</summary>
    public long Offset { get; set; }

    /// <summary>All that is known of the stream. Only the owner changes it.</summary>
    public TState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>
    /// Gives the owner an answer of the classifier. It bypasses the mailbox: if answers waited behind chunks for room, a full mailbox and a
    /// full classifier stage could wait for each other for ever.
    /// </summary>
    public void PostAnswer(StreamLetter<TEvent> answer) => _owner.Post(new Answered(this, answer));

    /// <summary>Takes bytes of the budget for a letter, if the stream may hold so many more.</summary>
    public bool TryHold(long bytes) => _budget.TryTake(ref _held, bytes);

    /// <summary>Gives back the bytes of a letter that was not posted.</summary>
    public void Return(long bytes) => _budget.Return(ref _held, bytes);

    /// <summary>Accounts for the bytes of chunks that the state itself holds. Called by the owner.</summary>
    public void HoldByState(long bytes)
    {
        if (bytes == _heldByState)
            return;
        _budget.Take(ref _held, bytes - _heldByState);
        _heldByState = bytes;
    }

    /// <summary>Removes the stream, if nothing waits for it and it is over.</summary>
    public bool TryRemove(Func<TState, bool> isOver)
    {
        // In one step, so that no chunk gets in between.
        if (!Letters.TryCompleteIdle(() => isOver(_state) && (_isRemoved = true)))
            return false;
        HoldByState(0);
        return true;
    }

    /// <inheritdoc/>
    public bool Take(StreamLetter<TEvent> letter, CutterTools tools)
    {
        _letterBytes = letter.Bytes;
        return InTurn(letter, tools);
    }

    /// <inheritdoc/>
    public bool GoOn(CutterTools tools) => InTurn(null, tools);

    /// <inheritdoc/>
    public void End(CutterTools tools)
    {
        if (_isRemoved)
            return;
        _turns.TakeLast(this, _questions, tools);
        _turns.AskAll(this, _questions, tools);
    }

    // One turn: the step, and some of the questions that follow from it.
    private bool InTurn(StreamLetter<TEvent>? letter, CutterTools tools)
    {
        var goesOn = false;
        try
        {
            if (letter is { } next)
                _turns.Take(this, next, _questions, tools);
            goesOn = _turns.Ask(this, _questions, tools);
        }
        finally
        {
            if (!goesOn)
            {
                _questions.Clear();
                Return(_letterBytes);
                _letterBytes = 0;
            }
        }

        return goesOn;
    }

    private sealed class Answered(OwnedStream<TState, TEvent, TOutput> stream, StreamLetter<TEvent> answer) : IPartitionWork
    {
        public void Run(CutterTools tools)
        {
            var questions = new Queue<(TOutput Output, CutWindow Window)>();
            stream._turns.Take(stream, answer, questions, tools);
            stream.Unanswered--;
            stream._turns.AskAll(stream, questions, tools);
        }
    }
}
