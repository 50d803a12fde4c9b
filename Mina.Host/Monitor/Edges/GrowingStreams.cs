using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Monitor.Edges;

/// <summary>The options of <see cref="GrowingStreams"/>.</summary>
/// <param name="Path">A recording that grows, or a folder of them.</param>
/// <param name="Reading">The lead, and the sampling frequency of CSV recordings without a time column.</param>
public sealed record GrowingStreamsOptions(string Path, ReadOptions Reading)
{
    /// <summary>Takes the options from the monitor's settings; null where they name no recording to follow.</summary>
    public static GrowingStreamsOptions? From(MonitorOptions settings) =>
        settings.Follow is { } path ? new(path, new ReadOptions(settings.Lead, settings.Fs)) : null;
}

/// <summary>
/// An edge that follows recordings which other programs are writing: each is a stream with its name. The samples that a file holds at first are
/// sent as fast as possible, so that a restart of the monitor loses none; the last of them is taken to be as old as the file's last change.
/// </summary>
public sealed class GrowingStreams(Intake intake, GrowingStreamsOptions options, TimeProvider time, ILogger<GrowingStreams> log)
    : BackgroundService, IEdge
{
    /// <inheritdoc/>
    public string Name => "files";

    /// <summary>When samples arrive later than this after the previous ones, the device is taken to have paused.</summary>
    private static readonly TimeSpan MaxDelay = CutterOptions.MaxGap;

    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan ListInterval = TimeSpan.FromSeconds(2);

    // The rest of a second is sent when the file has not grown for so long.
    private static readonly TimeSpan HoldBack = TimeSpan.FromSeconds(1.5);

    private const int MaxSamplesAtOnce = 60_000;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new Dictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                foreach (var file in Files(options.Path))
                {
                    var id = Path.GetFileNameWithoutExtension(file);
                    if (!running.ContainsKey(id))
                        running[id] = Task.Run(() => FollowAsync(file, id, stoppingToken), stoppingToken);
                }

                await Task.Delay(ListInterval, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running.Values).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private static IEnumerable<string> Files(string path)
    {
        try
        {
            return Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Where(RecordingFormats.All.CanFollow).Order(StringComparer.Ordinal)] : [path];
        }
        catch (IOException)
        {
            return []; // The folder cannot be read at present; the next look tries again.
        }
    }

    private async Task FollowAsync(string file, string id, CancellationToken stop)
    {
        try
        {
            if (!StreamName.IsValid(id))
                throw new ProblemException(
                    $"the name of {PlainText.Clean(file)} has other characters than letters, digits, dots, hyphens and underscores; rename the file.");
            var recording = RecordingFormats.All.Follow(file, options.Reading);
            var clock = new GrowthClock(MaxDelay);
            var seconds = new WholeSeconds();
            var grown = time.GetTimestamp();
            while (true)
            {
                if (ReadOrDefault(() => recording.Read(MaxSamplesAtOnce)) is not { Millivolts.Length: > 0 } growth)
                {
                    if (time.GetElapsedTime(grown) > HoldBack)
                        await SendAsync(id, seconds.Rest(), stop).ConfigureAwait(false);
                    await Task.Delay(ReadInterval, time, stop).ConfigureAwait(false);
                    continue;
                }

                grown = time.GetTimestamp();
                if (growth.Fs is not (>= Preprocessor.LowestFs and <= Preprocessor.HighestFs))
                {
                    throw new ProblemException(FormattableString.Invariant(
                        $"{file} has a sampling frequency of {growth.Fs} Hz, outside {Preprocessor.LowestFs} to {Preprocessor.HighestFs} Hz."));
                }

                if (growth.RestartReason is { } reason)
                {
                    log.LogWarning("The stream {Stream} ends and begins again: {Why}", id, reason);
                    await SendAsync(id, seconds.End(clock.Next), stop).ConfigureAwait(false);
                }

                var first = clock.Take(growth, Written(recording), growth.HasMore ? ReadOrDefault(recording.SecondsBehind) ?? 0 : 0);
                await SendAsync(id, seconds.Take(first, growth.Fs, growth.Millivolts), stop).ConfigureAwait(false);
            }
        }
        catch (ProblemException e)
        {
            log.LogWarning("A growing recording cannot be a stream: {Why}", e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A failure concerns this one recording: it is named, and the others go on.
            log.LogError(e, "A growing recording has ended as a stream: {File}: {Why}", file, e.Message);
        }
    }

    private async Task SendAsync(string id, IEnumerable<SampleChunk> chunks, CancellationToken stop)
    {
        foreach (var chunk in chunks)
        {
            // What cannot be kept or has no room is offered again: the file has it still.
            while ((await intake.TakeAsync(Name, id, chunk, stop).ConfigureAwait(false)).IsWorthRepeating)
                await Task.Delay(ListInterval, time, stop).ConfigureAwait(false);
        }
    }

    private static T? ReadOrDefault<T>(Func<T> read)
        where T : struct
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default; // The file cannot be read at present; the next look tries again.
        }
    }

    private DateTimeOffset Written(GrowingReader recording)
    {
        var now = time.GetUtcNow();
        if (recording.SignalFile is not { } file)
            return now;
        var written = new DateTimeOffset(File.GetLastWriteTimeUtc(file), TimeSpan.Zero);
        return written < now && written.Year > 2000 ? written : now;
    }
}
