using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>What became of a chunk that was offered.</summary>
public enum Offered
{
    /// <summary>It is in its stream's queue.</summary>
    Taken,

    /// <summary>There was no room in time: it is lost, and a gap.</summary>
    Dropped,

    /// <summary>There are as many streams as may be.</summary>
    TooManyStreams,

    /// <summary>The pipeline is ending.</summary>
    Closed,

    /// <summary>It does not keep to <see cref="ChunkLimits"/>.</summary>
    Invalid,
}

/// <summary>Something that failed without ending the pipeline.</summary>
/// <param name="Stream">The stream that it happened to, which begins again; null: a batch of several streams, or the recorder.</param>
/// <param name="Exception">What happened.</param>
public sealed record LiveFault(string? Stream, Exception Exception);

/// <summary>
/// Chunks of any number of streams to verdicts. Each stream has a bounded queue and is cut into windows on its own; the windows of
/// all streams share batches for the classifier, waiting for each other no longer than <see cref="LiveOptions.BatchWait"/>.
/// </summary>
/// <remarks>
/// The classifier runs while a batch is handed over, so that those who bring windows wait, their queues fill, and the network edges
/// wait in turn: nothing grows.
/// </remarks>
public sealed class LivePipeline : IAsyncDisposable
{
    private readonly LiveOptions _options;
    private readonly Func<SegmentBatch, float[]> _classifier;
    private readonly TimeProvider _time;
    private readonly IScheduler _scheduler;
    private readonly Func<string, (DateTimeOffset Origin, double? LastStart)?> _known;
    private readonly ConcurrentDictionary<string, LiveQueue> _queues = new(StringComparer.Ordinal);
    private readonly Subject<IObservable<LiveWindow>> _streams = new();
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);
    private readonly SegmentPool _pool = new();
    private readonly PreprocessorPool _preprocessors;
    private readonly SegmentBatch _batch;
    private readonly Lock _adding = new();
    private readonly ISubject<LiveFault> _faults = Subject.Synchronize(new Subject<LiveFault>());
    private volatile bool _closed;

    /// <summary>A pipeline that nothing comes through yet.</summary>
    /// <param name="options">How streams are classified.</param>
    /// <param name="classifier">Probability of AF of each segment of a batch; one batch at a time.</param>
    /// <param name="time">The clock of arrivals.</param>
    /// <param name="scheduler">The clock of batches.</param>
    /// <param name="known">What a stream's seconds count from and its last window's start, from a run before; null: the stream is new.</param>
    public LivePipeline(LiveOptions options, Func<SegmentBatch, float[]> classifier, TimeProvider time, IScheduler scheduler, Func<string, (DateTimeOffset Origin, double? LastStart)?>? known = null)
    {
        _options = options;
        _classifier = classifier;
        _time = time;
        _scheduler = scheduler;
        _known = known ?? (_ => null);
        _batch = new SegmentBatch(options.BatchSize);
        _preprocessors = new PreprocessorPool(options.Settings);
    }

    /// <summary>What was counted.</summary>
    public LiveCounts Counts { get; } = new();

    /// <summary>What failed, as it happens: a stream's fault ends that stream's session and nothing else.</summary>
    public IObservable<LiveFault> Faults => _faults;

    /// <summary>The streams that chunks have come of.</summary>
    public IEnumerable<LiveStream> Streams => _queues.Values.Select(queue => queue.Stream);

    /// <summary>Chunks that wait, over all streams.</summary>
    public int Waiting => _queues.Values.Sum(queue => queue.Count);

    /// <summary>
    /// The verdicts, batch by batch: of each stream in order of time. Subscribe once, before the first chunk. Completes when the
    /// pipeline was closed and all queues are drained.
    /// </summary>
    /// <param name="record">Told of each batch's windows with their segments, before they are classified; null: nobody.</param>
    public IObservable<IReadOnlyList<LiveVerdict>> Verdicts(Action<IReadOnlyList<LiveWindow>>? record = null) => _streams
        .Merge()
        .Buffer(_options.BatchWait, _options.BatchSize, _scheduler)
        .Where(windows => windows.Count > 0)
        .Do(windows => Record(record, (IReadOnlyList<LiveWindow>)windows))
        .Select(Classify);

    /// <summary>The stream of that name; null when nothing has come of it.</summary>
    public LiveStream? Find(string stream) => _queues.GetValueOrDefault(stream)?.Stream;

    /// <summary>Offers a chunk; waits for room in the stream's queue, but not for ever.</summary>
    /// <param name="stream">A valid <see cref="StreamName"/>.</param>
    /// <param name="chunk">As it came.</param>
    /// <param name="cancel">Gives up waiting; the chunk counts as dropped.</param>
    public async ValueTask<Offered> OfferAsync(string stream, SampleChunk chunk, CancellationToken cancel = default)
    {
        var arrived = _time.GetTimestamp();
        if (ChunkLimits.FaultOf(chunk) is not null)
        {
            Counts.FoundInvalid();
            return Offered.Invalid;
        }

        if (QueueOf(stream) is not { } queue)
            return _closed ? Offered.Closed : Offered.TooManyStreams;
        if (!queue.TryAdd(chunk, arrived))
        {
            if (_closed)
                return Offered.Closed;
            if (!await queue.AddAsync(chunk, arrived, _options.Patience, _time, cancel).ConfigureAwait(false))
            {
                Counts.Dropping();
                return Offered.Dropped;
            }
        }

        Counts.Took();
        return Offered.Taken;
    }

    /// <summary>Settles the streams of which nothing has come for a while: what waits for missing chunks waits no longer.</summary>
    public void FlushIdle(TimeSpan idle)
    {
        foreach (var queue in _queues.Values)
        {
            if (_time.GetElapsedTime(queue.Stream.LastArrival) >= idle)
                queue.TryFlush();
        }
    }

    /// <summary>Lets go of the streams of which nothing has come for long; one that comes back is as after a restart.</summary>
    public void Forget(TimeSpan idle)
    {
        foreach (var (name, queue) in _queues)
        {
            if (_time.GetElapsedTime(queue.Stream.LastArrival) >= idle && queue.Count == 0 && _queues.TryRemove(name, out _))
                queue.Complete();
        }
    }

    /// <summary>Takes no more chunks and waits until all queues are drained and <see cref="Verdicts"/> has completed.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_adding)
        {
            if (_closed)
                return;
            _closed = true;
        }

        foreach (var queue in _queues.Values)
            queue.Complete();
        await Task.WhenAll(_queues.Values.Select(queue => queue.Drained)).ConfigureAwait(false);
        _streams.OnCompleted();
        _turns.Dispose();
    }

    private LiveQueue? QueueOf(string stream)
    {
        if (_queues.TryGetValue(stream, out var found))
            return found;
        lock (_adding)
        {
            if (_closed)
                return null;
            if (_queues.TryGetValue(stream, out found))
                return found;
            if (_queues.Count >= _options.MostStreams)
            {
                Counts.Refusing();
                return null;
            }

            var known = _known(stream);
            var queue = new LiveQueue(new LiveStream(stream, _options, _time, _pool, known?.Origin, known?.LastStart, _preprocessors), _options.QueueLength, _turns, Report);
            _queues[stream] = queue;
            _streams.OnNext(queue.Windows);
            return queue;
        }
    }

    private void Report(string? stream, Exception exception)
    {
        Counts.Failed();
        _faults.OnNext(new LiveFault(stream, exception));
    }

    // A side output never stops the main one.
    private void Record(Action<IReadOnlyList<LiveWindow>>? record, IReadOnlyList<LiveWindow> windows)
    {
        try
        {
            record?.Invoke(windows);
        }
        catch (Exception e)
        {
            Report(null, e);
        }
    }

    // One batch at a time: Buffer hands over under its lock.
    private IReadOnlyList<LiveVerdict> Classify(IList<LiveWindow> windows)
    {
        _batch.Count = windows.Count(window => window.Rows is not null);
        var row = 0;
        foreach (var window in windows)
        {
            if (window.Rows is not { } rows)
                continue;
            _batch.RecordingId[row] = window.Stream;
            _batch.Start[row] = rows.Start[0];
            _batch.Class[row] = -1;
            _batch.Set(row++, rows, 0);
            _pool.Return(rows);
        }

        float[] probabilities = [];
        try
        {
            if (_batch.Count > 0)
                probabilities = _classifier(_batch);
        }
        catch (Exception e)
        {
            Report(null, e);
        }

        row = 0;
        return [.. windows.Select(window => window.Rows is null ? new LiveVerdict(window, null) : Verdict(window, row < probabilities.Length ? probabilities[row++] : float.NaN))];
    }

    // A classifier that fails, or says something that is no probability, has said nothing: never that there is no AF.
    private static LiveVerdict Verdict(LiveWindow window, float probability) => probability is >= 0 and <= 1
        ? new LiveVerdict(window with { Rows = null }, probability)
        : new LiveVerdict(window with { Rows = null, Fault = WindowFault.NoAnswer }, null);
}
