using System.Runtime.CompilerServices;
using Mina.Streaming.Log;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>
/// The real log in real files, for a simulation: each call is waited for on the simulation's thread, and the log packs when the simulation
/// says so. A kill leaves the files as they are at that instant.
/// </summary>
internal sealed class LogInFiles(string folder) : IChunkLog
{
    private SqliteChunkLog? _log;
    private int _number;

    public LogFigures Figures => Open.Figures;

    private SqliteChunkLog Open => _log ?? throw new ChunkLogException("the log is closed");

    private string File => Path.Combine(folder, $"{_number}.chunks");

    /// <summary>The process is killed.</summary>
    public void Crash(Random random)
    {
        if (_log is not { } log)
            return;
        var before = File;
        _number++;
        ContentInFiles.CopyTorn(before, File, random);
        _log = null;
        log.DisposeAsync().AsTask().Wait();
        foreach (var file in Directory.GetFiles(folder, Path.GetFileName(before) + "*"))
            System.IO.File.Delete(file);
    }

    /// <summary>Packs the journal.</summary>
    public void Pack() => _log?.PackAndMeasureAsync().Wait();

    public Task<LogContent> OpenAsync(CancellationToken cancel = default)
    {
        var log = new SqliteChunkLog(File, new ChunkLogOptions { CommitInterval = TimeSpan.Zero, PackAfter = TimeSpan.FromDays(10_000) });
        var content = SimulatedProcess.Wait(log.OpenAsync(cancel));
        _log = log;
        return content;
    }

    public Task<long> AppendAsync(string stream, DateTimeOffset arrived, SampleChunk chunk, Action<long>? committed = null)
    {
        var append = SimulatedProcess.Wait(Open.AppendAsync(stream, arrived, chunk));
        if (append.IsCompletedSuccessfully)
            committed?.Invoke(append.Result);
        return append;
    }

    public async IAsyncEnumerable<LoggedChunk> ReplayAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        var open = Open;
        foreach (var chunk in await SimulatedProcess.Wait(Task.Run(async () => await ToListAsync(open.ReplayAsync(cancel)), cancel)))
            yield return chunk;
    }

    public Task SaveAsync(IReadOnlyList<LoggedSnapshot> snapshots, CancellationToken cancel = default) =>
        SimulatedProcess.Wait(Open.SaveAsync(snapshots, cancel));

    public Task<IReadOnlyList<SampleChunk>> SamplesAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        SimulatedProcess.Wait(Open.SamplesAsync(stream, from, to, cancel));

    public Task<bool> ForgetAsync(DateTimeOffset arrivedBefore, long quotaBytes, CancellationToken cancel = default) =>
        SimulatedProcess.Wait(Open.ForgetAsync(arrivedBefore, quotaBytes, cancel));

    public Task RemoveAsync(string stream, CancellationToken cancel = default) => SimulatedProcess.Wait(Open.RemoveAsync(stream, cancel));

    public Task CheckAsync(CancellationToken cancel = default) => SimulatedProcess.Wait(Open.CheckAsync(cancel));

    public ValueTask DisposeAsync()
    {
        _log?.DisposeAsync().AsTask().Wait();
        _log = null;
        return ValueTask.CompletedTask;
    }

    private static async Task<List<LoggedChunk>> ToListAsync(IAsyncEnumerable<LoggedChunk> chunks)
    {
        var list = new List<LoggedChunk>();
        await foreach (var chunk in chunks)
            list.Add(chunk);
        return list;
    }
}
