using System.Collections.Concurrent;
using System.Reactive.Concurrency;

namespace Mina.Streaming.Live.Partitions;

/// <summary>A piece of work that a partition does in its turn.</summary>
internal interface IPartitionWork
{
    /// <summary>Does the work.</summary>
    /// <param name="tools">The partition's own.</param>
    void Run(CutterTools tools);
}

/// <summary>
/// The owner of some of the streams. It does their work one piece after the other, so that no stream's state needs a lock. Partitions
/// share nothing.
/// </summary>
/// <remarks>
/// Work of streams for which nothing waited comes before that of streams for which more waits, which take turns: a stream that sends in
/// real time is not felt to have neighbours that send all they can (as in FQ-CoDel, RFC 8290, section 4.2). So that those are served too,
/// however many others there are, one of them has its turn after each <see cref="MaxFreshTurns"/> turns of others.
/// </remarks>
internal sealed class Partition : IAsyncDisposable
{
    /// <summary>Turns of streams for which nothing waited, at most, before one of the others has its turn.</summary>
    public const int MaxFreshTurns = 32;

    // Bounded by the mailboxes, each of which is in one of them at most once, and by the classifier stage, whose windows have one answer each.
    private readonly ConcurrentQueue<IPartitionWork> _fresh = new();
    private readonly ConcurrentQueue<IPartitionWork> _waiting = new();

    private readonly Action<Exception> _report;
    private readonly ScheduledWork _turns;
    private readonly CutterTools _tools;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closed;
    private int _freshTurns;

    // A thread of its own: in the thread pool, which the edges share, every step would wait behind the messages of a flood.
    private Partition(CutterOptions options, IScheduler thread, int room, Action<Exception> report)
    {
        (_report, _tools, Room) = (report, new CutterTools(options), new SemaphoreSlim(room));
        _turns = new ScheduledWork(thread, TakeTurn);
    }

    /// <summary>Creates the partitions.</summary>
    /// <param name="options">How streams are cut into windows.</param>
    /// <param name="threads">How many there are, and what they run on.</param>
    /// <param name="room">Windows of streams that send much which may wait for the classifier, of each partition.</param>
    /// <param name="report">Is called when a piece of work fails; the next is done all the same.</param>
    public static Partition[] Create(CutterOptions options, ShellThreads threads, int room, Action<Exception> report) =>
        [.. Enumerable.Range(0, threads.Partitions).Select(number => new Partition(options, threads.Thread($"Mina streams {number}"), room, report))];

    /// <summary>
    /// The room for windows of streams that send much. While there is none, their turns wait, so that the partition itself never waits for
    /// the classifier.
    /// </summary>
    public SemaphoreSlim Room { get; }

    /// <summary>Gives back room for a window.</summary>
    public void ReleaseRoom()
    {
        Room.Release();
        _turns.Schedule();
    }

    /// <summary>The partition that owns a stream, which is always the same one.</summary>
    public static Partition OwnerOf(string stream, Partition[] partitions) => partitions[StableHash.Compute(stream) % (uint)partitions.Length];

    /// <summary>Adds a piece of work of a stream for which nothing waited; after <see cref="DisposeAsync"/> it is ignored.</summary>
    public void Post(IPartitionWork work)
    {
        _fresh.Enqueue(work);
        _turns.Schedule();
    }

    /// <summary>Adds a piece of work of a stream that has had its turn, or makes much work.</summary>
    public void PostAgain(IPartitionWork work)
    {
        _waiting.Enqueue(work);
        _turns.Schedule();
    }

    /// <summary>Does the work that is waiting, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        _turns.Schedule();
        await _ended.Task;
        _turns.Dispose();
        Room.Dispose();
    }

    private void TakeTurn()
    {
        var closed = _closed;
        if (Next() is not { } work)
        {
            if (closed)
                _ended.TrySetResult();
            return;
        }

        try
        {
            work.Run(_tools);
        }
        catch (Exception e)
        {
            _report(e);
        }

        _turns.Schedule();
    }

    private IPartitionWork? Next()
    {
        if (_freshTurns < MaxFreshTurns && _fresh.TryDequeue(out var work))
        {
            _freshTurns++;
            return work;
        }

        _freshTurns = 0;
        return (Room.CurrentCount > 0 && _waiting.TryDequeue(out work)) || _fresh.TryDequeue(out work) ? work : null;
    }
}
