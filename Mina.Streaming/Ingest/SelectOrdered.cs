using System.Reactive.Linq;

namespace Mina.Streaming.Ingest;

/// <summary>The parallel, ordered, bounded map.</summary>
public static class SelectOrderedOperator
{
    /// <summary>
    /// Maps a sequence on several threads and yields the results in the sequence's order. Cold: each subscription pulls
    /// the sequence from its start. Rx has no backpressure, so this brings its own: an element is pulled only when fewer than
    /// <paramref name="inFlight"/> are on their way, from being pulled until OnNext for it has returned. A slow observer
    /// thus holds up the source, and memory stays flat.
    /// </summary>
    /// <param name="source">Pulled by one thread at a time.</param>
    /// <param name="state">Makes what one thread works with (scratch buffers); called once a thread.</param>
    /// <param name="selector">Called on <paramref name="threads"/> threads at once.</param>
    /// <param name="threads">&gt; 0.</param>
    /// <param name="inFlight">At least <paramref name="threads"/>.</param>
    /// <remarks>
    /// Notifications come from a thread of the subscription's own. An exception of source or selector is an OnError in
    /// its element's place. The last notification comes when all threads have ended and the source is disposed.
    /// Disposing the subscription stops pulling and calling the observer; it does not wait.
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
