using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Threading.Channels;
using Mina.Preprocess;
using Mina.Streaming.Log;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// Runs the folds of any number of streams. Each stream belongs to one of as many partitions as there are processors, which alone steps it,
/// one event after the other; nothing that all streams share stands in a chunk's way. The windows of all streams are batched for the
/// classifier; its answers go back to the owners as events; what follows comes out in batches. With a log, a chunk enters its stream when it
/// is on disk, in the order of offsets, so that a replay of the log is the same life.
/// </summary>
/// <remarks>
/// Cutting, classifying and storing run beside each other with little between them, so that a slow one makes those before it wait, up to the
/// network edges: nothing grows. What is known of a stream is a value: any thread reads the last one and waits for nobody.
/// </remarks>
public sealed class StreamShell<TState, TEvent, TOutput> : IAsyncDisposable
    where TState : class
    where TOutput : class
{
    private const int WaitingOutputs = 4096;
    private const int OutputsAtOnce = 512;

    private readonly IStreamFold<TState, TEvent, TOutput> _fold;
    private readonly IChunkLog? _log;
    private readonly LiveOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Owned> _streams = new(StringComparer.Ordinal);
    private readonly Partition[] _partitions;
    private readonly ClassifierStage<Question> _stage;
    private readonly Channel<StreamOutputs<TState, TOutput>> _outputs =
        Channel.CreateBounded<StreamOutputs<TState, TOutput>>(new BoundedChannelOptions(WaitingOutputs) { SingleReader = true });
    private readonly ISubject<LiveFault> _faults = Subject.Synchronize(new Subject<LiveFault>());
    private readonly Lock _adding = new();
    private readonly Task _classified;
    private volatile TaskCompletionSource? _settled;
    private volatile bool _closed;

    /// <summary>A shell that nothing comes through yet.</summary>
    /// <param name="fold">What a stream is.</param>
    /// <param name="options">How streams are cut and classified, and what may wait.</param>
    /// <param name="classifier">Probability of AF of each segment of a batch; one batch at a time.</param>
    /// <param name="time">The server's clock.</param>
    /// <param name="scheduler">The clock of batches.</param>
    /// <param name="record">Told of each batch's windows with their segments, before they are classified; null: nobody.</param>
    /// <param name="log">Has each chunk before it is taken; open before the first. Null: a chunk is taken when it is in its queue.</param>
    public StreamShell(
        IStreamFold<TState, TEvent, TOutput> fold,
        LiveOptions options,
        Func<SegmentBatch, float[]> classifier,
        TimeProvider time,
        IScheduler scheduler,
        Action<IReadOnlyList<LiveWindow>>? record = null,
        IChunkLog? log = null)
    {
        (_fold, _options, _time, _log) = (fold, options, time, log);
        _partitions = Partition.Create(options.Cutter, e => Report(null, e));
        _stage = new ClassifierStage<Question>(options, classifier, scheduler, question => (question.Of.Name, question.Rows), e => Report(null, e));
        var classified = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _classified = classified.Task;
        _stage.Batches(questions => Record(record, questions)).Subscribe(Answer, classified.SetException, classified.SetResult);
        Outputs = Observable.Create<IReadOnlyList<StreamOutputs<TState, TOutput>>>(observer =>
        {
            var settled = _settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = Task.Run(() => PublishAsync(observer, settled));
            return () => { };
        });
    }

    /// <summary>What was counted.</summary>
    public LiveCounts Counts { get; } = new();

    /// <summary>What failed, as it happens; a stream's failure is an event of that stream and nobody else's.</summary>
    public IObservable<LiveFault> Faults => _faults;

    /// <summary>
    /// What follows from the events of all streams, in batches, and of each stream in order; the next batch waits until this one was taken.
    /// Subscribe once. Completes when the shell was closed and all is done.
    /// </summary>
    public IObservable<IReadOnlyList<StreamOutputs<TState, TOutput>>> Outputs { get; }

    /// <summary>The streams there are, as they are now.</summary>
    public IEnumerable<KeyValuePair<string, TState>> Streams => _streams.Select(stream => KeyValuePair.Create(stream.Key, stream.Value.State));

    /// <summary>The same with the offset of the last chunk that each includes; exact when the shell was closed.</summary>
    public IEnumerable<StreamOutputs<TState, TOutput>> Current =>
        _streams.Select(stream => new StreamOutputs<TState, TOutput>(stream.Key, stream.Value.State, stream.Value.Offset, []) { IsMark = true });

    /// <summary>Answers to questions, by stream and window, that need no classifier because they were given before; null: the classifier is asked.</summary>
    public Func<string, CutWindow, float?>? KnownAnswer { get; set; }

    /// <summary>Events that wait, over all streams.</summary>
    public int Waiting => _streams.Values.Sum(stream => stream.Letters.Count);

    /// <summary>What is known of a stream; null when nothing has come of it.</summary>
    public TState? Find(string stream) => _streams.GetValueOrDefault(stream)?.State;

    /// <summary>Offers a chunk; waits for room in the stream's queue, but not for ever, and until it is on disk.</summary>
    /// <param name="stream">A valid <see cref="StreamName"/>.</param>
    /// <param name="chunk">As it came.</param>
    /// <param name="cancel">Gives up waiting for room; the chunk counts as dropped.</param>
    public async ValueTask<Offered> OfferAsync(string stream, SampleChunk chunk, CancellationToken cancel = default)
    {
        if (ChunkLimits.FaultOf(chunk) is not null)
        {
            Counts.FoundInvalid();
            return Offered.Invalid;
        }

        if (OwnedOf(stream) is not { } owned)
            return _closed ? Offered.Closed : Offered.TooManyStreams;
        if (!await owned.Letters.ReserveAsync(_options.Patience, _time, cancel).ConfigureAwait(false))
        {
            if (_closed)
                return Offered.Closed;
            Counts.Dropping();
            return Offered.Dropped;
        }

        // From here on the stream is not idle, so that no tick goes before the chunk with a later time.
        var letter = new Letter(Now(), _fold.Chunk(chunk), 0);
        if (_log is null)
        {
            owned.Letters.Post(letter);
            Counts.Took();
            return Offered.Taken;
        }

        try
        {
            await _log.AppendAsync(stream, letter.At, chunk, offset => owned.Letters.Post(letter with { Offset = offset })).ConfigureAwait(false);
            Counts.Took();
            LogFailure = null;
            return Offered.Taken;
        }
        catch (Exception e)
        {
            // Whoever looks at the stream goes on seeing it; who sent the chunk keeps it, and sends it again.
            owned.Letters.Post(letter);
            Counts.TookUnlogged();
            LogFailure = e.Message;
            return Offered.Unlogged;
        }
    }

    /// <summary>Why the last chunk could not be written to the log; null: it was. Of any stream.</summary>
    public string? LogFailure { get; private set; }

    /// <summary>Offers any other event, and waits until it was taken.</summary>
    /// <returns>The stream after it; null where there is no such stream, or no room in time.</returns>
    public async ValueTask<TState?> TellAsync(string stream, DateTimeOffset at, TEvent happened, CancellationToken cancel = default)
    {
        if (_streams.GetValueOrDefault(stream) is not { } owned
            || !await owned.Letters.ReserveAsync(_options.Patience, _time, cancel).ConfigureAwait(false))
            return null;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        owned.Letters.Post(new Letter(at, happened, 0, Done: done));
        await done.Task.ConfigureAwait(false);
        return owned.State;
    }

    /// <summary>Takes up a stream as it was; its open questions are asked again.</summary>
    /// <param name="stream">A name that nothing has come of yet.</param>
    /// <param name="state">Where it stood.</param>
    /// <param name="offset">The last chunk in the log that the state includes; 0: none.</param>
    public async ValueTask RestoreAsync(string stream, TState state, long offset)
    {
        var owned = new Owned(this, stream, state, Partition.OwnerOf(stream, _partitions)) { Offset = offset };
        if (!_streams.TryAdd(stream, owned) || !_fold.Unanswered(state).Any())
            return;
        await owned.Letters.ReserveAsync(Timeout.InfiniteTimeSpan, _time, CancellationToken.None).ConfigureAwait(false);
        owned.Letters.Post(new Letter(default, default, 0, IsRestored: true));
    }

    /// <summary>Replays a chunk of the log, with its own time; waits for room as long as it takes.</summary>
    public async ValueTask ReplayAsync(LoggedChunk logged, CancellationToken cancel = default)
    {
        if (OwnedOf(logged.Stream, mustHave: true) is not { } owned || logged.Offset <= owned.Offset)
            return;
        if (!await owned.Letters.ReserveAsync(Timeout.InfiniteTimeSpan, _time, cancel).ConfigureAwait(false))
            return;
        owned.Letters.Post(new Letter(logged.Arrived, _fold.Chunk(logged.Chunk), logged.Offset));
        Counts.Replaying();
    }

    /// <summary>Lets time pass for the streams for which nothing waits.</summary>
    /// <param name="needed">Which streams need it; null: all.</param>
    public void Tick(Func<TState, bool>? needed = null)
    {
        // Read before it is seen that nothing waits: a chunk that comes in between has a later time.
        var now = Now();
        foreach (var owned in _streams.Values)
        {
            if (needed is null || needed(owned.State))
                owned.Letters.TryPostIdle(new Letter(now, _fold.Tick(), 0));
        }
    }

    /// <summary>Asks for a stream's state, as it is after all outputs before it: it comes out of <see cref="Outputs"/> as a mark.</summary>
    /// <returns>Whether there is room for the question.</returns>
    public async ValueTask<bool> MarkAsync(string stream, CancellationToken cancel = default)
    {
        if (_streams.GetValueOrDefault(stream) is not { } owned
            || !await owned.Letters.ReserveAsync(_options.Patience, _time, cancel).ConfigureAwait(false))
            return false;
        owned.Letters.Post(new Letter(default, default, 0, IsMark: true));
        return true;
    }

    /// <summary>Lets go of the streams that are over; one that comes back starts again.</summary>
    /// <returns>Their names, and where they stood.</returns>
    public IReadOnlyList<KeyValuePair<string, TState>> Forget(Func<TState, bool> isOver)
    {
        var gone = new List<KeyValuePair<string, TState>>();
        foreach (var (name, owned) in _streams)
        {
            if (owned.Letters.Count > 0 || !isOver(owned.State) || !_streams.TryRemove(name, out _))
                continue;
            owned.Letters.Complete();
            gone.Add(KeyValuePair.Create(name, owned.State));
        }

        return gone;
    }

    /// <summary>Takes no more events, and waits until all that came is cut, classified and has come out of <see cref="Outputs"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_adding)
        {
            if (_closed)
                return;
            _closed = true;
        }

        foreach (var owned in _streams.Values)
            owned.Letters.Complete();
        await Task.WhenAll(_streams.Values.Select(owned => owned.Letters.Drained)).ConfigureAwait(false);
        _stage.Complete();
        await _classified.ConfigureAwait(false);
        foreach (var partition in _partitions)
            await partition.DisposeAsync().ConfigureAwait(false);
        _outputs.Writer.Complete();
        if (_settled is { } settled)
            await settled.Task.ConfigureAwait(false);
        _stage.Dispose();
    }

    // As a log or a database keeps it, so that a replay has the same times.
    private DateTimeOffset Now()
    {
        var now = _time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private Owned? OwnedOf(string stream, bool mustHave = false)
    {
        if (_streams.TryGetValue(stream, out var found))
            return found;
        lock (_adding)
        {
            if (_closed)
                return null;
            if (_streams.TryGetValue(stream, out found))
                return found;
            if (!mustHave && _streams.Count >= _options.MostStreams && PlacesTaken() >= _options.MostStreams)
            {
                Counts.Refusing();
                return null;
            }

            return _streams[stream] = new Owned(this, stream, _fold.Start(stream), Partition.OwnerOf(stream, _partitions));
        }
    }

    private int PlacesTaken()
    {
        var now = _time.GetUtcNow();
        return _streams.Values.Count(owned => _fold.TakesPlace(owned.State, now));
    }

    // In the turn of the stream's owner.
    private async ValueTask StepAsync(Owned owned, Letter letter, CutterTools tools)
    {
        try
        {
            var outputs = letter.IsMark ? [] : letter.IsRestored ? [.. _fold.Unanswered(owned.State)] : Step(owned, letter, tools);
            if (letter.Offset > 0)
                owned.Offset = letter.Offset;
            List<TOutput>? told = null;
            foreach (var output in outputs)
            {
                if (_fold.Asks(output) is { } window)
                    await AskAsync(owned, output, window, tools).ConfigureAwait(false);
                else
                    (told ??= []).Add(output);
            }

            if (told is not null || letter.IsMark)
            {
                await _outputs.Writer.WriteAsync(
                    new StreamOutputs<TState, TOutput>(owned.Name, owned.State, owned.Offset, told ?? []) { IsMark = letter.IsMark }).ConfigureAwait(false);
            }
        }
        finally
        {
            letter.Done?.TrySetResult();
        }
    }

    // What goes wrong in a stream is this stream's alone, and it begins again.
    private List<TOutput> Step(Owned owned, Letter letter, CutterTools tools)
    {
        var outputs = new List<TOutput>();
        try
        {
            owned.State = _fold.Step(owned.State, letter.At, letter.Happened!, tools, outputs);
        }
        catch (Exception e)
        {
            Report(owned.Name, e);
            outputs.Clear();
            owned.State = _fold.Step(owned.State, letter.At, _fold.Failure(e), tools, outputs);
        }

        return outputs;
    }

    private async ValueTask AskAsync(Owned owned, TOutput output, CutWindow window, CutterTools tools)
    {
        if (KnownAnswer?.Invoke(owned.Name, window) is { } known)
        {
            owned.Owner.Post(new Answered(this, owned, new Letter(Now(), _fold.Answer(output, known), 0)));
            return;
        }

        await _stage.RoomAsync().ConfigureAwait(false);
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
            Report(owned.Name, e);
        }

        _stage.Add(new Question(owned, output, window, rows));
    }

    // On the thread that follows the classifier: each owner gets its answers.
    private void Answer(AnsweredBatch<Question> batch)
    {
        for (var i = 0; i < batch.Windows.Count; i++)
        {
            var question = batch.Windows[i];
            question.Of.Owner.Post(new Answered(this, question.Of, new Letter(Now(), _fold.Answer(question.Output, batch.Answers[i]), 0)));
        }
    }

    private async Task PublishAsync(IObserver<IReadOnlyList<StreamOutputs<TState, TOutput>>> observer, TaskCompletionSource settled)
    {
        while (await _outputs.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var batch = new List<StreamOutputs<TState, TOutput>>();
            while (batch.Count < OutputsAtOnce && _outputs.Reader.TryRead(out var outputs))
                batch.Add(outputs);
            try
            {
                observer.OnNext(batch);
            }
            catch (Exception e)
            {
                // Who listens should have caught it, and hears no more; the streams go on.
                Report(null, e);
            }
        }

        observer.OnCompleted();
        settled.SetResult();
    }

    private void Report(string? stream, Exception exception)
    {
        Counts.Failed();
        _faults.OnNext(new LiveFault(stream, exception));
    }

    // A side output never stops the main one.
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
            Report(null, e);
        }
    }

    private readonly record struct Letter(
        DateTimeOffset At, TEvent? Happened, long Offset, bool IsMark = false, bool IsRestored = false, TaskCompletionSource? Done = null);

    private sealed record Question(Owned Of, TOutput Output, CutWindow Window, Segments? Rows)
    {
        public LiveWindow ToWindow() => new(Of.Name, Window.Origin, Window.StartSeconds, Window.Start, Rows);
    }

    private sealed class Answered(StreamShell<TState, TEvent, TOutput> shell, Owned owned, Letter letter) : IPartitionWork
    {
        public ValueTask RunAsync(CutterTools tools) => shell.StepAsync(owned, letter, tools);
    }

    private sealed class Owned
    {
        private volatile TState _state;

        public Owned(StreamShell<TState, TEvent, TOutput> shell, string name, TState state, Partition owner)
        {
            (Name, Owner, _state) = (name, owner, state);
            Letters = new Mailbox<Letter>(
                owner,
                shell._options.QueueLength,
                (letter, tools) => shell.StepAsync(this, letter, tools),
                tools => shell.StepAsync(this, new Letter(shell.Now(), shell._fold.Tick(), 0), tools));
        }

        public string Name { get; }

        public Partition Owner { get; }

        public Mailbox<Letter> Letters { get; }

        // Changed by the owner alone.
        public long Offset { get; set; }

        public TState State
        {
            get => _state;
            set => _state = value;
        }
    }
}
