using System.Reactive.Linq;

namespace Mina.Streaming.Ingest;

/// <summary>A parallel map over a sequence that keeps its order and works on a bounded number of elements at once.</summary>
public static class SelectOrderedOperator
{
    /// <summary>
    /// Maps a sequence on several threads and yields the results in the sequence's order. It is cold: each subscription pulls the sequence from
    /// its start. Rx has no back pressure, so the operator brings its own: an element is pulled only when fewer than <paramref name="inFlight"/>
    /// elements are in flight, that is, pulled with their OnNext not yet returned. A slow observer thus holds up the source, and memory stays flat.
    /// </summary>
    /// <param name="source">The sequence; one thread at a time pulls it.</param>
    /// <param name="state">Creates a thread's own state, such as scratch buffers; it is called once a thread.</param>
    /// <param name="selector">Maps an element; <paramref name="threads"/> threads call it at once.</param>
    /// <param name="threads">The number of threads, &gt; 0.</param>
    /// <param name="inFlight">The largest number of elements in flight, at least <paramref name="threads"/>.</param>
    /// <remarks>
    /// Notifications come from the subscription's own thread. An exception of the source or the selector becomes OnError in the place of its
    /// element. The last notification comes when all threads have ended and the source is disposed. Disposing the subscription stops the pulling
    /// and the notifications; it does not wait for the threads.
    /// </remarks>
    public static IObservable<TResult> SelectOrdered<TSource, TState, TResult>(
        this IEnumerable<TSource> source, Func<TState> state, Func<TState, TSource, TResult> selector, int threads, int inFlight)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        ArgumentOutOfRangeException.ThrowIfLessThan(inFlight, threads);
        return Observable.Create<TResult>(observer =>
        {
            var run = new OrderedRun<TSource, TState, TResult>(source, state, selector, observer, threads, inFlight);
            run.Start();
            return run;
        });
    }
}
