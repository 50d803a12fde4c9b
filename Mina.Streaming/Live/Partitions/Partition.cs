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
internal sealed class Partition : IAsyncDisposable
{
    // Bounded by the mailboxes, each of which is in it at most once, and by the classifier stage, whose windows have one answer each.
    private readonly Channel<IPartitionWork> _work = Channel.CreateUnbounded<IPartitionWork>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<Exception> _report;
    private readonly Task _running;

    private Partition(CutterOptions options, ShellThreads threads, Action<Exception> report)
    {
        _report = report;
        _running = threads.Start(() => RunAsync(new CutterTools(options)));
    }

    /// <summary>Creates the partitions.</summary>
    /// <param name="options">How streams are cut into windows.</param>
    /// <param name="threads">How many there are, and what they run on.</param>
    /// <param name="report">Is called when a piece of work fails; the next is done all the same.</param>
    public static Partition[] Create(CutterOptions options, ShellThreads threads, Action<Exception> report) =>
        [.. Enumerable.Range(0, threads.Partitions).Select(_ => new Partition(options, threads, report))];

    /// <summary>The partition that owns a stream, which is always the same one.</summary>
    public static Partition OwnerOf(string stream, Partition[] partitions)
    {
        // FNV-1a is the same on every machine and in every run, so that a failure can be reproduced.
        var hash = 2166136261u;
        foreach (var c in stream)
            hash = (hash ^ c) * 16777619u;
        return partitions[hash % (uint)partitions.Length];
    }

    /// <summary>Adds a piece of work; after <see cref="DisposeAsync"/> it is ignored.</summary>
    public void Post(IPartitionWork work) => _work.Writer.TryWrite(work);

    /// <summary>Does the work that is waiting, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync(CutterTools tools)
    {
        while (await _work.Reader.WaitToReadAsync())
        {
            while (_work.Reader.TryRead(out var work))
            {
                try
                {
                    await work.RunAsync(tools);
                }
                catch (Exception e)
                {
                    _report(e);
                }
            }
        }
    }
}
