using System.Threading.Channels;

namespace Mina.Streaming.Live.Partitions;

/// <summary>Something that a partition does in its turn.</summary>
internal interface IPartitionWork
{
    /// <summary>Does it.</summary>
    ValueTask RunAsync(CutterTools tools);
}

/// <summary>
/// The owner of some of the streams: what is done to them is done here, one thing after the other, so that nothing of a stream needs a
/// lock. Partitions know nothing of each other.
/// </summary>
internal sealed class Partition : IAsyncDisposable
{
    // Bounded by its mailboxes: each stands here at most once.
    private readonly Channel<IPartitionWork> _work = Channel.CreateUnbounded<IPartitionWork>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<Exception> _report;
    private readonly Task _running;

    private Partition(CutterOptions options, Action<Exception> report)
    {
        _report = report;
        _running = Task.Run(() => RunAsync(new CutterTools(options)));
    }

    /// <summary>As many partitions as there are processors, which wait for work.</summary>
    /// <param name="options">How their streams are cut.</param>
    /// <param name="report">Told of work that failed; the next is done all the same.</param>
    public static Partition[] Create(CutterOptions options, Action<Exception> report) =>
        [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Partition(options, report))];

    /// <summary>The partition that owns a stream: always the same one.</summary>
    public static Partition OwnerOf(string stream, Partition[] partitions)
    {
        // FNV-1a: the same on every machine and in every run, so that what goes wrong goes wrong again.
        var hash = 2166136261u;
        foreach (var c in stream)
            hash = (hash ^ c) * 16777619u;
        return partitions[hash % (uint)partitions.Length];
    }

    /// <summary>Adds work; after <see cref="DisposeAsync"/> it is not done.</summary>
    public void Post(IPartitionWork work) => _work.Writer.TryWrite(work);

    /// <summary>Does what is there and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync(CutterTools tools)
    {
        await foreach (var work in _work.Reader.ReadAllAsync().ConfigureAwait(false))
        {
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
