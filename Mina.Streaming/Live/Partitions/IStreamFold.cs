namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// What a stream is and what happens to it, given to <see cref="StreamShell{TState, TEvent, TOutput}"/> by whoever knows: this room knows
/// no model. All members but <see cref="Start"/> are pure; one thread at a time steps a stream.
/// </summary>
/// <typeparam name="TState">All that is known of a stream.</typeparam>
/// <typeparam name="TEvent">What happens to it.</typeparam>
/// <typeparam name="TOutput">What follows.</typeparam>
public interface IStreamFold<TState, TEvent, TOutput>
    where TState : class
    where TOutput : class
{
    /// <summary>A stream that has just come.</summary>
    TState Start(string stream);

    /// <summary>A chunk arrived.</summary>
    TEvent Chunk(SampleChunk chunk);

    /// <summary>The classifier answered.</summary>
    /// <param name="asked">The output that it was asked for.</param>
    /// <param name="probability">Of AF; NaN: it has no answer.</param>
    TEvent Answer(TOutput asked, float probability);

    /// <summary>Time passed.</summary>
    TEvent Tick();

    /// <summary>A step failed; the stream is to begin again.</summary>
    TEvent Failure(Exception exception);

    /// <summary>Takes an event.</summary>
    /// <param name="state">Before it.</param>
    /// <param name="at">When it happened, by the server's clock.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="tools">Of the stream's owner.</param>
    /// <param name="outputs">Gets what follows, in order.</param>
    /// <returns>The stream after it.</returns>
    TState Step(TState state, DateTimeOffset at, TEvent happened, CutterTools tools, List<TOutput> outputs);

    /// <summary>The window that an output asks the classifier about; null: none. One without samples is answered by NaN, in its turn.</summary>
    CutWindow? Asks(TOutput output);

    /// <summary>The questions that a stream waits for an answer to: asked again when it is taken up after a restart.</summary>
    IEnumerable<TOutput> Unanswered(TState state);

    /// <summary>Whether a stream takes one of the places that there are; one that stopped long ago does not.</summary>
    bool TakesPlace(TState state, DateTimeOffset now);
}

/// <summary>What followed from one event of a stream.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="State">The stream after the event.</param>
/// <param name="Offset">Offset in the log of the last chunk that the state includes; 0: it includes none, or there is no log.</param>
/// <param name="Outputs">What followed, in order, without the questions to the classifier; empty where somebody asked for the state.</param>
public sealed record StreamOutputs<TState, TOutput>(string Stream, TState State, long Offset, IReadOnlyList<TOutput> Outputs)
{
    /// <summary>Somebody asked for the state, by <c>Mark</c>: all outputs before it have come out.</summary>
    public bool IsMark { get; init; }
}
