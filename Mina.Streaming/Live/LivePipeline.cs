using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Mina.Preprocess;
using Mina.Streaming.Live.Partitions;

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
/// Chunks of any number of streams to verdicts: a <see cref="StreamShell{TState, TEvent, TOutput}"/> whose streams are cut into windows and
/// remember nothing else.
/// </summary>
public sealed class LivePipeline : IAsyncDisposable
{
    private readonly StreamShell<LiveStream, LiveEvent, LiveOutput> _shell;
    private readonly TimeProvider _time;
    private Action<IReadOnlyList<LiveWindow>>? _record;

    /// <summary>A pipeline that nothing comes through yet.</summary>
    /// <param name="options">How streams are classified.</param>
    /// <param name="classifier">Probability of AF of each segment of a batch; one batch at a time.</param>
    /// <param name="time">The clock of arrivals.</param>
    /// <param name="scheduler">The clock of batches.</param>
    /// <param name="known">What a stream's seconds count from and its last window's start, from a run before; null: the stream is new.</param>
    public LivePipeline(
        LiveOptions options,
        Func<SegmentBatch, float[]> classifier,
        TimeProvider time,
        IScheduler scheduler,
        Func<string, (DateTimeOffset Origin, double? LastStart)?>? known = null)
    {
        _time = time;
        var fold = new LiveFold(options, time, known ?? (_ => null));
        _shell = new StreamShell<LiveStream, LiveEvent, LiveOutput>(fold, options, classifier, time, scheduler, windows => _record?.Invoke(windows));
    }

    /// <summary>What was counted.</summary>
    public LiveCounts Counts => _shell.Counts;

    /// <summary>What failed, as it happens: a stream's fault ends that stream's session and nothing else.</summary>
    public IObservable<LiveFault> Faults => _shell.Faults;

    /// <summary>The streams that chunks have come of.</summary>
    public IEnumerable<LiveStream> Streams => _shell.Streams.Select(stream => stream.Value);

    /// <summary>Chunks that wait, over all streams.</summary>
    public int Waiting => _shell.Waiting;

    /// <summary>
    /// The verdicts, batch by batch: of each stream in order of time. Subscribe once, before the first chunk. Completes when the
    /// pipeline was closed and all queues are drained.
    /// </summary>
    /// <param name="record">Told of each batch's windows with their segments, before they are classified; null: nobody.</param>
    public IObservable<IReadOnlyList<LiveVerdict>> Verdicts(Action<IReadOnlyList<LiveWindow>>? record = null)
    {
        _record = record;
        return _shell.Outputs.Select(VerdictsOf);
    }

    /// <summary>The stream of that name; null when nothing has come of it.</summary>
    public LiveStream? Find(string stream) => _shell.Find(stream);

    /// <summary>Offers a chunk; waits for room in the stream's queue, but not for ever.</summary>
    /// <param name="stream">A valid <see cref="StreamName"/>.</param>
    /// <param name="chunk">As it came.</param>
    /// <param name="cancel">Gives up waiting; the chunk counts as dropped.</param>
    public ValueTask<Offered> OfferAsync(string stream, SampleChunk chunk, CancellationToken cancel = default) => _shell.OfferAsync(stream, chunk, cancel);

    /// <summary>Settles the streams of which nothing has come for a while: what waits for missing chunks waits no longer.</summary>
    public void FlushIdle(TimeSpan idle) =>
        _shell.Tick(stream => stream.Cutter.Order.Early.Count > 0 && _time.GetElapsedTime(stream.LastArrival) >= idle);

    /// <summary>Lets go of the streams of which nothing has come for long; one that comes back is as after a restart.</summary>
    public void Forget(TimeSpan idle) => _shell.Forget(stream => _time.GetElapsedTime(stream.LastArrival) >= idle);

    /// <summary>Takes no more chunks and waits until all queues are drained and <see cref="Verdicts"/> has completed.</summary>
    public ValueTask DisposeAsync() => _shell.DisposeAsync();

    private static IReadOnlyList<LiveVerdict> VerdictsOf(IReadOnlyList<StreamOutputs<LiveStream, LiveOutput>> batch) =>
        [.. batch.SelectMany(followed => followed.Outputs.Select(output => output.ToVerdict(followed.Stream)))];
}
