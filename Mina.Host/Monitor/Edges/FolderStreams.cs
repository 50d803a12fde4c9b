using System.Collections.Concurrent;
using Mina.Host.Monitor.Replay;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings;

namespace Mina.Host.Monitor.Edges;

/// <summary>A folder of recordings as devices: each becomes a stream of its name, in real time; new ones as they come.</summary>
public sealed class FolderStreams(Intake intake, MonitorOptions options, TimeProvider time, ILogger<FolderStreams> log) : BackgroundService, IEdge
{
    /// <inheritdoc/>
    public string Name => "files";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Replay is not { } folder)
            return;
        using var watch = new RecordingWatch(folder);
        try
        {
            while (true)
            {
                foreach (var entry in watch.Poll())
                    _running[entry.Location] = Task.Run(() => SendAsync(entry, stoppingToken), stoppingToken);
                await Task.Delay(Every, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(_running.Values).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(RecordingEntry entry, CancellationToken stop)
    {
        var (recording, rejection) = entry.Read(new ReadOptions(options.Lead, options.Fs));
        if (recording is null || !StreamName.IsValid(recording.Id))
        {
            log.LogWarning("A recording is no stream: {Why}", rejection?.Message ?? $"{entry.Location}: its name has other characters than letters, digits, dots, hyphens and underscores.");
            return;
        }

        var began = time.GetTimestamp();
        var replay = new RecordingReplay(recording, time.GetUtcNow(), 1);
        foreach (var chunk in replay.Chunks())
        {
            var wait = replay.Due(chunk) - time.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time, stop).ConfigureAwait(false);
            await intake.TakeAsync("files", recording.Id, chunk, stop).ConfigureAwait(false);
        }
    }
}
