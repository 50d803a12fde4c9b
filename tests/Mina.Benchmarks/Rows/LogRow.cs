using System.Diagnostics;
using System.Globalization;
using Mina.Streaming.Log;

namespace Mina.Benchmarks;

/// <summary>The durable log under streams in real time, with snapshots, packing and retention beside them; and how fast kept signal is read.</summary>
internal static class LogRow
{
    private const int SnapshotEvery = 30;
    private const int SnapshotBytes = 2000;
    private const int KeptSeconds = 60;

    public static IEnumerable<Comparison> Run(Options options)
    {
        var streams = options.MonitorStreams[^1];
        var seconds = options.MonitorSeconds;
        var temporary = Directory.CreateTempSubdirectory("mina-benchmark-");
        try
        {
            var (load, commits, holds, bytes) = LoadAsync(Path.Combine(temporary.FullName, "load.db"), streams, seconds).GetAwaiter().GetResult();
            var note = string.Create(CultureInfo.InvariantCulture,
                $"{load.Rate:0} appends/s of 300 samples in real time for {seconds} s, a snapshot of {SnapshotBytes} bytes a stream every {SnapshotEvery} s, "
                    + $"packed every 20 s, kept {KeptSeconds} s; {load.Cores:0.00} cores, the load's own work included");
            yield return new Comparison(
                $"log: from append to durable, {streams} streams", "ms", false, null, "p99 under 100 ms",
                [Figure.From("p50", [load.Median]), Figure.From("p99", [load.P99]), Figure.From("longest", [load.Longest])], note);
            yield return Row("bytes written a stream and second", "B", load.WrittenBytesASecond / streams);
            yield return Row("commits a second, each a flush", "1/s", commits);
            yield return Row("longest time that the writer was held by anything but a commit", "ms", holds.Longest.TotalMilliseconds);
            yield return Row("share of such times that are over 50 ms", "%", 100.0 * holds.Over50Ms / Math.Max(1, holds.Count));
            yield return Row("size at the end", "MB", bytes / 1048576.0);
            var (rate, hour, day, packed) = ReadAsync(Path.Combine(temporary.FullName, "read.db")).GetAwaiter().GetResult();
            yield return new Comparison("log: appends as fast as they go, 2,000 waiting", "1/s", true, null, "", [Figure.From("one stream", [rate])]);
            yield return Row("kept signal on disk", "B/sample", packed);
            yield return new Comparison(
                "log: reading a stream's kept signal", "ms", false, null, "", [Figure.From("an hour", hour), Figure.From("24 hours", day)],
                "300 Hz in chunks of 1 s; samples decoded");
        }
        finally
        {
            temporary.Delete(recursive: true);
        }

        static Comparison Row(string what, string unit, double value) => new($"log: {what}", unit, false, null, "", [Figure.From("SQLite", [value])]);
    }

    private static async Task<(LogLoad.Result Load, double Commits, (TimeSpan Longest, long Count, long Over50Ms) Holds, long Bytes)> LoadAsync(
        string path, int streams, int seconds)
    {
        var log = new SqliteChunkLog(path, new ChunkLogOptions { PackAfter = TimeSpan.FromSeconds(20) });
        await using (log.ConfigureAwait(false))
        {
            _ = await log.OpenAsync().ConfigureAwait(false);
            var last = new long[streams];
            var load = await LogLoad.RunAsync(
                async (stream, chunk) =>
                {
                    var number = int.Parse(stream.AsSpan(stream.IndexOf('-') + 1), CultureInfo.InvariantCulture);
                    Volatile.Write(ref last[number], await log.AppendAsync(stream, DateTimeOffset.UtcNow, chunk).ConfigureAwait(false));
                },
                streams,
                seconds,
                Math.Min(30, seconds / 3),
                async second =>
                {
                    var due = Enumerable.Range(0, streams)
                        .Where(stream => stream % SnapshotEvery == second % SnapshotEvery && Volatile.Read(ref last[stream]) > 0);
                    var snapshots = due.Select(stream => new LoggedSnapshot($"ward-{stream}", Volatile.Read(ref last[stream]), new byte[SnapshotBytes]));
                    await log.SaveAsync([.. snapshots]).ConfigureAwait(false);
                    _ = await log.ForgetAsync(DateTimeOffset.UtcNow.AddSeconds(-KeptSeconds), long.MaxValue).ConfigureAwait(false);
                }).ConfigureAwait(false);
            return (load, log.Figures.Commits / (double)seconds, log.Holds, log.Figures.Bytes);
        }
    }

    private static async Task<(double Rate, double[] Hour, double[] Day, double Packed)> ReadAsync(string path)
    {
        const int day = 86_400, hour = 3600, waiting = 2000, fs = 300;
        var chunks = LogLoad.Chunks();
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var log = new SqliteChunkLog(path);
        await using (log.ConfigureAwait(false))
        {
            _ = await log.OpenAsync().ConfigureAwait(false);
            var clock = Stopwatch.StartNew();
            var appends = new Queue<Task>();
            for (var i = 0; i < day; i++)
            {
                if (appends.Count == waiting)
                    await appends.Dequeue().ConfigureAwait(false);
                appends.Enqueue(log.AppendAsync("one", start.AddSeconds(i), new SampleChunk(i, start.AddSeconds(i), fs, chunks[i % chunks.Length])));
            }

            await Task.WhenAll(appends).ConfigureAwait(false);
            var rate = day / clock.Elapsed.TotalSeconds;
            var used = await log.PackAndMeasureAsync().ConfigureAwait(false);
            return (rate, await TimesAsync(hour).ConfigureAwait(false), await TimesAsync(day).ConfigureAwait(false), used / (double)(fs * day));
        }

        async Task<double[]> TimesAsync(int seconds)
        {
            var times = new double[7];
            for (var i = 0; i < times.Length; i++)
            {
                var clock = Stopwatch.StartNew();
                var read = await log.SamplesAsync("one", start.AddSeconds(day - seconds), start.AddSeconds(day)).ConfigureAwait(false);
                times[i] = clock.Elapsed.TotalMilliseconds;
                if (read.Count != seconds)
                    throw new BenchmarkException($"{read.Count} of {seconds} chunks were read");
            }

            return times;
        }
    }
}
