using Mina.Preprocess;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// The questions that streams ask the classifier, and the way of each answer back to the stream that asked. It stands between the
/// partitions and the <see cref="ClassifierStage{T}"/>, so that a stream's step never waits for the network itself: the answer arrives
/// later, as an event of the stream.
/// </summary>
internal sealed class ClassifierQuestions<TState, TEvent, TOutput> : IDisposable
    where TState : class
    where TOutput : class
{
    private readonly IStreamFold<TState, TEvent, TOutput> _fold;
    private readonly Func<DateTimeOffset> _now;
    private readonly Action<string?, Exception> _report;
    private readonly ClassifierStage<Question> _stage;
    private readonly Task _classified;

    /// <summary>Starts the stage.</summary>
    /// <param name="fold">Makes events of answers.</param>
    /// <param name="options">The size and patience of batches.</param>
    /// <param name="classifier">The probability of AF of each segment of a batch; it is called with one batch at a time.</param>
    /// <param name="threads">The threads, and the clock of batches.</param>
    /// <param name="record">Receives each batch's windows with their segments before they are classified; null: nobody does.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="report">Is called with what failed, and the stream that it concerns; null: several streams, or the recorder.</param>
    public ClassifierQuestions(
        IStreamFold<TState, TEvent, TOutput> fold,
        LiveOptions options,
        Func<SegmentBatch, float[]> classifier,
        ShellThreads threads,
        Action<IReadOnlyList<LiveWindow>>? record,
        Func<DateTimeOffset> now,
        Action<string?, Exception> report)
    {
        (_fold, _now, _report) = (fold, now, report);
        _stage = new ClassifierStage<Question>(
            options, classifier, threads, question => (question.Stream.Name, question.Rows), e => report(null, e));
        var classified = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _classified = classified.Task;
        _stage.Batches(questions => Record(record, questions)).Subscribe(PostAnswers, classified.SetException, classified.SetResult);
    }

    /// <summary>Answers that were given in an earlier run, by stream and window; null: the classifier is asked.</summary>
    public Func<string, CutWindow, float?>? KnownAnswer { get; set; }

    /// <summary>Asks the classifier about a window, and waits while too many windows wait for it. Called in the turn of the stream's owner.</summary>
    /// <param name="stream">The stream that asks; it receives the answer as an event.</param>
    /// <param name="output">The output that is the question.</param>
    /// <param name="window">The window that the question is about.</param>
    /// <param name="tools">The owner's.</param>
    public async ValueTask AskAsync(OwnedStream<TState, TEvent, TOutput> stream, TOutput output, CutWindow window, CutterTools tools)
    {
        if (KnownAnswer?.Invoke(stream.Name, window) is { } known)
        {
            PostAnswer(stream, output, known);
            return;
        }

        await _stage.RoomAsync();
        Segments? rows = null;
        try
        {
            if (window.Samples is not null)
            {
                rows = _stage.Pool.Rent();
                tools.Segment(window, rows, 0);
            }
        }
        catch (Exception e)
        {
            rows = null;
            _report(stream.Name, e);
        }

        _stage.Add(new Question(stream, output, window, rows));
    }

    /// <summary>Accepts no more questions, and waits until each has its answer.</summary>
    public Task CompleteAsync()
    {
        _stage.Complete();
        return _classified;
    }

    /// <inheritdoc/>
    public void Dispose() => _stage.Dispose();

    // Runs on the thread that follows the classifier.
    private void PostAnswers(AnsweredBatch<Question> batch)
    {
        for (var i = 0; i < batch.Windows.Count; i++)
            PostAnswer(batch.Windows[i].Stream, batch.Windows[i].Output, batch.Answers[i]);
    }

    private void PostAnswer(OwnedStream<TState, TEvent, TOutput> stream, TOutput output, float probability) =>
        stream.PostAnswer(new StreamLetter<TEvent>(_now(), _fold.Answer(output, probability), 0));

    // A recorder that fails does not stop the verdicts.
    private void Record(Action<IReadOnlyList<LiveWindow>>? record, IReadOnlyList<Question> questions)
    {
        if (record is null)
            return;
        try
        {
            record([.. questions.Select(question => question.ToWindow())]);
        }
        catch (Exception e)
        {
            _report(null, e);
        }
    }

    private sealed record Question(OwnedStream<TState, TEvent, TOutput> Stream, TOutput Output, CutWindow Window, Segments? Rows)
    {
        public LiveWindow ToWindow() => new(Stream.Name, Window.Origin, Window.StartSeconds, Window.Start, Rows);
    }
}
