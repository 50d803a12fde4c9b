using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings;

namespace Mina.Host.Monitor.Edges;

/// <summary>
/// Recordings that other programs are writing as devices: each is a stream of its name, as it grows. What is in a file already is taken
/// first, as fast as it goes, so that nothing is lost over a restart; its last sample is of the time at which the file was last written.
/// </summary>
public sealed class GrowingStreams(Intake intake, MonitorOptions options, TimeProvider time, ILogger<GrowingStreams> log) : BackgroundService, IEdge
{
    /// <inheritdoc/>
    public string Name => "files";

    /// <summary>Samples that come later than this after those before are of now: the device has paused.</summary>
    private static readonly TimeSpan LongestDelay = LiveStream.LongestGap;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LookForFiles = TimeSpan.FromSeconds(2);

    private const int AtOnce = 60_000;

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

                await Task.Delay(LookForFiles, time, stoppingToken).ConfigureAwait(false);
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
            return Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Where(GrowingRecording.IsKnown).Order(StringComparer.Ordinal)] : [path];
        }
        catch (IOException)
        {
            return []; // away for a moment
        }
    }

    private async Task FollowAsync(string file, string id, CancellationToken stop)
    {
        try
        {
            if (!StreamName.IsValid(id))
                throw new ProblemException($"{file} is no stream: its name has other characters than letters, digits, dots, hyphens and underscores");
            var recording = GrowingRecording.Open(file, new ReadOptions(options.Lead, options.Fs));
            var clock = new GrowthClock(LongestDelay);
            var sequence = 0L;
            while (true)
            {
                if (Quietly(() => recording.Read(AtOnce)) is not { Millivolts.Length: > 0 } growth)
                {
                    await Task.Delay(Look, time, stop).ConfigureAwait(false);
                    continue;
                }

                if (growth.Anew)
                    await intake.TakeAsync("files", id, new SampleChunk(sequence++, clock.Next, growth.Fs, [], End: true), stop).ConfigureAwait(false);
                var first = clock.Take(growth, Written(recording), growth.More ? Quietly(recording.SecondsBehind) ?? 0 : 0);
                var length = Math.Max(1, (int)growth.Fs);
                for (var at = 0; at < growth.Millivolts.Length; at += length)
                {
                    var samples = growth.Millivolts[at..Math.Min(at + length, growth.Millivolts.Length)];
                    await intake.TakeAsync("files", id, new SampleChunk(sequence++, first.AddSeconds(at / growth.Fs), growth.Fs, samples), stop).ConfigureAwait(false);
                }
            }
        }
        catch (ProblemException e)
        {
            log.LogWarning("A growing recording is no stream: {Why}", e.Message);
        }
    }

    private static T? Quietly<T>(Func<T> read)
        where T : struct
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default; // away for a moment
        }
    }

    private DateTimeOffset Written(GrowingRecording recording)
    {
        var now = time.GetUtcNow();
        return recording.SignalFile is { } file && new DateTimeOffset(File.GetLastWriteTimeUtc(file), TimeSpan.Zero) is var written && written < now && written.Year > 2000 ? written : now;
    }
}
