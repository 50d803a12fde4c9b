namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// What happens in a stream's turn: the fold takes the letter, questions among the outputs go to the classifier, and the rest goes to the
/// queue of outputs. A failure stays within the stream that caused it.
/// </summary>
/// <param name="fold">Says what a stream is.</param>
/// <param name="questions">Takes the questions.</param>
/// <param name="outputs">Takes the other outputs.</param>
/// <param name="now">The server's clock.</param>
/// <param name="report">Is called with a step that failed, and its stream.</param>
internal sealed class StreamTurns<TState, TEvent, TOutput>(
    IStreamFold<TState, TEvent, TOutput> fold,
    ClassifierQuestions<TState, TEvent, TOutput> questions,
    OutputQueue<TState, TOutput> outputs,
    Func<DateTimeOffset> now,
    Action<string?, Exception> report)
    where TState : class
    where TOutput : class
{
    /// <summary>Takes a letter of a stream. Called by the stream's owner, one letter after the other.</summary>
    public async ValueTask TakeAsync(OwnedStream<TState, TEvent, TOutput> stream, StreamLetter<TEvent> letter, CutterTools tools)
    {
        try
        {
            var produced = letter.IsMark ? [] : letter.IsRestored ? [.. fold.Unanswered(stream.State)] : Step(stream, letter, tools);
            if (letter.Offset > 0)
                stream.Offset = letter.Offset;
            List<TOutput>? published = null;
            foreach (var output in produced)
            {
                if (fold.Asks(output) is { } window)
                    await questions.AskAsync(stream, output, window, tools);
                else
                    (published ??= []).Add(output);
            }

            if (published is not null || letter.IsMark)
            {
                var followed = new StreamOutputs<TState, TOutput>(stream.Name, stream.State, stream.Offset, published ?? []) { IsMark = letter.IsMark };
                await outputs.AddAsync(followed);
            }
        }
        finally
        {
            letter.Done?.TrySetResult();
        }
    }

    /// <summary>Lets time pass once more after a stream's last letter, so that what was due by then still comes out.</summary>
    public ValueTask TakeLastAsync(OwnedStream<TState, TEvent, TOutput> stream, CutterTools tools) =>
        TakeAsync(stream, new StreamLetter<TEvent>(now(), fold.Tick(), 0), tools);

    // A stream whose step fails begins again; no other stream notices.
    private List<TOutput> Step(OwnedStream<TState, TEvent, TOutput> stream, StreamLetter<TEvent> letter, CutterTools tools)
    {
        var produced = new List<TOutput>();
        try
        {
            stream.State = fold.Step(stream.State, letter.At, letter.Happened!, tools, produced);
        }
        catch (Exception e)
        {
            report(stream.Name, e);
            produced.Clear();
            stream.State = fold.Step(stream.State, letter.At, fold.Failure(e), tools, produced);
        }

        return produced;
    }
}
