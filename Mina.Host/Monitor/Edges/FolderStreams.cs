using System.Collections.Concurrent;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Monitor.Edges;

/// <summary>The options of <see cref="FolderStreams"/>.</summary>
/// <param name="Folder">The folder of recordings.</param>
/// <param name="Reading">The lead, and the sampling frequency of CSV recordings without a time column.</param>
public sealed record FolderStreamsOptions(string Folder, ReadOptions Reading)
{
    /// <summary>Takes the options from the monitor's settings; null where they name no folder to replay.</summary>
    public static FolderStreamsOptions? From(MonitorOptions settings) =>
        settings.Replay is { } folder ? new(folder, new ReadOptions(settings.Lead, settings.Fs)) : null;
}

/// <summary>
/// An edge that plays a folder of recordings as if devices sent them: each recording becomes a stream with its name, in real time. Recordings that
/// arrive in the folder later become streams too.
/// </summary>
public sealed class FolderStreams(Intake intake, FolderStreamsOptions options, TimeProvider time, ILogger<FolderStreams> log)
    : BackgroundService, IEdge
{
    /// <inheritdoc/>
    public string Name => "files";

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watch = new RecordingWatch(options.Folder);
        try
        {
            while (true)
            {
                foreach (var entry in watch.Poll())
                    _running[entry.Location] = Task.Run(() => ReplayAsync(entry, stoppingToken), stoppingToken);
                await Task.Delay(PollInterval, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(_running.Values).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private async Task ReplayAsync(RecordingEntry entry, CancellationToken stop)
    {
        try
        {
            var (reader, rejection) = entry.Open(options.Reading);
            using (reader)
            {
                if (reader is not null && StreamName.IsValid(NameOf(entry)) && IsPossible(reader.Lead.Fs))
                    await SendAsync(NameOf(entry), reader, stop).ConfigureAwait(false);
                else
                    log.LogWarning("A recording cannot be a stream: {Why}", rejection?.Message ?? WhyNot(entry, reader!));
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A failure concerns this one recording: it is named, and the others go on.
            log.LogWarning("A recording has ended as a stream: {Location}: {Why}", entry.Location, e.Message);
        }
    }

    // Recordings of one name in several folders have paths as ids.
    private static string NameOf(RecordingEntry entry) => entry.Id.Replace('/', '.');

    private static bool IsPossible(double fs) => fs is >= Preprocessor.LowestFs and <= Preprocessor.HighestFs;

    private static string WhyNot(RecordingEntry entry, RecordingReader reader) => StreamName.IsValid(NameOf(entry))
        ? FormattableString.Invariant(
            $"{entry.Location}: its sampling frequency of {reader.Lead.Fs} Hz is outside {Preprocessor.LowestFs} to {Preprocessor.HighestFs} Hz.")
        : $"{entry.Location}: its name has other characters than letters, digits, dots, hyphens and underscores; rename it.";

    /// <summary>Sends a recording in chunks of one second, each at the time of its last sample, when a device would send it.</summary>
    private async Task SendAsync(string id, RecordingReader reader, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var start = time.GetUtcNow();
        var fs = reader.Lead.Fs;
        var samples = new float[(int)Math.Round(fs)];
        long at = 0;
        for (var sequence = 0L; reader.Read(samples) is > 0 and var count; sequence++)
        {
            var chunk = new SampleChunk(sequence, start.AddSeconds(at / fs), fs, samples[..count], at + count == reader.Length);
            at += count;
            var wait = chunk.Until - start - time.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time, stop).ConfigureAwait(false);
            await intake.TakeAsync(Name, id, chunk, stop).ConfigureAwait(false);
        }
    }
}
