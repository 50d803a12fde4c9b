using Mina.Host.Monitor.Store.Memory;
using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Monitor.Faults;

/// <summary>Whatever the reason for no verdict, a stream that sends is never shown with an old one.</summary>
public sealed class FreshnessTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_device_whose_clock_goes_back_with_every_chunk_is_not_monitored_until_verdicts_come_again()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await BareMonitor.StartAsync(folder, new MemoryStore(), options => options.MaxVerdictAge = TimeSpan.FromSeconds(6));
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 200), Start).ToList();
        await monitor.SendAsync("bed", chunks.Take(100));
        await RunningMonitor.Until(() => monitor.Service.Find("bed")!.State == StreamState.AF);

        // One that stands, or goes back once, costs 10 s at most; this one leaves no 10 s in one piece.
        var stuck = 0;
        await RunningMonitor.Until(() =>
        {
            var chunk = chunks[100 + (stuck % 30)];
            var time = Start.AddSeconds(100 - (2 * stuck));
            monitor.SendAsync("bed", [chunk with { Sequence = 100 + stuck++, FirstSample = time }]).GetAwaiter().GetResult();
            return monitor.Service.Alarms.Any(alarm => alarm.Kind == AlarmKind.NotMonitored);
        });
        var status = monitor.Service.Find("bed")!;
        Assert.Equal(StreamState.NotMonitored, status.State);
        Assert.Contains("clock", status.Reason);
        Assert.Null(status.Probability);

        await monitor.SendAsync("bed", chunks.Skip(130).Take(60)
            .Select((chunk, i) => chunk with { Sequence = 100 + stuck + i, FirstSample = Start.AddSeconds(400 + i), End = false }));
        await RunningMonitor.Until(() => monitor.Service.Alarms.All(alarm => alarm.Kind != AlarmKind.NotMonitored));
        // The store has it a moment after the stream has.
        await RunningMonitor.Until(() =>
            monitor.Service.AllAlarms().Where(alarm => alarm.Kind == AlarmKind.NotMonitored).All(alarm => alarm.Cleared >= alarm.Raised));
    }

    [Fact]
    public async Task A_stream_that_comes_back_is_starting_until_its_first_verdict()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await BareMonitor.StartAsync(folder, new MemoryStore(), options =>
        {
            options.MaxVerdictAge = TimeSpan.FromMinutes(1);
            options.StaleAfter = TimeSpan.FromSeconds(1);
        });
        await monitor.SendAsync("bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 60), Start).Take(59));
        await RunningMonitor.Until(
            () => monitor.Service.Find("bed")!.State == StreamState.Stale && monitor.Service.Alarms.Any(alarm => alarm.Kind == AlarmKind.Stale));
        // Two seconds of it at most, which are no window.
        var sent = 0;
        await RunningMonitor.Until(() =>
        {
            monitor.SendAsync("bed", [new SampleChunk(59 + sent, Start.AddMinutes(10).AddSeconds(sent++ * 0.001), 300, [0.1f])]).GetAwaiter().GetResult();
            return monitor.Service.Find("bed")!.State == StreamState.Starting;
        });
    }
}
