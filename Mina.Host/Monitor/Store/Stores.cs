using Mina.Host.Monitor.Store.Memory;
using Mina.Host.Monitor.Store.Sqlite;

namespace Mina.Host.Monitor.Store;

/// <summary>The stores that the setting <c>Store</c> chooses from: a line for each.</summary>
internal static class Stores
{
    private static readonly Dictionary<string, Func<MonitorOptions, TimeProvider, IMonitorStore>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sqlite"] = (options, time) => new SqliteStore(options.Database, time),
        ["memory"] = (_, _) => new MemoryStore(),
    };

    /// <summary>Names, for messages.</summary>
    public static string Names => string.Join(", ", Known.Keys);

    /// <summary>Whether there is one of that name.</summary>
    public static bool IsKnown(string name) => Known.ContainsKey(name);

    /// <summary>Makes the store that the settings name; it is not open yet.</summary>
    public static IMonitorStore Create(MonitorOptions options, TimeProvider time) => Known[options.Store](options, time);
}
