using System.Collections.Concurrent;
using System.Reactive.Concurrency;
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
    private const int MaxBatch = 512;

    private readonly ConcurrentQueue<StreamOutputs<TState, TOutput>> _waiting = new();
    private readonly SemaphoreSlim _room = new(Capacity);
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IObserver<IReadOnlyList<StreamOutputs<TState, TOutput>>>? _observer;
    private volatile bool _completed;
    private IScheduler? _thread;
    private int _isScheduled;

    /// <summary>The outputs in batches of at most 512. It is cold and to be subscribed to once; it completes after <see cref="CompleteAsync"/>.</summary>
    public IObservable<IReadOnlyList<StreamOutputs<TState, TOutput>>> Batches =>
        Observable.Create<IReadOnlyList<StreamOutputs<TState, TOutput>>>(observer =>
        {
            _thread = threads.Thread("Mina outputs");
            _observer = observer;
            Schedule();
            return () => { };
        });

    /// <summary>Adds an output, and waits while the queue is full.</summary>
    public void Add(StreamOutputs<TState, TOutput> outputs)
    {
        _room.Wait();
        _waiting.Enqueue(outputs);
        Schedule();
    }

    /// <summary>Accepts no more outputs, and waits until the subscriber, if there is one, has received all of them.</summary>
    public async Task CompleteAsync()
    {
        _completed = true;
        if (_observer is null)
            return;
        Schedule();
        await _published.Task;
        (_thread as IDisposable)?.Dispose();
    }

    private void Schedule()
    {
        if (_observer is not null && Interlocked.Exchange(ref _isScheduled, 1) == 0)
            _thread!.Schedule(Publish);
    }

    private void Publish()
    {
        // From here on whatever is added schedules the next batch.
        Interlocked.Exchange(ref _isScheduled, 0);
        var (observer, completed) = (_observer!, _completed);
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

        Schedule();
    }
}
