namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// What happens in a stream's turn: the fold takes the letter, questions among the outputs go to the classifier, some in each turn, and the
/// rest goes to the queue of outputs. A failure stays within the stream that caused it.
/// </summary>
/// <param name="fold">Says what a stream is.</param>
/// <param name="classifier">Takes the questions.</param>
/// <param name="outputs">Takes the other outputs.</param>
/// <param name="now">The server's clock.</param>
/// <param name="report">Is called with a step that failed, and its stream.</param>
internal sealed class StreamTurns<TState, TEvent, TOutput>(
    IStreamFold<TState, TEvent, TOutput> fold,
    ClassifierQuestions<TState, TEvent, TOutput> classifier,
    OutputQueue<TState, TOutput> outputs,
    Func<DateTimeOffset> now,
    Action<string?, Exception> report)
    where TState : class
    where TOutput : class
{
    /// <summary>
    /// Questions that a stream asks in a turn. A chunk of 300 s makes 180: if it asked them all at once, another stream would wait until the
    /// network has judged that many windows.
    /// </summary>
    public const int QuestionsPerTurn = 4;

    /// <summary>Takes a letter of a stream. Called by the stream's owner, one letter after the other.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="letter">The letter.</param>
    /// <param name="questions">Receives the questions to the classifier, which <see cref="Ask"/> then asks.</param>
    /// <param name="tools">The owner's.</param>
    public void Take(
        OwnedStream<TState, TEvent, TOutput> stream, StreamLetter<TEvent> letter, Queue<(TOutput Output, CutWindow Window)> questions, CutterTools tools)
    {
        try
        {
            var produced = letter.IsMark ? [] : letter.IsRestored ? [.. fold.Unanswered(stream.State)] : Step(stream, letter, tools);
            if (letter.Offset > 0)
                stream.Offset = letter.Offset;
            stream.HoldByState(fold.WaitingChunks(stream.State).Sum(QueueBudget.BytesOf));
            List<TOutput>? published = null;
            foreach (var output in produced)
            {
                if (fold.Asks(output) is { } window)
                    questions.Enqueue((output, window));
                else
                    (published ??= []).Add(output);
            }

            if (published is not null || letter.IsMark)
            {
                var followed = new StreamOutputs<TState, TOutput>(stream.Name, stream.State, stream.Offset, published ?? []) { IsMark = letter.IsMark };
                outputs.Add(followed);
            }
        }
        finally
        {
            letter.Done?.TrySetResult();
        }
    }

    /// <summary>Asks some of the questions of a stream, as far as there is room.</summary>
    /// <returns>Whether there are more.</returns>
    public bool Ask(
        OwnedStream<TState, TEvent, TOutput> stream, Queue<(TOutput Output, CutWindow Window)> questions, CutterTools tools)
    {
        for (var asked = 0; asked < QuestionsPerTurn && questions.TryPeek(out var question); asked++)
        {
            if (!classifier.TryAsk(stream, question.Output, question.Window, tools, isOnly: questions.Count == 1, isUrgent: false))
                break;
            questions.Dequeue();
        }

        return questions.Count > 0;
    }

    /// <summary>Asks all questions of a stream, whether there is room or not.</summary>
    public void AskAll(OwnedStream<TState, TEvent, TOutput> stream, Queue<(TOutput Output, CutWindow Window)> questions, CutterTools tools)
    {
        while (questions.TryDequeue(out var question))
            classifier.TryAsk(stream, question.Output, question.Window, tools, isOnly: false, isUrgent: true);
    }

    /// <summary>Lets time pass once more after a stream's last letter, so that what was due by then still comes out.</summary>
    public void TakeLast(
        OwnedStream<TState, TEvent, TOutput> stream, Queue<(TOutput Output, CutWindow Window)> questions, CutterTools tools) =>
        Take(stream, new StreamLetter<TEvent>(now(), fold.Tick(), 0), questions, tools);

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
