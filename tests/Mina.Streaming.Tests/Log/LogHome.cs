using Mina.Streaming.Log;

namespace Mina.Streaming.Tests.Log;

/// <summary>Where a test's log lies: it can be opened, closed and opened again.</summary>
internal sealed class LogHome(string kind) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryChunkLog _memory = new();
    private IChunkLog? _log;

    /// <summary>Every kind of log, as xunit's theory data.</summary>
    public static TheoryKinds Kinds => [];

    /// <summary>The log that is open.</summary>
    public IChunkLog Log => _log ?? throw new InvalidOperationException("open the log first");

    /// <summary>Closes what is open and opens the log (again).</summary>
    public async Task<LogContent> OpenAsync()
    {
        if (_log is not null)
            await _log.DisposeAsync();
        _log = kind switch
        {
            "memory" => _memory,
            "sqlite" => new SqliteChunkLog(_folder["log.db"]),
            "faulty" => new FaultyChunkLog(_memory),
            _ => throw new ArgumentException(kind),
        };
        return await _log.OpenAsync();
    }

    /// <summary>All that is replayed.</summary>
    public Task<List<LoggedChunk>> ReplayAsync() => Log.ReplayedAsync();

    public async ValueTask DisposeAsync()
    {
        if (_log is not null)
            await _log.DisposeAsync();
        _folder.Dispose();
    }

    public sealed class TheoryKinds : Xunit.TheoryData<string>
    {
        public TheoryKinds()
        {
            Add("sqlite");
            Add("memory");
            Add("faulty");
        }
    }
}
