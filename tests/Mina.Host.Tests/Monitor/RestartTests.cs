using System.Text.Json;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Store.Sqlite;
using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>What was known is known after a restart, and a running episode stays one.</summary>
public sealed class RestartTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_episode_that_goes_on_over_a_restart_is_one_and_so_is_its_alarm()
    {
        using var folder = new TemporaryFolder();
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 120), Start).ToList();
        EpisodeStatus before;
        await using (var monitor = await RunningMonitor.StartAsync(folder))
        {
            await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks.Take(60));
            // The last of 31 windows waits for the resampler's reach.
            await monitor.VerdictsAsync("bed", 30);
            before = Assert.Single(monitor.Service.Episodes("bed", Start, Start.AddHours(1)));
            Assert.True(before.Open);
        }

        await using (var monitor = await RunningMonitor.StartAsync(folder))
        {
            Assert.Equal(StreamState.Stale, monitor.Service.Find("bed")!.State);
            await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks.Skip(60));
            await monitor.VerdictsAsync("bed", 30 + 31);
            var after = Assert.Single(monitor.Service.Episodes("bed", Start, Start.AddHours(1)));
            Assert.Equal((before.Id, before.Start, true), (after.Id, after.Start, after.Open));
            Assert.True(after.End > before.End);
            Assert.Single(monitor.Service.AllAlarms(), alarm => alarm.Kind == AlarmKind.AF);
        }
    }

    [Fact]
    public async Task A_monitor_killed_during_an_episode_goes_on_with_it()
    {
        using var folder = new TemporaryFolder();
        var (http, broker) = (RunningMonitor.FreePort(), RunningMonitor.FreePort());
        string[] arguments = ["monitor", "--model", RunningMonitor.Model(folder), "--database", folder["monitor.db"], "--port", $"{http}", "--broker",
            $"127.0.0.1:{broker}", "--threshold", "0.001"];
        var recording = RunningMonitor.Beats("bed", 1, 250, 150);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}") };
        string killed;
        using (var mina = MinaProcess.Start(folder.Path, arguments))
        {
            await Send(RunningMonitor.Chunks(recording, Start).Take(70));
            // What waits in the queue dies with the monitor: not so much of it that the gap ends the episode.
            await RunningMonitor.Until(() => Episodes() is [{ Open: true } one] && one.End > Start.AddSeconds(55));
            killed = Episodes()[0].Id;
            mina.Kill();
            await mina.WaitAsync();
        }

        using (MinaProcess.Start(folder.Path, arguments))
        {
            await Send(RunningMonitor.Chunks(recording, Start).Skip(70));
            await RunningMonitor.Until(() => Episodes() is [{ } one] && one.End > Start.AddSeconds(130));
            Assert.Equal(killed, Assert.Single(Episodes()).Id);
        }

        IReadOnlyList<EpisodeStatus> Episodes()
        {
            try
            {
                return JsonSerializer.Deserialize<EpisodeStatus[]>(
                    client.GetStringAsync("/api/episodes?stream=bed").GetAwaiter().GetResult(), RunningMonitor.Json)!;
            }
            catch (HttpRequestException)
            {
                return [];
            }
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
            await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 60), Start));
        await using var store = new SqliteStore(folder["monitor.db"], TimeProvider.System);
        await store.OpenAsync();
        Assert.Equal(31, (await store.VerdictsAsync("bed", Start, Start.AddHours(1))).Count);
        Assert.True(Assert.Single(await store.EpisodesAsync("bed", Start, Start.AddHours(1))).Open);
    }

    [Fact]
    public async Task A_database_without_its_log_is_enough_to_go_on_with_the_episode_and_its_alarm()
    {
        using var folder = new TemporaryFolder();
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 120), Start).ToList();
        string alarm;
        await using (var monitor = await RunningMonitor.StartAsync(folder))
        {
            await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks.Take(60));
            await monitor.VerdictsAsync("bed", 30);
            await RunningMonitor.Until(() => monitor.Service.Alarms.Any(one => one.Kind == AlarmKind.AF));
            alarm = monitor.Service.Alarms.Single(one => one.Kind == AlarmKind.AF).Id;
        }

        // As a monitor of the version before leaves it.
        foreach (var file in Directory.GetFiles(folder.Path, "*.chunks*"))
            File.Delete(file);
        await using (var monitor = await RunningMonitor.StartAsync(folder))
        {
            Assert.Equal(StreamState.Stale, monitor.Service.Find("bed")!.State);
            Assert.Contains(monitor.Service.Alarms, one => one.Id == alarm);
            await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks.Skip(60));
            await monitor.VerdictsAsync("bed", 30 + 31);
            Assert.Single(monitor.Service.Episodes("bed", Start, Start.AddHours(1)));
            Assert.Single(monitor.Service.AllAlarms(), one => one.Kind == AlarmKind.AF);
        }
    }
}
