using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>How smooth the wall stays with 500 streams: only where MINA_MEASURE names a file for the figures. A measurement, no test.</summary>
public sealed class WallLoad(Browser browser) : IClassFixture<Browser>
{
    private const int Streams = 500;
    private const int Seconds = 20;

    private static readonly string? File = Environment.GetEnvironmentVariable("MINA_MEASURE");

    [SkippableFact]
    public async Task The_wall_with_500_streams_is_measured_while_it_is_scrolled()
    {
        Skip.If(File is null, "measured only into the file that MINA_MEASURE names");
        using var monitor = new SimulatedMonitor();
        for (var i = 1; i <= Streams; i++)
        {
            monitor.Connect($"bed-{i}", TimeSpan.FromSeconds(130 + (i % 60)));
            if (i % 20 == 0)
                monitor.Fibrillate($"bed-{i}", TimeSpan.FromSeconds(90));
        }

        long bytes = 0;
        long messages = 0;
        await using var screen = await Screen.OpenAsync(browser, monitor, watch: page => page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
        {
            Interlocked.Add(ref bytes, frame.Binary?.Length ?? 0);
            Interlocked.Increment(ref messages);
        });
        await screen.Page.Locator(".row").First.WaitForAsync();
        await screen.Page.Mouse.MoveAsync(500, 500);
        await screen.Page.EvaluateAsync(
            """
            () => {
                window.frames = [];
                let last = performance.now();
                const step = now => { window.frames.push(now - last); last = now; requestAnimationFrame(step); };
                requestAnimationFrame(step);
                window.longest = [];
                new PerformanceObserver(list => list.getEntries().forEach(e => window.longest.push(e.duration))).observe({ type: 'longtask' });
            }
            """);
        Interlocked.Exchange(ref bytes, 0);
        Interlocked.Exchange(ref messages, 0);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < Seconds)
        {
            await screen.Page.Mouse.WheelAsync(0, clock.Elapsed.TotalSeconds % 10 < 5 ? 90 : -90);
            await Task.Delay(50);
        }

        var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds / clock.Elapsed.TotalSeconds;
        var frames = (await screen.Page.EvaluateAsync<double[]>("window.frames")).Skip(5).Order().ToArray();
        var tasks = await screen.Page.EvaluateAsync<double[]>("window.longest");
        var rows = await screen.Page.Locator(".row").CountAsync();
        await System.IO.File.WriteAllTextAsync(File, string.Create(
            CultureInfo.InvariantCulture,
            $"{Streams} streams, {clock.Elapsed.TotalSeconds:0} s of scrolling: {frames.Length / clock.Elapsed.TotalSeconds:0.0} frames/s, median "
                + $"{frames[frames.Length / 2]:0.0} ms, 95 % {frames[(int)(frames.Length * 0.95)]:0.0} ms, " +
            $"99 % {frames[(int)(frames.Length * 0.99)]:0.0} ms, longest {frames[^1]:0} ms; {tasks.Length} tasks over 50 ms, longest "
                + $"{tasks.DefaultIfEmpty().Max():0} ms; {rows} rows in the document; " +
            $"{Interlocked.Read(ref messages) / clock.Elapsed.TotalSeconds:0.0} messages/s, "
                + $"{Interlocked.Read(ref bytes) / 1024.0 / clock.Elapsed.TotalSeconds:0.0} KiB/s to the browser; server and simulation {used:0.00} of a "
                    + $"core\n"));
    }
}
