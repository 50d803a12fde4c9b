using System.Reactive.Concurrency;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// Work that runs on a thread of its own whenever it was asked for since its last run began. However often it is asked for before that, it
/// runs once. It is disposed of with its thread.
/// </summary>
/// <param name="thread">The thread, which does one thing after the other.</param>
/// <param name="work">What is done; it must not throw.</param>
internal sealed class ScheduledWork(IScheduler thread, Action work) : IDisposable
{
    private int _isScheduled;

    /// <summary>Asks for a run. Any thread.</summary>
    public void Schedule()
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0)
            thread.Schedule(Run);
    }

    /// <inheritdoc/>
    public void Dispose() => (thread as IDisposable)?.Dispose();

    private void Run()
    {
        // From here on whatever is added asks for the next run.
        Interlocked.Exchange(ref _isScheduled, 0);
        work();
    }
}
