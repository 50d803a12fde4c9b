namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// What a stream is and what happens to it. The model's side implements it for <see cref="StreamShell{TState, TEvent, TOutput}"/>, because
/// this room does not know the model. All members but <see cref="Start"/> are pure; a stream is stepped by one thread at a time.
/// </summary>
/// <typeparam name="TState">All that is known of a stream.</typeparam>
/// <typeparam name="TEvent">An event of a stream.</typeparam>
/// <typeparam name="TOutput">Something that follows from an event.</typeparam>
public interface IStreamFold<TState, TEvent, TOutput>
    where TState : class
    where TOutput : class
{
    /// <summary>The state of a new stream.</summary>
    TState Start(string stream);

    /// <summary>The event of a chunk that arrived.</summary>
    TEvent Chunk(SampleChunk chunk);

    /// <summary>The event of an answer of the classifier.</summary>
    /// <param name="asked">The output that was the question.</param>
    /// <param name="probability">The probability of AF; NaN where the classifier has no answer.</param>
    TEvent Answer(TOutput asked, float probability);

    /// <summary>The event of time that passed.</summary>
    TEvent Tick();

    /// <summary>The event of a step that failed, after which the stream begins again.</summary>
    TEvent Failure(Exception exception);

    /// <summary>Handles an event.</summary>
    /// <param name="state">The state before the event.</param>
    /// <param name="at">When it happened, by the server's clock.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="tools">The tools of the stream's owner.</param>
    /// <param name="outputs">Receives what follows, in order.</param>
    /// <returns>The state after the event.</returns>
    TState Step(TState state, DateTimeOffset at, TEvent happened, CutterTools tools, List<TOutput> outputs);

    /// <summary>The window that an output asks the classifier about; null where it asks nothing. A window without samples is answered by NaN.</summary>
    CutWindow? Asks(TOutput output);

    /// <summary>The questions that a stream has open. They are asked again when the stream is restored after a restart.</summary>
    IEnumerable<TOutput> Unanswered(TState state);

    /// <summary>The chunks that a state holds because those before them have not come yet; they count as waiting.</summary>
    IEnumerable<SampleChunk> WaitingChunks(TState state) => [];

    /// <summary>Whether a stream counts towards the largest number of streams; one that stopped long ago does not.</summary>
    bool TakesPlace(TState state, DateTimeOffset now);
}

/// <summary>What followed from one event of a stream.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="State">The stream after the event.</param>
/// <param name="Offset">Offset in the log of the last chunk that the state includes; 0: it includes none, or there is no log.</param>
/// <param name="Outputs">What followed, in order, without the questions to the classifier; empty in a mark.</param>
public sealed record StreamOutputs<TState, TOutput>(string Stream, TState State, long Offset, IReadOnlyList<TOutput> Outputs)
{
    /// <summary>Whether this answers <see cref="StreamShell{TState, TEvent, TOutput}.MarkAsync"/>: all earlier outputs of the stream have come out.</summary>
    public bool IsMark { get; init; }
}
