using System.Reactive.Subjects;
using Mina.Preprocess;
using Mina.Streaming.Log;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// Runs the folds of any number of streams. Each stream belongs to one of the partitions, as many as processors as a rule, which alone
/// steps it, one event after the other; a chunk's path takes no lock that all streams share. The windows of all streams are batched for the
/// classifier, and its answers go back to the owners as events. The outputs come out in batches. With a log, a chunk enters its stream once
/// it is on disk, in the order of offsets, so that a replay of the log repeats the same steps.
/// </summary>
/// <remarks>
/// Cutting, classifying and storing run side by side, with bounded queues between them. A slow one makes those before it wait, up to the
/// network edges, so that memory stays flat. A stream's state is a value: any thread may read the last one without waiting.
/// </remarks>
public sealed class StreamShell<TState, TEvent, TOutput> : IAsyncDisposable
    where TState : class
    where TOutput : class
{
    private static readonly TimeSpan LargeChunk = TimeSpan.FromSeconds(15);

    private readonly IStreamFold<TState, TEvent, TOutput> _fold;
    private readonly WatchedLog? _log;
    private readonly LiveOptions _options;
    private readonly TimeProvider _time;
    private readonly StreamTable<TState, TEvent, TOutput> _streams;
    private readonly QueueBudget _budget;
    private readonly Partition[] _partitions;
    private readonly ClassifierQuestions<TState, TEvent, TOutput> _questions;
    private readonly OutputQueue<TState, TOutput> _outputs;
    private readonly StreamTurns<TState, TEvent, TOutput> _turns;
    private readonly ISubject<LiveFault> _faults = Subject.Synchronize(new Subject<LiveFault>());

    /// <summary>A shell without streams.</summary>
    /// <param name="fold">Says what a stream is, and what happens to it.</param>
    /// <param name="options">How streams are cut and classified, and how much may wait.</param>
    /// <param name="classifier">The probability of AF of each segment of a batch; it is called with one batch at a time.</param>
    /// <param name="time">The server's clock.</param>
    /// <param name="record">Receives each batch's windows with their segments before they are classified; null: nobody does.</param>
    /// <param name="log">Stores each chunk before it is taken; it must be open. Null: a chunk is taken as soon as it is in its stream's queue.</param>
    /// <param name="threads">What it runs on; null: the threads of a process that serves devices.</param>
    public StreamShell(
        IStreamFold<TState, TEvent, TOutput> fold,
        LiveOptions options,
        Func<SegmentBatch, float[]> classifier,
        TimeProvider time,
        Action<IReadOnlyList<LiveWindow>>? record = null,
        IChunkLog? log = null,
        ShellThreads? threads = null)
    {
        threads ??= ShellThreads.Default;
        (_fold, _options, _time, _log) = (fold, options, time, log is null ? null : new WatchedLog(log, time));
        _partitions = Partition.Create(
            options.Cutter, threads, ClassifierQuestions<TState, TEvent, TOutput>.RoomOfPartition(options, threads), e => Report(null, e));
        _questions = new ClassifierQuestions<TState, TEvent, TOutput>(fold, options, classifier, threads, record, Now, Report);
        _outputs = new OutputQueue<TState, TOutput>(threads, e => Report(null, e));
        _turns = new StreamTurns<TState, TEvent, TOutput>(fold, _questions, _outputs, Now, Report);
        _budget = new QueueBudget(options.MaxQueuedBytes);
        _streams = new StreamTable<TState, TEvent, TOutput>(
            options.MaxStreams, state => fold.TakesPlace(state, time.GetUtcNow()), stream => Own(stream, fold.Start(stream)));
        Outputs = _outputs.Batches;
    }

    /// <summary>What has been counted since the shell began.</summary>
    public LiveCounts Counts { get; } = new();

    /// <summary>Failures, as they happen. The failure of one stream does not affect another.</summary>
    public IObservable<LiveFault> Faults => _faults;

    /// <summary>
    /// The outputs of all streams, in batches; those of one stream are in order. The next batch waits until the subscriber has taken this one.
    /// Subscribe once. The sequence completes after <see cref="DisposeAsync"/>, when every event has been handled.
    /// </summary>
    public IObservable<IReadOnlyList<StreamOutputs<TState, TOutput>>> Outputs { get; }

    /// <summary>The streams with their current states.</summary>
    public IEnumerable<KeyValuePair<string, TState>> Streams => _streams.All.Select(stream => KeyValuePair.Create(stream.Key, stream.Value.State));

    /// <summary>The same with the offset of the last chunk that each state includes; the offset is exact once the shell is closed.</summary>
    public IEnumerable<StreamOutputs<TState, TOutput>> Current =>
        _streams.All.Select(stream => new StreamOutputs<TState, TOutput>(stream.Key, stream.Value.State, stream.Value.Offset, []) { IsMark = true });

    /// <summary>Answers that were given in an earlier run, by stream and window; null: the classifier is asked.</summary>
    public Func<string, CutWindow, float?>? KnownAnswer
    {
        get => _questions.KnownAnswer;
        set => _questions.KnownAnswer = value;
    }

    /// <summary>Events that wait or are being handled, over all streams.</summary>
    public int Waiting => _streams.All.Sum(stream => stream.Value.Letters.Count);

    /// <summary>Bytes of chunks that wait or are being cut, over all streams.</summary>
    public long QueuedBytes => _budget.Held;

    /// <summary>Chunks that were refused because their stream held its share of <see cref="LiveOptions.MaxQueuedBytes"/>.</summary>
    public long QueueFull => _budget.Refused;

    /// <summary>The current state of a stream; null where there is no such stream.</summary>
    public TState? Find(string stream) => _streams.Find(stream)?.State;

    /// <summary>Offers a chunk: waits for room in its stream's queue, at most <see cref="LiveOptions.Patience"/>, and then until it is on disk.</summary>
    /// <param name="stream">A valid <see cref="StreamName"/>.</param>
    /// <param name="chunk">The chunk as it arrived.</param>
    /// <param name="wait">How long the chunk has to wait before that, because its stream sends too fast.</param>
    /// <param name="cancel">Gives up waiting for room; the chunk counts as dropped.</param>
    public async ValueTask<Offered> OfferAsync(string stream, SampleChunk chunk, TimeSpan wait = default, CancellationToken cancel = default)
    {
        if (ChunkLimits.FaultOf(chunk) is not null)
        {
            Counts.CountInvalid();
            return Offered.Invalid;
        }

        if (_streams.FindOrAdd(stream) is not { } owned)
        {
            if (_streams.IsClosed)
                return Offered.Closed;
            Counts.CountRefused();
            return Offered.TooManyStreams;
        }

        var bytes = QueueBudget.BytesOf(chunk);
        if (!owned.TryHold(bytes))
            return Offered.QueueFull;
        var posted = false;
        try
        {
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _time, cancel);
            if (!await owned.Letters.ReserveAsync(_options.Patience, _time, cancel))
            {
                if (_streams.IsClosed)
                    return Offered.Closed;
                Counts.CountDropped();
                return Offered.Dropped;
            }

            posted = true;
            // The stream is not idle from here on, so that no tick with a later time overtakes the chunk.
            var letter = new StreamLetter<TEvent>(Now(), _fold.Chunk(chunk), 0, Bytes: bytes);
            return await LogAndPostAsync(owned, chunk, letter, IsLarge(chunk));
        }
        finally
        {
            if (!posted)
                owned.Return(bytes);
        }
    }

    /// <summary>Why the last chunk, of any stream, or the last mark could not be written to the log; null: it was written.</summary>
    public string? LogFailure => _log?.Failure;

    /// <summary>Writes a mark to the log now and then, until it is stopped, so that <see cref="LogFailure"/> is right while no chunk comes.</summary>
    public Task WatchLogAsync(CancellationToken stop) => _log?.WatchAsync(stop) ?? Task.CompletedTask;

    /// <summary>Offers an event that is no chunk, and waits until the stream has handled it.</summary>
    /// <returns>The state after the event; null where there is no such stream, or there was no room in time.</returns>
    public async ValueTask<TState?> SendAsync(string stream, DateTimeOffset at, TEvent happened, CancellationToken cancel = default)
    {
        if (_streams.Find(stream) is not { } owned
            || !await owned.Letters.ReserveAsync(_options.Patience, _time, cancel))
            return null;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        owned.Letters.Post(new StreamLetter<TEvent>(at, happened, 0, Done: done));
        await done.Task;
        return owned.State;
    }

    /// <summary>Restores a stream of an earlier run; its open questions are asked again.</summary>
    /// <param name="stream">The name of a stream that has had no event yet.</param>
    /// <param name="state">Its last known state.</param>
    /// <param name="offset">The offset of the last chunk in the log that the state includes; 0: none.</param>
    public async ValueTask RestoreAsync(string stream, TState state, long offset)
    {
        var owned = Own(stream, state, offset);
        if (!_streams.TryAdd(owned) || !_fold.Unanswered(state).Any())
            return;
        await owned.Letters.ReserveAsync(Timeout.InfiniteTimeSpan, _time, CancellationToken.None);
        owned.Letters.Post(new StreamLetter<TEvent>(default, default, 0, IsRestored: true), isLarge: true);
    }

    /// <summary>Replays a chunk of the log at the time it arrived; waits for room as long as it takes.</summary>
    public async ValueTask ReplayAsync(LoggedChunk logged, CancellationToken cancel = default)
    {
        if (_streams.FindOrAdd(logged.Stream, ignoresLimit: true) is not { } owned || logged.Offset <= owned.Offset)
            return;
        if (!await owned.Letters.ReserveAsync(Timeout.InfiniteTimeSpan, _time, cancel))
            return;
        owned.Letters.Post(new StreamLetter<TEvent>(logged.Arrived, _fold.Chunk(logged.Chunk), logged.Offset), IsLarge(logged.Chunk));
        Counts.CountReplayed();
    }

    /// <summary>Sends a tick to each stream for which nothing waits.</summary>
    /// <param name="needed">Which streams need one; null: all.</param>
    public void Tick(Func<TState, bool>? needed = null)
    {
        // The time is read before the check that nothing waits: a chunk that arrives in between has a later time.
        var now = Now();
        foreach (var (_, owned) in _streams.All)
        {
            if (needed is null || needed(owned.State))
                owned.Letters.TryPostIdle(new StreamLetter<TEvent>(now, _fold.Tick(), 0));
        }
    }

    /// <summary>Asks for a stream's state. It comes out of <see cref="Outputs"/> as a mark, after all earlier outputs of the stream.</summary>
    /// <returns>Whether there is such a stream, and there was room in time.</returns>
    public async ValueTask<bool> MarkAsync(string stream, CancellationToken cancel = default)
    {
        if (_streams.Find(stream) is not { } owned
            || !await owned.Letters.ReserveAsync(_options.Patience, _time, cancel))
            return false;
        owned.Letters.Post(new StreamLetter<TEvent>(default, default, 0, IsMark: true));
        return true;
    }

    /// <summary>Removes the streams that are over and for which nothing waits; one that sends again starts from the beginning.</summary>
    /// <returns>Their names and last states.</returns>
    public IReadOnlyList<KeyValuePair<string, TState>> Forget(Func<TState, bool> isOver) => _streams.Remove(isOver);

    /// <summary>Removes one stream, if it is over and nothing waits for it.</summary>
    public bool Remove(string stream, Func<TState, bool> isOver) => _streams.Find(stream) is { } owned && _streams.TryRemove(owned, isOver);

    /// <summary>Gives back the buffers that a time of much work has left behind.</summary>
    public void Trim() => _questions.Trim();

    /// <summary>Accepts no more events, and waits until those that arrived are cut, classified and have come out of <see cref="Outputs"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_streams.Close())
            return;
        foreach (var (_, owned) in _streams.All)
            owned.Letters.Complete();
        foreach (var (_, owned) in _streams.All)
            await owned.Letters.Drained;
        await _questions.CompleteAsync();
        foreach (var partition in _partitions)
            await partition.DisposeAsync();
        await _outputs.CompleteAsync();
        _questions.Dispose();
    }

    // Truncated to microseconds, as the log and the database store times, so that a replay has the same ones.
    private DateTimeOffset Now()
    {
        var now = _time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    // Posts a chunk once it is on disk.
    private async ValueTask<Offered> LogAndPostAsync(
        OwnedStream<TState, TEvent, TOutput> owned, SampleChunk chunk, StreamLetter<TEvent> letter, bool isLarge)
    {
        if (_log is null)
        {
            owned.Letters.Post(letter, isLarge);
            Counts.CountTaken();
            return Offered.Taken;
        }

        if (await _log.TryAppendAsync(owned.Name, letter.At, chunk, offset => owned.Letters.Post(letter with { Offset = offset }, isLarge)))
        {
            Counts.CountTaken();
            return Offered.Taken;
        }

        // The stream goes on being monitored; the sender gets no acknowledgement, and has to send the chunk again.
        owned.Letters.Post(letter, isLarge);
        Counts.CountUnlogged();
        return Offered.Unlogged;
    }

    // A device sends a second or a few at a time.
    private static bool IsLarge(SampleChunk chunk) => chunk.Duration > LargeChunk;

    private OwnedStream<TState, TEvent, TOutput> Own(string stream, TState state, long offset = 0) =>
        new(stream, state, Partition.OwnerOf(stream, _partitions), _options.QueueLength, _turns, _budget) { Offset = offset };

    private void Report(string? stream, Exception exception)
    {
        Counts.CountFault();
        _faults.OnNext(new LiveFault(stream, exception));
    }
}
