using System.Collections.Concurrent;

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
internal sealed class Partition : IDisposable
{
    /// <summary>Turns of streams for which nothing waited, at most, before one of the others has its turn.</summary>
    public const int MaxFreshTurns = 32;

    // Bounded by the mailboxes, each of which is in one of them at most once, and by the classifier stage, whose windows have one answer each.
    private readonly ConcurrentQueue<IPartitionWork> _fresh = new();
    private readonly ConcurrentQueue<IPartitionWork> _waiting = new();

    private readonly AutoResetEvent _changed = new(false);
    private readonly Action<Exception> _report;
    private readonly Thread _thread;
    private volatile bool _closed;

    // A thread of its own: in the thread pool, which the edges share, every step would wait behind the messages of a flood.
    private Partition(CutterOptions options, int number, int room, Action<Exception> report)
    {
        (_report, Room) = (report, new SemaphoreSlim(room));
        _thread = new Thread(() => Run(new CutterTools(options))) { IsBackground = true, Name = $"Mina streams {number}" };
        _thread.Start();
    }

    /// <summary>Creates as many partitions as there are processors.</summary>
    /// <param name="options">How streams are cut into windows.</param>
    /// <param name="room">Windows of streams that send much which may wait for the classifier, of each partition.</param>
    /// <param name="report">Is called when a piece of work fails; the next is done all the same.</param>
    public static Partition[] Create(CutterOptions options, int room, Action<Exception> report) =>
        [.. Enumerable.Range(0, Environment.ProcessorCount).Select(number => new Partition(options, number, room, report))];

    /// <summary>
    /// The room for windows of streams that send much. While there is none, their turns wait, so that the partition itself never waits for
    /// the classifier.
    /// </summary>
    public SemaphoreSlim Room { get; }

    /// <summary>Gives back room for a window.</summary>
    public void ReleaseRoom()
    {
        Room.Release();
        _changed.Set();
    }

    /// <summary>The partition that owns a stream, which is always the same one.</summary>
    public static Partition OwnerOf(string stream, Partition[] partitions)
    {
        // FNV-1a is the same on every machine and in every run, so that a failure can be reproduced.
        var hash = 2166136261u;
        foreach (var c in stream)
            hash = (hash ^ c) * 16777619u;
        return partitions[hash % (uint)partitions.Length];
    }

    /// <summary>Adds a piece of work of a stream for which nothing waited; after <see cref="Dispose"/> it is ignored.</summary>
    public void Post(IPartitionWork work)
    {
        _fresh.Enqueue(work);
        _changed.Set();
    }

    /// <summary>Adds a piece of work of a stream that has had its turn, or makes much work.</summary>
    public void PostAgain(IPartitionWork work)
    {
        _waiting.Enqueue(work);
        _changed.Set();
    }

    /// <summary>Does the work that is waiting, and ends.</summary>
    public void Dispose()
    {
        _closed = true;
        _changed.Set();
        _thread.Join();
        _changed.Dispose();
        Room.Dispose();
    }

    private void Run(CutterTools tools)
    {
        var freshTurns = 0;
        while (true)
        {
            var closed = _closed;
            if (Next(ref freshTurns) is not { } work)
            {
                if (closed)
                    return;
                _changed.WaitOne();
                continue;
            }

            try
            {
                work.Run(tools);
            }
            catch (Exception e)
            {
                _report(e);
            }
        }
    }

    private IPartitionWork? Next(ref int freshTurns)
    {
        if (freshTurns < MaxFreshTurns && _fresh.TryDequeue(out var work))
        {
            freshTurns++;
            return work;
        }

        freshTurns = 0;
        return (Room.CurrentCount > 0 && _waiting.TryDequeue(out work)) || _fresh.TryDequeue(out work) ? work : null;
    }
}
