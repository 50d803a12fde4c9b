using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Store.Memory;
using Mina.Host.Monitor.Store.Sqlite;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>What a simulated store holds, and what of it outlives a kill.</summary>
internal interface IStoredContent : IAsyncDisposable
{
    /// <summary>For whoever looks at it from outside.</summary>
    IMonitorStore Content { get; }

    /// <summary>The store for a process that opens it; the process has not opened it yet.</summary>
    IMonitorStore Begin();

    /// <summary>The processes that have it open are gone; what they had on disk at this instant stays.</summary>
    void Crash(Random random);
}

/// <summary>Content in memory.</summary>
internal sealed class ContentInMemory : IStoredContent
{
    public IMonitorStore Content { get; } = new MemoryStore();

    public IMonitorStore Begin() => Content;

    public void Crash(Random random)
    {
    }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>
/// Content in SQLite files. A kill leaves the database and its write-ahead file as they are at that instant, which is what the next process
/// finds, with the beginning of a write that was never finished behind it. Calls are waited for on the simulation's thread, so that nothing
/// happens beside it.
/// </summary>
internal sealed class ContentInFiles(string folder, TimeProvider time) : IStoredContent
{
    private const int MaxTornBytes = 9000;

    private readonly List<SqliteStore> _open = [];
    private SqliteStore? _reader;
    private int _number;

    /// <inheritdoc/>
    public IMonitorStore Content => _reader ??= Create();

    /// <summary>Bytes on disk.</summary>
    public long Bytes => Directory.GetFiles(folder, $"{_number}.db*").Sum(file => new FileInfo(file).Length);

    private string File => Path.Combine(folder, $"{_number}.db");

    /// <inheritdoc/>
    public IMonitorStore Begin()
    {
        var store = new SqliteStore(File, time);
        _open.Add(store);
        return store;
    }

    /// <inheritdoc/>
    public void Crash(Random random)
    {
        _ = Content;
        var before = File;
        _number++;
        CopyTorn(before, File, random);
        CloseAll();
        foreach (var file in Directory.GetFiles(folder, Path.GetFileName(before) + "*"))
            System.IO.File.Delete(file);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        CloseAll();
        return ValueTask.CompletedTask;
    }

    /// <summary>Copies a database that is open as a kill would leave it.</summary>
    public static void CopyTorn(string from, string to, Random random)
    {
        System.IO.File.Copy(from, to);
        if (!System.IO.File.Exists(from + "-wal"))
            return;
        System.IO.File.Copy(from + "-wal", to + "-wal");
        var torn = new byte[random.Next(MaxTornBytes)];
        random.NextBytes(torn);
        using var wal = new FileStream(to + "-wal", FileMode.Append);
        // A write-ahead file that is used again has older pages where the torn write would be.
        if (random.Next(2) == 0)
            wal.Write(torn);
    }

    private void CloseAll()
    {
        _reader = null;
        foreach (var store in _open)
            store.DisposeAsync().AsTask().Wait();
        _open.Clear();
    }

    // The file may not be there before a process has opened it for the first time.
    private SqliteStore Create()
    {
        if (!System.IO.File.Exists(File))
        {
            using var made = new Owned(new SqliteStore(File, time));
            made.Store.OpenAsync().Wait();
        }

        var reader = new SqliteStore(File, time);
        _open.Add(reader);
        return reader;
    }

    private readonly record struct Owned(SqliteStore Store) : IDisposable
    {
        public void Dispose() => Store.DisposeAsync().AsTask().Wait();
    }
}
