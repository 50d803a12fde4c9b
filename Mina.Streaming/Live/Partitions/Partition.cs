using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Mina.Streaming.Live.Partitions;

/// <summary>A piece of work that a partition does in its turn.</summary>
internal interface IPartitionWork
{
    /// <summary>Does the work.</summary>
    /// <param name="tools">The partition's own.</param>
    ValueTask RunAsync(CutterTools tools);
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

    // A token for each piece of work in either queue.
    private readonly Channel<bool> _tokens = Channel.CreateUnbounded<bool>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<Exception> _report;
    private readonly Task _running;

    private Partition(CutterOptions options, Action<Exception> report)
    {
        _report = report;
        _running = Task.Run(() => RunAsync(new CutterTools(options)));
    }

    /// <summary>Creates as many partitions as there are processors.</summary>
    /// <param name="options">How streams are cut into windows.</param>
    /// <param name="report">Is called when a piece of work fails; the next is done all the same.</param>
    public static Partition[] Create(CutterOptions options, Action<Exception> report) =>
        [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Partition(options, report))];

    /// <summary>The partition that owns a stream, which is always the same one.</summary>
    public static Partition OwnerOf(string stream, Partition[] partitions)
    {
        // FNV-1a is the same on every machine and in every run, so that a failure can be reproduced.
        var hash = 2166136261u;
        foreach (var c in stream)
            hash = (hash ^ c) * 16777619u;
        return partitions[hash % (uint)partitions.Length];
    }

    /// <summary>Adds a piece of work of a stream for which nothing waited; after <see cref="DisposeAsync"/> it is ignored.</summary>
    public void Post(IPartitionWork work)
    {
        _fresh.Enqueue(work);
        _tokens.Writer.TryWrite(true);
    }

    /// <summary>Adds a piece of work of a stream that has had its turn, or makes much work.</summary>
    public void PostAgain(IPartitionWork work)
    {
        _waiting.Enqueue(work);
        _tokens.Writer.TryWrite(true);
    }

    /// <summary>Does the work that is waiting, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _tokens.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync(CutterTools tools)
    {
        var freshTurns = 0;
        await foreach (var _ in _tokens.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            IPartitionWork? work;
            if (freshTurns < MaxFreshTurns && _fresh.TryDequeue(out work))
                freshTurns++;
            else if (_waiting.TryDequeue(out work))
                freshTurns = 0;
            else if (_fresh.TryDequeue(out work))
                freshTurns = 0;
            else
                continue;
            try
            {
                await work.RunAsync(tools).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _report(e);
            }
        }
    }
}
