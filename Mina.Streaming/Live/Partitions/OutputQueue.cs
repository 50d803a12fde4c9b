using System.Reactive.Linq;
using System.Threading.Channels;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// The outputs of all streams on their way to the subscriber. The queue is bounded and handed over in batches: a subscriber that is slow
/// (a database, say) makes the partitions wait, and they in turn the network edges, so that memory stays flat.
/// </summary>
/// <param name="threads">What the hand-over runs on.</param>
/// <param name="report">Is called with an exception of the subscriber, which receives nothing more; the streams go on.</param>
internal sealed class OutputQueue<TState, TOutput>(ShellThreads threads, Action<Exception> report)
    where TState : class
    where TOutput : class
{
    private const int Capacity = 4096;
    private const int MaxBatch = 512;

    private readonly Channel<StreamOutputs<TState, TOutput>> _waiting =
        Channel.CreateBounded<StreamOutputs<TState, TOutput>>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private volatile TaskCompletionSource? _published;

    /// <summary>The outputs in batches of at most 512. It is cold and to be subscribed to once; it completes after <see cref="CompleteAsync"/>.</summary>
    public IObservable<IReadOnlyList<StreamOutputs<TState, TOutput>>> Batches =>
        Observable.Create<IReadOnlyList<StreamOutputs<TState, TOutput>>>(observer =>
        {
            var published = _published = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = threads.Start(() => PublishAsync(observer, published));
            return () => { };
        });

    /// <summary>Adds an output, and waits while the queue is full.</summary>
    public ValueTask AddAsync(StreamOutputs<TState, TOutput> outputs) => _waiting.Writer.WriteAsync(outputs);

    /// <summary>Accepts no more outputs, and waits until the subscriber, if there is one, has received all of them.</summary>
    public async Task CompleteAsync()
    {
        _waiting.Writer.Complete();
        if (_published is { } published)
            await published.Task;
    }

    private async Task PublishAsync(IObserver<IReadOnlyList<StreamOutputs<TState, TOutput>>> observer, TaskCompletionSource published)
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var batch = new List<StreamOutputs<TState, TOutput>>();
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var outputs))
                batch.Add(outputs);
            try
            {
                observer.OnNext(batch);
            }
            catch (Exception e)
            {
                // Rx detaches a subscriber that throws. The queue is still emptied, so that the streams go on.
                report(e);
            }
        }

        observer.OnCompleted();
        published.SetResult();
    }
}
