using Mina.Streaming.Log;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>
/// The disks of a simulated monitor, which outlive its processes: the store's and the log's. An eighth of the seeds has the real store in
/// real files, and a sixteenth the real log too.
/// </summary>
internal sealed class WardDisks : IDisposable
{
    private readonly TemporaryFolder? _folder;
    private readonly LogInFiles? _files;

    public WardDisks(World world, int seed)
    {
        _folder = seed % 8 == 3 ? new TemporaryFolder() : null;
        _files = seed % 16 == 3 ? new LogInFiles(_folder!.Path) : null;
        var clock = new WorldClock(world);
        var contents = 0;
        Store = new SimulatedDisk(world, () => _folder is null
            ? new ContentInMemory()
            : new ContentInFiles(Directory.CreateDirectory(_folder[$"store-{contents++}"]).FullName, clock));
        Recorded = new RecordedLog((IChunkLog?)_files ?? new MemoryChunkLog());
        Log = new FaultyChunkLog(Recorded) { Holds = true };
    }

    /// <summary>The store's disk.</summary>
    public SimulatedDisk Store { get; }

    /// <summary>Every chunk that was ever on disk.</summary>
    public RecordedLog Recorded { get; }

    /// <summary>The log as the monitor has it.</summary>
    public FaultyChunkLog Log { get; }

    /// <summary>Whether the log is the real one.</summary>
    public bool HasLogFile => _files is not null;

    /// <summary>The process that uses them is killed.</summary>
    /// <param name="random">Decides what is torn.</param>
    /// <param name="torn">How many chunks reached the disk without anybody being told.</param>
    public void Crash(Random random, int torn)
    {
        Log.Crash(torn);
        _files?.Crash(random);
        Store.Crash(random);
    }

    /// <summary>Packs the log.</summary>
    public void Pack() => _files?.Pack();

    public void Dispose()
    {
        _files?.DisposeAsync().AsTask().Wait();
        Store.Close();
        _folder?.Dispose();
    }
}
