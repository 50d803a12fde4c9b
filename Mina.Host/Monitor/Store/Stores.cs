using Mina.Host.Monitor.Store.Memory;
using Mina.Host.Monitor.Store.Sqlite;
using Mina.Streaming.Log;

namespace Mina.Host.Monitor.Store;

/// <summary>The stores that the setting <c>Store</c> chooses from: a line for each.</summary>
internal static class Stores
{
    private static readonly Dictionary<string, Func<MonitorOptions, TimeProvider, IMonitorStore>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sqlite"] = (options, time) => new SqliteStore(RealPath(options.Database), time),
        ["memory"] = (_, _) => new MemoryStore(),
    };

    /// <summary>Names, for messages.</summary>
    public static string Names => string.Join(", ", Known.Keys);

    /// <summary>Whether there is one of that name.</summary>
    public static bool IsKnown(string name) => Known.ContainsKey(name);

    /// <summary>Makes the log of chunks that goes with the store; it is not open yet. Null: the settings say that nothing is kept on disk.</summary>
    public static IChunkLog? CreateLog(MonitorOptions options)
    {
        if (string.Equals(options.Store, "memory", StringComparison.OrdinalIgnoreCase))
            return null;
        var database = Path.GetFullPath(options.Database);
        var folder = options.LogFolder is { } named ? Path.GetFullPath(named) : Path.GetDirectoryName(database)!;
        return new SqliteChunkLog(
            Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(database)}.chunks"), new ChunkLogOptions { CommitInterval = options.CommitInterval });
    }

    // One monitor at a time uses a database, by whatever link it names it.
    private static string RealPath(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return File.Exists(full) && File.ResolveLinkTarget(full, returnFinalTarget: true) is { } target ? target.FullName : full;
        }
        catch (IOException)
        {
            return full; // Links lead round in a circle; opening it says so.
        }
    }

    /// <summary>Makes the store that the settings name; it is not open yet.</summary>
    public static IMonitorStore Create(MonitorOptions options, TimeProvider time) => Known[options.Store](options, time);
}
