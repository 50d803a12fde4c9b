using System.Collections.Concurrent;
using System.Reactive.Linq;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// The outputs of all streams on their way to the subscriber. The queue is bounded and handed over in batches: a subscriber that is slow
/// (a database, say) makes the partitions wait, and they in turn the network edges, so that memory stays flat.
/// </summary>
/// <param name="report">Is called with an exception of the subscriber, which receives nothing more; the streams go on.</param>
internal sealed class OutputQueue<TState, TOutput>(Action<Exception> report)
    where TState : class
    where TOutput : class
{
    private const int Capacity = 4096;
    private const int MaxBatch = 512;

    private readonly BlockingCollection<StreamOutputs<TState, TOutput>> _waiting = new(Capacity);
    private volatile TaskCompletionSource? _published;

    /// <summary>The outputs in batches of at most 512. It is cold and to be subscribed to once; it completes after <see cref="CompleteAsync"/>.</summary>
    public IObservable<IReadOnlyList<StreamOutputs<TState, TOutput>>> Batches =>
        Observable.Create<IReadOnlyList<StreamOutputs<TState, TOutput>>>(observer =>
        {
            var published = _published = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Publish(observer, published)) { IsBackground = true, Name = "Mina outputs" }.Start();
            return () => { };
        });

    /// <summary>Adds an output, and waits while the queue is full.</summary>
    public void Add(StreamOutputs<TState, TOutput> outputs) => _waiting.Add(outputs);

    /// <summary>Accepts no more outputs, and waits until the subscriber, if there is one, has received all of them.</summary>
    public async Task CompleteAsync()
    {
        _waiting.CompleteAdding();
        if (_published is { } published)
            await published.Task.ConfigureAwait(false);
    }

    private void Publish(IObserver<IReadOnlyList<StreamOutputs<TState, TOutput>>> observer, TaskCompletionSource published)
    {
        while (_waiting.TryTake(out var first, Timeout.Infinite))
        {
            var batch = new List<StreamOutputs<TState, TOutput>> { first };
            while (batch.Count < MaxBatch && _waiting.TryTake(out var next))
                batch.Add(next);
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
