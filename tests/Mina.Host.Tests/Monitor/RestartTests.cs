using Mina.Host.Monitor;
using Mina.Host.Monitor.Store;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>What was known is known after a restart, and a running episode stays one.</summary>
public sealed class RestartTests
{
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_episode_that_goes_on_over_a_restart_is_one_and_so_is_its_alarm()
    {
        using var folder = new TemporaryFolder();
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 120), _start).ToList();
        EpisodeStatus before;
        await using (var monitor = await RunningMonitor.StartAsync(folder))
        {
            await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks.Take(60));
            // The last of 31 windows waits for the resampler's reach.
            await monitor.VerdictsAsync("bed", 30);
            before = Assert.Single(monitor.Service.Episodes("bed", _start, _start.AddHours(1)));
            Assert.True(before.Open);
        }

        await using (var monitor = await RunningMonitor.StartAsync(folder))
        {
            Assert.Equal(StreamState.Stale, monitor.Service.Find("bed")!.State);
            await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks.Skip(60));
            await monitor.VerdictsAsync("bed", 30 + 31);
            var after = Assert.Single(monitor.Service.Episodes("bed", _start, _start.AddHours(1)));
            Assert.Equal((before.Id, before.Start, true), (after.Id, after.Start, after.Open));
            Assert.True(after.End > before.End);
            Assert.Single(monitor.Service.AlarmHistory(_start, _start.AddHours(1)), alarm => alarm.Kind == AlarmKind.AF);
        }
    }

    [Fact]
    public async Task A_monitor_killed_during_an_episode_goes_on_with_it()
    {
        using var folder = new TemporaryFolder();
        var (http, broker) = (RunningMonitor.FreePort(), RunningMonitor.FreePort());
        string[] arguments = ["monitor", "--model", RunningMonitor.Model(folder), "--database", folder["monitor.db"], "--port", $"{http}", "--broker", $"127.0.0.1:{broker}", "--threshold", "0.001"];
        var recording = RunningMonitor.Beats("bed", 1, 250, 150);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}") };
        long killed;
        using (var mina = MinaProcess.Start(folder.Path, arguments))
        {
            await Send(RunningMonitor.Chunks(recording, _start).Take(70));
            // What waits in the queue dies with the monitor: not so much of it that the gap ends the episode.
            await RunningMonitor.Until(() => Episodes() is [{ Open: true } one] && one.End > _start.AddSeconds(55));
            killed = Episodes()[0].Id;
            mina.Kill();
            await mina.WaitAsync();
        }

        using (MinaProcess.Start(folder.Path, arguments))
        {
            await Send(RunningMonitor.Chunks(recording, _start).Skip(70));
            await RunningMonitor.Until(() => Episodes() is [{ } one] && one.End > _start.AddSeconds(130));
            Assert.Equal(killed, Assert.Single(Episodes()).Id);
        }

        IReadOnlyList<EpisodeStatus> Episodes()
        {
            using var store = new MonitorStore(folder["monitor.db"]);
            return store.Episodes("bed", _start, _start.AddHours(1));
        }

        async Task Send(IEnumerable<SampleChunk> chunks)
        {
            await RunningMonitor.Until(() =>
            {
                try
                {
                    return client.GetAsync("/health/ready").GetAwaiter().GetResult().IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });
            await RunningMonitor.SendAsync($"mqtt://127.0.0.1:{broker}", "bed", chunks);
        }
    }

    [Fact]
    public async Task What_was_acknowledged_before_a_stop_is_judged_and_kept()
    {
        using var folder = new TemporaryFolder();
        await using (var monitor = await RunningMonitor.StartAsync(folder))
            await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 60), _start));
        using var store = new MonitorStore(folder["monitor.db"]);
        Assert.Equal(31, store.Verdicts("bed", _start, _start.AddHours(1)).Count);
        Assert.True(Assert.Single(store.Episodes("bed", _start, _start.AddHours(1))).Open);
    }

    [Fact]
    public void A_stream_that_stopped_before_the_retention_is_forgotten_with_its_alarm()
    {
        using var folder = new TemporaryFolder();
        using var store = new MonitorStore(folder["monitor.db"]);
        var changes = new StoreChanges();
        changes.Streams.Add(new StoredStream("gone", _start, 0, 250, _start, Mina.Model.Episodes.Start));
        changes.Streams.Add(new StoredStream("here", _start, 0, 250, _start.AddDays(2), Mina.Model.Episodes.Start));
        changes.Streams.Add(new StoredStream("in-af", _start, 0, 250, _start, Mina.Model.Episodes.Start));
        changes.Alarms.Add(new AlarmStatus(store.NextAlarm(), "gone", AlarmKind.Stale, _start, null, null, null));
        changes.Alarms.Add(new AlarmStatus(store.NextAlarm(), "in-af", AlarmKind.AF, _start, null, null, null));
        store.Write(changes);
        store.Forget(_start.AddDays(1));
        Assert.Equal(["here", "in-af"], store.Streams().Select(stream => stream.Name));
        Assert.Equal(["in-af"], store.OpenAlarms().Select(alarm => alarm.Stream));
    }

    [Fact]
    public void What_is_older_than_the_retention_is_forgotten_but_for_open_episodes()
    {
        using var folder = new TemporaryFolder();
        using var store = new MonitorStore(folder["monitor.db"]);
        var changes = new StoreChanges();
        changes.Verdicts.Add(("bed", new WindowStatus(_start, 0.5, "af", null)));
        changes.Verdicts.Add(("bed", new WindowStatus(_start.AddDays(2), null, "unclassifiable", "gap")));
        changes.Episodes.Add(new EpisodeStatus(store.NextEpisode(), "bed", _start, _start.AddMinutes(1), false, 0.9));
        changes.Episodes.Add(new EpisodeStatus(store.NextEpisode(), "bed", _start.AddMinutes(5), _start.AddMinutes(9), true, 0.9));
        store.Write(changes);
        store.Forget(_start.AddDays(1));
        Assert.Equal([_start.AddDays(2)], store.Verdicts("bed", _start, _start.AddDays(9)).Select(verdict => verdict.Start));
        Assert.Equal([2L], store.Episodes(null, _start, _start.AddDays(9)).Select(episode => episode.Id));
    }
}
