using Mina.Streaming.Log;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>A log that remembers all that was ever on it, also what it has forgotten.</summary>
internal sealed class RecordedLog(IChunkLog disk) : IChunkLog
{
    private readonly List<LoggedChunk> _chunks = [];

    /// <summary>Every chunk that became durable, in order.</summary>
    public IReadOnlyList<LoggedChunk> Chunks => _chunks;

    /// <summary>Whether all that became durable is remembered.</summary>
    public bool Remembers { get; init; } = true;

    public LogFigures Figures => disk.Figures;

    public Task<LogContent> OpenAsync(CancellationToken cancel = default) => disk.OpenAsync(cancel);

    public Task<long> AppendAsync(string stream, DateTimeOffset arrived, SampleChunk chunk, Action<long>? committed = null) =>
        disk.AppendAsync(stream, arrived, chunk, offset =>
        {
            if (Remembers)
                _chunks.Add(new LoggedChunk(offset, stream, arrived, chunk));
            committed?.Invoke(offset);
        });

    public IAsyncEnumerable<LoggedChunk> ReplayAsync(CancellationToken cancel = default) => disk.ReplayAsync(cancel);

    public Task SaveAsync(IReadOnlyList<LoggedSnapshot> snapshots, CancellationToken cancel = default) => disk.SaveAsync(snapshots, cancel);

    public Task<IReadOnlyList<SampleChunk>> SamplesAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        disk.SamplesAsync(stream, from, to, cancel);

    public Task<bool> ForgetAsync(DateTimeOffset arrivedBefore, long quotaBytes, CancellationToken cancel = default) =>
        disk.ForgetAsync(arrivedBefore, quotaBytes, cancel);

    public Task RemoveAsync(string stream, CancellationToken cancel = default) => disk.RemoveAsync(stream, cancel);

    public Task CheckAsync(CancellationToken cancel = default) => disk.CheckAsync(cancel);

    public ValueTask DisposeAsync() => disk.DisposeAsync();
}
