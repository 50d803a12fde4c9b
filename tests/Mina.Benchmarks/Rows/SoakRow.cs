using System.Globalization;

namespace Mina.Benchmarks;

/// <summary>A monitor under load for long: how memory, handles, threads and disk grow over the last half, by least squares.</summary>
internal static class SoakRow
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public static IEnumerable<Comparison> Run(Options options)
    {
        var streams = options.MonitorStreams[^1];
        var looks = MeasureAsync(streams, options.MonitorSeconds).GetAwaiter().GetResult();
        var half = looks[(looks.Count / 2)..];
        var note = string.Create(CultureInfo.InvariantCulture,
            $"one run of {options.MonitorSeconds} s, {streams} streams of 300 Hz in real time over MQTT, the load on the same machine; a look every 5 s; "
                + $"growth by least squares over the last half; {looks[^1].Gone} chunks or windows were lost");
        yield return Row("memory", "MB", look => look.MemoryMB);
        yield return Row("handles", "", look => look.Handles);
        yield return Row("threads", "", look => look.Threads);
        yield return Row("disk", "MB", look => look.DiskMB);

        Comparison Row(string what, string unit, Func<Look, double> of) => new(
            $"soak: {what}", unit, false, null, what == "disk" ? "bounded by retention" : "flat",
            [Figure.From("at the end", [of(looks[^1])]), Figure.From("highest", [looks.Max(of)]), Figure.From("growth an hour", [Slope(half, of)])], note);
    }

    private static async Task<List<Look>> MeasureAsync(int streams, int seconds)
    {
        var signals = MonitorLoad.Make(seconds);
        await using var monitor = new MonitorProcess(streams);
        monitor.Start();
        await monitor.ReadyAsync().ConfigureAwait(false);
        var began = DateTimeOffset.UtcNow;
        var load = MonitorLoad.SendAsync(monitor.Broker, signals, streams, seconds);
        var looks = new List<Look>();
        while (await Task.WhenAny(load, Task.Delay(Every)).ConfigureAwait(false) != load || looks.Count < 2)
        {
            var process = monitor.Process;
            process.Refresh();
            var reading = await monitor.ReadAsync().ConfigureAwait(false);
            looks.Add(new Look(
                (DateTimeOffset.UtcNow - began).TotalHours, process.WorkingSet64 / 1048576.0, process.HandleCount, process.Threads.Count,
                monitor.DiskBytes / 1048576.0, reading.Gone));
            if (looks.Count % 12 == 0)
                Console.Error.WriteLine($"{looks[^1]}");
        }

        await load.ConfigureAwait(false);
        return looks;
    }

    private static double Slope(IReadOnlyList<Look> looks, Func<Look, double> of)
    {
        var (hours, value) = (looks.Average(look => look.Hours), looks.Average(of));
        var spread = looks.Sum(look => Math.Pow(look.Hours - hours, 2));
        return spread == 0 ? 0 : looks.Sum(look => (look.Hours - hours) * (of(look) - value)) / spread;
    }

    private sealed record Look(double Hours, double MemoryMB, int Handles, int Threads, double DiskMB, long Gone);
}
