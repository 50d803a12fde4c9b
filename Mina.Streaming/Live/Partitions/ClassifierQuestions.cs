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
    private const int SparseBatches = 4;
    private const int BulkBatches = 2;

    private readonly SemaphoreSlim _sparseRoom;
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
        _sparseRoom = new SemaphoreSlim(SparseBatches * options.BatchSize);
        _stage = new ClassifierStage<Question>(
            options, classifier, threads, question => (question.Stream.Name, question.Rows), ReleaseRoom, e => report(null, e));
        var classified = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _classified = classified.Task;
        _stage.Batches(questions => Record(record, questions)).Subscribe(PostAnswers, classified.SetException, classified.SetResult);
    }

    /// <summary>Windows of streams that send much which a partition may have in the classifier's line.</summary>
    public static int RoomOfPartition(LiveOptions options, ShellThreads threads) => Math.Max(1, BulkBatches * options.BatchSize / threads.Partitions);

    /// <summary>Answers that were given in an earlier run, by stream and window; null: the classifier is asked.</summary>
    public Func<string, CutWindow, float?>? KnownAnswer { get; set; }

    /// <summary>
    /// Asks the classifier about a window, if there is room. The only question of a stream that has none open has room of its own: it is
    /// never in line behind more than the few windows that all streams which send much have in it together.
    /// </summary>
    /// <param name="stream">The stream that asks; it receives the answer as an event.</param>
    /// <param name="output">The output that is the question.</param>
    /// <param name="window">The window that the question is about.</param>
    /// <param name="tools">The owner's.</param>
    /// <param name="isOnly">Whether the stream has no other question to ask.</param>
    /// <param name="isUrgent">Whether it is asked even where there is no room, because nothing will ask it later.</param>
    /// <returns>Whether it was asked.</returns>
    public bool TryAsk(
        OwnedStream<TState, TEvent, TOutput> stream, TOutput output, CutWindow window, CutterTools tools, bool isOnly, bool isUrgent)
    {
        if (KnownAnswer?.Invoke(stream.Name, window) is { } known)
        {
            stream.Unanswered++;
            PostAnswer(stream, output, known);
            return true;
        }

        var room = isOnly && stream.Unanswered == 0 && _sparseRoom.Wait(0) ? Room.Sparse : stream.Owner.Room.Wait(0) ? Room.Partition : Room.None;
        if (room == Room.None && !isUrgent)
            return false;
        stream.Unanswered++;
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

        _stage.Add(new Question(stream, output, window, rows, room));
        return true;
    }

    /// <summary>Accepts no more questions, and waits until each has its answer.</summary>
    public Task CompleteAsync()
    {
        _stage.Complete();
        return _classified;
    }

    /// <summary>Gives back the buffers that are free.</summary>
    public void Trim() => _stage.Pool.Trim();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stage.Dispose();
        _sparseRoom.Dispose();
    }

    private void ReleaseRoom(Question question)
    {
        if (question.Room == Room.Sparse)
            _sparseRoom.Release();
        else if (question.Room == Room.Partition)
            question.Stream.Owner.ReleaseRoom();
    }

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

    // Which room a question takes until it is classified.
    private enum Room
    {
        None,
        Sparse,
        Partition,
    }

    private sealed record Question(OwnedStream<TState, TEvent, TOutput> Stream, TOutput Output, CutWindow Window, Segments? Rows, Room Room)
    {
        public LiveWindow ToWindow() => new(Stream.Name, Window.Origin, Window.StartSeconds, Window.Start, Rows);
    }
}
