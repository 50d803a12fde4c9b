using System.Diagnostics;
using System.Globalization;
using Mina.Preprocess;

namespace Mina.Benchmarks;

/// <summary>The real <c>mina monitor</c> with the shipped model under simulated streams in real time, with the load on the same machine.</summary>
internal static class MonitorRow
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    public static IEnumerable<Comparison> Run(Options options)
    {
        var results = options.MonitorStreams.Select(streams => MeasureAsync(streams, options).GetAwaiter().GetResult()).ToList();
        yield return new Comparison(
            "monitor: from a window's close to its stored verdict", "s", false, null, "p99 under 1 s at 1,500 streams; aim 4,000",
            [.. results.SelectMany(r => new[] { Percentile("p50", r, r.Median), Percentile("p99", r, r.P99) })], Note(options), "streams");
        yield return Row("p99 from a chunk's last sample to its acknowledgement", "s", r => r.Late, "");
        yield return Row("chunks or windows lost", "", r => r.Lost, "0");
        yield return Row("the monitor's peak memory", "MB", r => r.PeakMB, "");
        yield return Row("its growth over the last half", "MB", r => r.GrowthMB, "flat");
        yield return Row("CPU of the monitor", "s", r => r.MonitorCpu, "");
        yield return Row("CPU of the load generator", "s", r => r.LoadCpu, "");

        Comparison Row(string what, string unit, Func<Result, double> of, string goal) =>
            new($"monitor: {what}", unit, false, null, goal, [.. results.Select(r => Figure.From($"{r.Streams} streams", [of(r)]))]);

        static Figure Percentile(string percentile, Result r, double value) => Figure.From($"{percentile}, {r.Streams} streams", [value], r.Streams);
    }

    private static string Note(Options options) => string.Create(CultureInfo.InvariantCulture,
        $"one run of {options.MonitorSeconds} s a number of streams, 300 Hz in chunks of 1 s over MQTT (QoS 1, {options.MonitorSharing} streams "
            + $"a connection, which begin within {options.MonitorSpread} s), the load on the same machine; a window closes when the chunk that "
            + $"completes it arrives; percentiles are the upper bounds of the monitor's own buckets");

    private static async Task<Result> MeasureAsync(int streams, Options options)
    {
        var seconds = options.MonitorSeconds;
        var signals = MonitorLoad.Make(seconds);
        await using var monitor = new MonitorProcess(streams);
        monitor.Start();
        await monitor.ReadyAsync().ConfigureAwait(false);
        var own = Process.GetCurrentProcess().TotalProcessorTime;
        var memory = new List<double>();
        var load = MonitorLoad.SendAsync(monitor.Broker, signals, streams, seconds, spread: options.MonitorSpread, sharing: options.MonitorSharing);
        var settled = Stopwatch.StartNew();
        var expected = (long)streams * Math.Max(0, (((long)seconds * Shapes.Fs - Shapes.Window) / PreprocessSettings.Default.StrideNotAF) + 1);
        MonitorReading reading;
        do
        {
            await Task.Delay(1000).ConfigureAwait(false);
            monitor.Process.Refresh();
            memory.Add(monitor.Process.WorkingSet64 / 1048576.0);
            if (!load.IsCompleted)
                settled.Restart();
            reading = load.IsCompleted ? await monitor.ReadAsync().ConfigureAwait(false) : default;
        }
        while (!load.IsCompleted || (reading.Windows < expected && settled.Elapsed < Settling));

        var late = (await load.ConfigureAwait(false)).Order().ToArray();
        var stored = monitor.Number("SELECT count(*) FROM verdicts");
        monitor.Process.Refresh();
        var result = new Result(
            streams, reading.Median, reading.P99, late[(int)(0.99 * late.Length)], Math
                .Max(0, ((long)streams * seconds) - reading.Chunks) + Math
                .Max(0, expected - stored) + reading.Gone,
            memory.Max(),
            memory[^1] - memory[memory.Count / 2],
            monitor.Process.TotalProcessorTime.TotalSeconds,
            (Process.GetCurrentProcess().TotalProcessorTime - own).TotalSeconds);
        Console.Error.WriteLine($"{result}; sent {late.Length}, taken {reading.Chunks}, windows expected {expected}, stored {stored}, dropped or "
            + $"missing {reading.Gone}");
        return result;
    }

    private sealed record Result(
        int Streams, double Median, double P99, double Late, double Lost, double PeakMB, double GrowthMB, double MonitorCpu, double LoadCpu);
}
