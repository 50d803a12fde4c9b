namespace Mina.Streaming.Live.Partitions;

/// <summary>An event on its way to a stream.</summary>
/// <param name="At">When it happened, by the server's clock.</param>
/// <param name="Happened">The event; unused where the letter is a mark or belongs to a restored stream.</param>
/// <param name="Offset">The offset of the chunk in the log; 0: the event is no chunk, or the chunk is not in the log.</param>
/// <param name="IsMark">Whether the letter only asks for the stream's state.</param>
/// <param name="IsRestored">Whether the letter makes a restored stream repeat its open questions.</param>
/// <param name="Done">Is completed after the step; null: nobody waits for it.</param>
internal readonly record struct StreamLetter<TEvent>(
    DateTimeOffset At, TEvent? Happened, long Offset, bool IsMark = false, bool IsRestored = false, TaskCompletionSource? Done = null);

/// <summary>
/// A stream with its mailbox and the partition that owns it. Only the owner changes the state, one letter after the other, so that a step
/// needs no lock; any thread may read the last state without waiting.
/// </summary>
internal sealed class OwnedStream<TState, TEvent, TOutput>
    where TState : class
    where TOutput : class
{
    private readonly Partition _owner;
    private readonly StreamTurns<TState, TEvent, TOutput> _turns;
    private volatile TState _state;

    /// <summary>A stream for which nothing waits.</summary>
    /// <param name="name">The stream's name.</param>
    /// <param name="state">Where it begins.</param>
    /// <param name="owner">The partition that owns it.</param>
    /// <param name="queueLength">Letters that may wait.</param>
    /// <param name="turns">Takes the letters.</param>
    public OwnedStream(string name, TState state, Partition owner, int queueLength, StreamTurns<TState, TEvent, TOutput> turns)
    {
        (Name, _state, _owner, _turns) = (name, state, owner, turns);
        Letters = new Mailbox<StreamLetter<TEvent>>(
            owner, queueLength, (letter, tools) => turns.TakeAsync(this, letter, tools), tools => turns.TakeLastAsync(this, tools));
    }

    /// <summary>The stream's name.</summary>
    public string Name { get; }

    /// <summary>What waits for the stream.</summary>
    public Mailbox<StreamLetter<TEvent>> Letters { get; }

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

    private sealed class Answered(OwnedStream<TState, TEvent, TOutput> stream, StreamLetter<TEvent> answer) : IPartitionWork
    {
        public ValueTask RunAsync(CutterTools tools) => stream._turns.TakeAsync(stream, answer, tools);
    }
}
