using System.Reactive.Linq;

namespace Mina.Streaming.Ingest;

/// <summary>Work on several items at once, results in the order of the items.</summary>
public static class OrderedParallel
{
    /// <summary>
    /// Pulls items, works on up to <paramref name="threads"/> of them at once and hands the results on in the items' order.
    /// </summary>
    /// <remarks>
    /// Cold: every subscription enumerates the source anew, on a thread of its own. The hand-over is synchronous: while an
    /// observer is busy nothing more is pulled than <paramref name="inFlight"/> items whose results it has not taken.
    /// An exception of the source or of the work goes to OnError after the results before it; disposing the subscription
    /// stops pulling and waits for nothing.
    /// </remarks>
    /// <param name="source">Items.</param>
    /// <param name="work">On any thread, several at once.</param>
    /// <param name="threads">&gt;= 1.</param>
    /// <param name="inFlight">Items pulled and not handed on, at most; &gt;= 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public static IObservable<TResult> SelectOrdered<T, TResult>(this IEnumerable<T> source, Func<T, TResult> work, int threads, int inFlight)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inFlight);
        return Observable.Create<TResult>((observer, stop) => Task.Factory.StartNew(
            () => Pump(source, work, threads, inFlight, observer, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    private static void Pump<T, TResult>(IEnumerable<T> source, Func<T, TResult> work, int threads, int inFlight, IObserver<TResult> observer, CancellationToken stop)
    {
        // A scheduler of its own bounds the work to the threads asked for, whatever else the pool does.
        var workers = new TaskFactory(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler);
        var pending = new Queue<Task<TResult>>(inFlight);
        try
        {
            foreach (var item in source)
            {
                if (stop.IsCancellationRequested)
                    return;
                pending.Enqueue(workers.StartNew(() => work(item), CancellationToken.None));
                while (pending.Count >= inFlight)
                {
                    observer.OnNext(pending.Dequeue().GetAwaiter().GetResult());
                    if (stop.IsCancellationRequested)
                        return;
                }
            }

            while (pending.TryDequeue(out var task))
            {
                observer.OnNext(task.GetAwaiter().GetResult());
                if (stop.IsCancellationRequested)
                    return;
            }

            observer.OnCompleted();
        }
        catch (Exception e)
        {
            while (pending.TryDequeue(out var task))
                _ = task.Exception;
            observer.OnError(e);
        }
    }
}
