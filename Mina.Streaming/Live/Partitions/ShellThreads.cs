using System.Reactive.Concurrency;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// The threads that a <see cref="StreamShell{TState, TEvent, TOutput}"/> runs on, and the clock of its batches. A simulation passes its
/// own, and then everything runs on its one thread, in an order that it chooses.
/// </summary>
/// <remarks>
/// No await in the shell, or in what the monitor runs beside it, leaves the synchronization context that it was started in. In a process
/// that serves devices there is none, and the thread pool takes the work up.
/// </remarks>
public sealed record ShellThreads
{
    /// <summary>The threads of a process that serves devices: a partition for each processor, and a thread each for classifying and for what follows.</summary>
    public static ShellThreads Default { get; } = new();

    /// <summary>How many partitions share the streams.</summary>
    public int Partitions { get; init; } = Environment.ProcessorCount;

    /// <summary>The clock that says when a batch has waited long enough.</summary>
    public IScheduler Clock { get; init; } = Scheduler.Default;

    /// <summary>Makes a thread, by its name, that takes one piece of work after the other; it is disposed of when it is a disposable.</summary>
    public Func<string, IScheduler> Thread { get; init; } =
        name => new EventLoopScheduler(start => new Thread(start) { IsBackground = true, Name = name });
}
