using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Store.Memory;

namespace Mina.Host.Tests.Monitor.Store;

/// <summary>The store in memory.</summary>
public sealed class MemoryStoreTests : StoreContract
{
    private protected override IMonitorStore Create() => new MemoryStore();
}
