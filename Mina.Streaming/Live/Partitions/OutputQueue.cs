using System.Collections.Concurrent;
using System.Reactive.Linq;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// The outputs of all streams on their way to the subscriber. The queue is bounded and handed over in batches: a subscriber that is slow
/// (a database, say) makes the partitions wait, and they in turn the network edges, so that memory stays flat.
/// </summary>
/// <param name="threads">What the subscriber is called on.</param>
/// <param name="report">Is called with an exception of the subscriber, which receives nothing more; the streams go on.</param>
internal sealed class OutputQueue<TState, TOutput>(ShellThreads threads, Action<Exception> report)
    where TState : class
    where TOutput : class
{
    private const int Capacity = 4096;
    private const int MaxBatch = Capacity;

    private readonly ConcurrentQueue<StreamOutputs<TState, TOutput>> _waiting = new();
    private readonly SemaphoreSlim _room = new(Capacity);
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ScheduledWork? _publishing;
    private volatile bool _completed;

    /// <summary>The outputs in batches that grow with what waits. Cold, to be subscribed to once; it completes after <see cref="CompleteAsync"/>.</summary>
    public IObservable<IReadOnlyList<StreamOutputs<TState, TOutput>>> Batches =>
        Observable.Create<IReadOnlyList<StreamOutputs<TState, TOutput>>>(observer =>
        {
            _publishing = new ScheduledWork(threads.Thread("Mina outputs"), () => Publish(observer));
            _publishing.Schedule();
            return () => { };
        });

    /// <summary>Adds an output, and waits while the queue is full.</summary>
    public void Add(StreamOutputs<TState, TOutput> outputs)
    {
        _room.Wait();
        _waiting.Enqueue(outputs);
        _publishing?.Schedule();
    }

    /// <summary>Accepts no more outputs, and waits until the subscriber, if there is one, has received all of them.</summary>
    public async Task CompleteAsync()
    {
        _completed = true;
        if (_publishing is not { } publishing)
            return;
        publishing.Schedule();
        await _published.Task;
        publishing.Dispose();
    }

    private void Publish(IObserver<IReadOnlyList<StreamOutputs<TState, TOutput>>> observer)
    {
        var completed = _completed;
        var batch = new List<StreamOutputs<TState, TOutput>>();
        while (batch.Count < MaxBatch && _waiting.TryDequeue(out var next))
            batch.Add(next);
        if (batch.Count == 0)
        {
            if (completed && !_published.Task.IsCompleted)
            {
                observer.OnCompleted();
                _published.TrySetResult();
            }

            return;
        }

        _room.Release(batch.Count);
        try
        {
            observer.OnNext(batch);
        }
        catch (Exception e)
        {
            // Rx detaches a subscriber that throws. The queue is still emptied, so that the streams go on.
            report(e);
        }

        _publishing!.Schedule();
    }
}
