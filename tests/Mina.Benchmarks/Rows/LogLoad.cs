using System.Diagnostics;
using System.Globalization;

namespace Mina.Benchmarks;

/// <summary>Streams that append a chunk a second each, and how long each append took to be durable.</summary>
internal static class LogLoad
{
    private const int Fs = 300;
    private const int Patterns = 4096;

    /// <summary>What was measured; times in ms.</summary>
    public sealed record Result(double Median, double P99, double Longest, double Rate, double WrittenBytesASecond, double Cores);

    /// <summary>Chunks of random walks in steps of 1/200 mV, which take as many bytes as recordings of mitdb do.</summary>
    public static float[][] Chunks()
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Patterns).Select(_ =>
        {
            var samples = new float[Fs];
            var step = 0;
            for (var i = 0; i < Fs; i++)
            {
                step += random.Next(-6, 7);
                samples[i] = (float)(step / 200.0);
            }

            return samples;
        })];
    }

    /// <summary>Appends in real time, each stream at its own moment of the second.</summary>
    /// <param name="append">Completes when the chunk is durable.</param>
    /// <param name="streams">How many.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="settling">Seconds at the start that are not counted.</param>
    /// <param name="everySecond">What else a monitor does, called once a second beside the load.</param>
    public static async Task<Result> RunAsync(Func<string, SampleChunk, Task> append, int streams, int seconds, int settling, Func<int, Task> everySecond)
    {
        var chunks = Chunks();
        var names = Enumerable.Range(0, streams).Select(i => string.Create(CultureInfo.InvariantCulture, $"ward-{i}")).ToArray();
        var began = DateTimeOffset.UtcNow;
        var times = new List<double>(streams * seconds);
        var clock = Stopwatch.StartNew();
        var waiting = new List<Task>();
        var (bytes, cpu, counted) = (0L, TimeSpan.Zero, 0.0);
        var beside = Task.CompletedTask;
        long sent = 0;
        for (var tick = 0; clock.Elapsed.TotalSeconds < seconds; tick++)
        {
            var due = (long)(clock.Elapsed.TotalSeconds * streams);
            for (; sent < due; sent++)
            {
                var (stream, second) = ((int)(sent % streams), (int)(sent / streams));
                var chunk = new SampleChunk(second, began.AddSeconds(second), Fs, chunks[(stream + (31 * second)) % Patterns]);
                waiting.Add(MeasureAsync(append(names[stream], chunk), Stopwatch.GetTimestamp(), times));
            }

            if (tick % 200 == 0)
            {
                waiting.RemoveAll(task => task.IsCompletedSuccessfully);
                if (beside.IsCompleted)
                {
                    await beside.ConfigureAwait(false);
                    var second = (int)clock.Elapsed.TotalSeconds;
                    beside = Task.Run(() => everySecond(second));
                }
            }

            if (counted == 0 && clock.Elapsed.TotalSeconds >= settling)
            {
                (bytes, cpu, counted) = (Written(), Process.GetCurrentProcess().TotalProcessorTime, clock.Elapsed.TotalSeconds);
                lock (times)
                    times.Clear();
            }

            await Task.Delay(5).ConfigureAwait(false);
        }

        await Task.WhenAll(waiting).ConfigureAwait(false);
        await beside.ConfigureAwait(false);
        var span = clock.Elapsed.TotalSeconds - counted;
        times.Sort();
        return new Result(
            times[times.Count / 2],
            times[(int)(0.99 * times.Count)],
            times[^1],
            times.Count / span,
            (Written() - bytes) / span,
            (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds / span);
    }

    private static async Task MeasureAsync(Task append, long since, List<double> times)
    {
        await append.ConfigureAwait(false);
        lock (times)
            times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
    }

    /// <summary>Bytes that this process gave to write calls so far; 0 where the system does not say.</summary>
    private static long Written() => File.Exists("/proc/self/io")
        ? long.Parse(File.ReadLines("/proc/self/io").First(line => line.StartsWith("wchar", StringComparison.Ordinal))[7..], CultureInfo.InvariantCulture)
        : 0;
}
