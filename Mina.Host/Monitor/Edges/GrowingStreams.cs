using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Monitor.Edges;

/// <summary>
/// Recordings that other programs are writing, as devices: each is a stream of its name, as it grows. What is in a file already is sent
/// first, as fast as possible, so that nothing is lost over a restart; its last sample was taken when the file was last written.
/// </summary>
public sealed class GrowingStreams(Intake intake, MonitorOptions options, TimeProvider time, ILogger<GrowingStreams> log) : BackgroundService, IEdge
{
    /// <inheritdoc/>
    public string Name => "files";

    /// <summary>Samples that come later than this after those before were taken when they came: the device has paused.</summary>
    private static readonly TimeSpan MaxDelay = CutterOptions.MaxGap;

    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan ListInterval = TimeSpan.FromSeconds(2);

    // The rest of a second is sent when the file has not grown for so long.
    private static readonly TimeSpan HoldBack = TimeSpan.FromSeconds(1.5);

    private const int MaxSamplesAtOnce = 60_000;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Follow is not { } path)
            return;
        var running = new Dictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                foreach (var file in Files(path))
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
            return []; // The folder is away for a moment.
        }
    }

    private async Task FollowAsync(string file, string id, CancellationToken stop)
    {
        try
        {
            if (!StreamName.IsValid(id))
                throw new ProblemException(
                    $"{PlainText.Clean(file)} is no stream: its name has other characters than letters, digits, dots, hyphens and underscores");
            var recording = RecordingFormats.All.Follow(file, new ReadOptions(options.Lead, options.Fs));
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
                        $"{file} has a sampling frequency of {growth.Fs} Hz, outside {Preprocessor.LowestFs} to {Preprocessor.HighestFs} Hz"));
                }

                if (growth.Restarted)
                    await SendAsync(id, seconds.End(clock.Next), stop).ConfigureAwait(false);
                var first = clock.Take(growth, Written(recording), growth.HasMore ? ReadOrDefault(recording.SecondsBehind) ?? 0 : 0);
                await SendAsync(id, seconds.Take(first, growth.Fs, growth.Millivolts), stop).ConfigureAwait(false);
            }
        }
        catch (ProblemException e)
        {
            log.LogWarning("A growing recording is no stream: {Why}", e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever goes wrong with one recording is its own: it is named, and the others go on.
            log.LogError(e, "A growing recording has ended as a stream: {File}: {Why}", file, e.Message);
        }
    }

    private async Task SendAsync(string id, IEnumerable<SampleChunk> chunks, CancellationToken stop)
    {
        foreach (var chunk in chunks)
        {
            // What cannot be kept or has no room is offered again: the file has it still.
            while ((await intake.TakeAsync("files", id, chunk, stop).ConfigureAwait(false)).IsWorthRepeating)
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
            return default; // The file is away for a moment.
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
