using Microsoft.Extensions.Logging.Abstractions;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Edges;
using Mina.Host.Monitor.Store.Memory;
using Mina.Model;
using Mina.Streaming.Live;
using Mina.Streaming.Log;
using Xunit;

namespace Mina.Host.Tests.Monitor.Faults;

/// <summary>What was acknowledged is in a verdict, whatever ends the process and whenever; what cannot be kept is not acknowledged.</summary>
public sealed class RecoveryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_monitor_killed_again_and_again_says_what_one_says_that_was_never_killed(int seed)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", seed, 250, 180), Start).ToList();
        var expected = await UndisturbedAsync(folder, chunks);
        var (store, log) = (new MemoryStore(), new FaultyChunkLog(new MemoryChunkLog()));
        var told = new List<string>();
        for (var sent = 0; sent < chunks.Count;)
        {
            var disk = new FailingStore(store);
            await using var monitor = await BareMonitor.StartAsync(folder, disk, chunks: log);
            using var listening = monitor.Service.Notices.Subscribe(notice => told.Add(notice.Id));
            var until = Math.Min(chunks.Count, sent + 10 + random.Next(60));
            for (; sent < until; sent++)
                Assert.Equal(Offered.Taken, await monitor.Service.Streaming.OfferAsync("bed", chunks[sent]));
            if (sent == chunks.Count)
                await RunningMonitor.Until(() => monitor.Service.Verdicts("bed", Start, Start.AddHours(1)).Count >= expected.Count);
            else
                await Task.Delay(random.Next(300));
            if (sent == chunks.Count)
                break;
            // The process is killed: whatever it does from here on reaches nobody.
            listening.Dispose();
            disk.Failure = "killed";
            log.Crash();
        }

        var verdicts = await store.VerdictsAsync("bed", Start, Start.AddHours(1));
        Assert.Equal(expected, verdicts.Select(verdict => (verdict.Start, verdict.Probability)));
        Assert.Single(await store.EpisodesAsync("bed", Start, Start.AddHours(1)));
        Assert.Single(await store.AlarmsAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue), alarm => alarm.Kind == AlarmKind.AF);
        Assert.Equal(told.Distinct(), told);
    }

    [Fact]
    public async Task After_a_stop_the_first_verdict_needs_no_10_s_of_signal()
    {
        using var folder = new TemporaryFolder();
        var (store, log) = (new MemoryStore(), new MemoryChunkLog());
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 60), Start).ToList();
        await using (var monitor = await BareMonitor.StartAsync(folder, store, chunks: log))
            await monitor.SendAsync("bed", chunks.Take(30));
        await log.DisposeAsync();
        var before = (await store.VerdictsAsync("bed", Start, Start.AddHours(1))).Count;
        Assert.Equal(13, before);
        await using (var monitor = await BareMonitor.StartAsync(folder, store, chunks: log))
        {
            Assert.Equal(0, monitor.Service.Streaming.Counts.Replayed);
            await monitor.SendAsync("bed", chunks.Skip(30).Take(2));
            await RunningMonitor.Until(() => monitor.Service.Verdicts("bed", Start, Start.AddHours(1)).Count == before + 1);
            Assert.Equal(StreamState.PossibleAF, monitor.Service.Find("bed")!.State);
        }
    }

    [Fact]
    public async Task A_chunk_that_cannot_be_written_shows_and_is_not_acknowledged_until_the_disk_is_back()
    {
        using var folder = new TemporaryFolder();
        var log = new FaultyChunkLog(new MemoryChunkLog());
        await using var monitor = await BareMonitor.StartAsync(folder, new MemoryStore(), chunks: log);
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 60), Start).ToList();
        await monitor.SendAsync("bed", chunks.Take(10));
        log.Fails = true;
        foreach (var chunk in chunks.Skip(10).Take(20))
            Assert.Equal(Offered.Unlogged, await monitor.Service.Streaming.OfferAsync("bed", chunk));
        using var metrics = new MonitorMetrics();
        var intake = new Intake(monitor.Service, new MonitorOptions(), metrics, TimeProvider.System, NullLogger<Intake>.Instance);
        var answer = await intake.TakeAsync("http", "bed", chunks[29], CancellationToken.None);
        Assert.Equal((IntakeResult.NotDurable, true), (answer.Result, answer.IsWorthRepeating));
        Assert.Contains("cannot be written", answer.Reason);
        await RunningMonitor.Until(() => monitor.Service.Verdicts("bed", Start, Start.AddHours(1)).Count == 13);
        Assert.Contains("disk is full", monitor.Service.Warning);
        Assert.Contains("disk is full", monitor.Service.NotReady);

        log.Fails = false;
        // Sent again, as a device does that has no acknowledgement: they are in the log now, and change nothing.
        await monitor.SendAsync("bed", chunks.Skip(10));
        await RunningMonitor.Until(() => monitor.Service.Verdicts("bed", Start, Start.AddHours(1)).Count == 31);
        Assert.Null(monitor.Service.Warning);
        Assert.Null(monitor.Service.NotReady);
        Assert.Equal(60, (await log.SamplesAsync("bed", Start, Start.AddHours(1))).Count);
    }

    [Fact]
    public async Task What_a_person_acknowledged_stays_so_when_the_alarm_is_replayed()
    {
        using var folder = new TemporaryFolder();
        var (store, log) = (new MemoryStore(), new FaultyChunkLog(new MemoryChunkLog()));
        var killed = await BareMonitor.StartAsync(folder, store, chunks: log);
        await killed.SendAsync("bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 60), Start).Take(59));
        await RunningMonitor.Until(() => killed.Service.Alarms.Count == 1);
        var alarm = killed.Service.Alarms[0];
        Assert.True(await killed.Service.AcknowledgeAsync(alarm.Id, "nurse 3", CancellationToken.None));
        log.Crash();

        await using (var monitor = await BareMonitor.StartAsync(folder, store, chunks: log))
        {
            await RunningMonitor.Until(() => monitor.Service.Alarms is [{ AcknowledgedBy: "nurse 3" }]);
            Assert.Equal(alarm.Id, monitor.Service.Alarms[0].Id);
            Assert.Equal("nurse 3", Assert.Single(monitor.Service.AllAlarms()).AcknowledgedBy);
        }

        await killed.DisposeAsync();
    }

    private static async Task<List<(DateTimeOffset, double?)>> UndisturbedAsync(TemporaryFolder folder, IEnumerable<SampleChunk> chunks)
    {
        var store = new MemoryStore();
        await using (var monitor = await BareMonitor.StartAsync(folder, store))
            await monitor.SendAsync("bed", chunks);
        return [.. (await store.VerdictsAsync("bed", Start, Start.AddHours(1))).Select(verdict => (verdict.Start, verdict.Probability))];
    }
}
