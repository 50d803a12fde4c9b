using System.Net;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Store.Memory;
using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Monitor.Faults;

/// <summary>A store that cannot be written never ends the monitoring: it says so, goes on, and catches up.</summary>
public sealed class StoreFaultTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Verdicts_and_alarms_go_on_without_a_store_and_all_of_it_is_there_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        var store = new FailingStore(new MemoryStore());
        await using var monitor = await BareMonitor.StartAsync(folder, store);
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 120), Start).ToList();
        await monitor.SendAsync("bed", chunks.Take(20));
        await RunningMonitor.Until(() => monitor.Service.Verdicts("bed", Start, Start.AddHours(1)).Count >= 6);
        Assert.Null(monitor.Service.Warning);

        store.Failure = "database or disk is full";
        await monitor.SendAsync("bed", chunks.Skip(20).Take(50));
        await RunningMonitor.Until(() => monitor.Service.Alarms.Any(alarm => alarm.Kind == AlarmKind.AF));
        Assert.Contains("disk is full", monitor.Service.Warning);
        Assert.Contains("disk is full", monitor.Service.NotReady);
        // What is asked of the past has what waits, too.
        await RunningMonitor.Until(() => monitor.Service.Verdicts("bed", Start, Start.AddHours(1)).Count >= 36);
        Assert.Empty(await store.AlarmsAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue));

        store.Failure = null;
        await RunningMonitor.Until(() => monitor.Service.Warning is null);
        Assert.True((await store.VerdictsAsync("bed", Start, Start.AddHours(1))).Count >= 36);
        Assert.Equal(monitor.Service.Alarms.Select(alarm => alarm.Id).Order(), (await store.AlarmsAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue))
            .Select(alarm => alarm.Id).Order());
        Assert.Single(await store.EpisodesAsync("bed", Start, Start.AddHours(1)));
        Assert.Null(monitor.Service.NotReady);
    }

    [Fact]
    public async Task An_acknowledgement_that_cannot_be_stored_is_none_and_works_when_tried_again()
    {
        using var folder = new TemporaryFolder();
        var store = new FailingStore(new MemoryStore());
        await using var monitor = await BareMonitor.StartAsync(folder, store);
        await monitor.SendAsync("bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 60), Start).Take(59));
        await RunningMonitor.Until(() => monitor.Service.Alarms.Count == 1);
        var alarm = monitor.Service.Alarms[0].Id;

        store.Failure = "database is locked";
        await Assert.ThrowsAsync<StoreException>(() => monitor.Service.AcknowledgeAsync(alarm, "nurse 3", CancellationToken.None));
        Assert.Null(monitor.Service.Alarms[0].Acknowledged);

        store.Failure = null;
        await RunningMonitor.Until(() => monitor.Service.Warning is null);
        Assert.True(await monitor.Service.AcknowledgeAsync(alarm, "nurse 3", CancellationToken.None));
        Assert.False(await monitor.Service.AcknowledgeAsync(alarm, "nurse 4", CancellationToken.None));
        Assert.Equal("nurse 3", Assert.Single(await store.AlarmsAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue)).AcknowledgedBy);
    }

    [Fact]
    public async Task A_backup_that_locks_the_database_shows_on_health_and_nothing_is_lost()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(
            folder, ("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"), ("MaxVerdictAge", "00:10:00"));
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 60), Start).ToList();
        await using (var backup = new SqliteConnection($"Data Source={folder["monitor.db"]};Pooling=False"))
        {
            backup.Open();
            using var begin = backup.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
            await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks);
            await RunningMonitor.Until(() => monitor.Service.Alarms.Count > 0 && monitor.Service.NotReady is not null);
            using var ready = await monitor.Client.GetAsync("/health/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains("locked", await ready.Content.ReadAsStringAsync());
            Assert.Contains("mina_store_up", await monitor.Client.GetStringAsync("/metrics"));
            using var seen = await monitor.Client.PostAsJsonAsync($"/api/alarms/{monitor.Service.Alarms[0].Id}/acknowledge", new { by = "nurse 3" });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, seen.StatusCode);
        }

        await RunningMonitor.Until(() => monitor.Service.NotReady is null);
        Assert.Equal(31, (await monitor.VerdictsAsync("bed", 31)).Count);
        Assert.Equal(HttpStatusCode.OK, (await monitor.Client.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task A_database_that_was_deleted_is_noticed_and_made_again_with_what_goes_on()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(
            folder, ("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"), ("MaxVerdictAge", "00:10:00"));
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 60), Start));
        await monitor.VerdictsAsync("bed", 31);
        foreach (var file in new[] { "monitor.db", "monitor.db-wal", "monitor.db-shm" })
            File.Delete(folder[file]);
        await RunningMonitor.Until(() => File.Exists(folder["monitor.db"]) && monitor.Service.NotReady is null);
        Assert.Single(monitor.Service.Episodes("bed", Start, Start.AddHours(1)));
        Assert.Equal(monitor.Service.Alarms.Select(alarm => alarm.Id), monitor.Service.AllAlarms().Select(alarm => alarm.Id));
    }

    [Fact]
    public async Task A_stream_that_sent_two_samples_before_a_restart_and_more_after_it_stops_no_start()
    {
        using var folder = new TemporaryFolder();
        (string, string?)[] hurried = [("StaleAfter", "00:00:01"), ("CloseAfter", "00:00:01")];
        await using (var monitor = await RunningMonitor.StartAsync(folder, hurried))
        {
            await RunningMonitor.SendAsync(monitor.Http, "bed", [new(0, Start, 250, [0.1f, 0.2f])]);
            await RunningMonitor.Until(() => monitor.Service.Alarms.Any(alarm => alarm.Kind == AlarmKind.Stale));
        }

        await using (var monitor = await RunningMonitor.StartAsync(folder, hurried))
        {
            await RunningMonitor.SendAsync(monitor.Http, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 20), Start.AddMinutes(5)));
            await monitor.VerdictsAsync("bed", 6);
            await RunningMonitor.Until(() => monitor.Service.AllAlarms().Count(alarm => alarm.Kind == AlarmKind.Stale) == 2);
        }

        await using (var monitor = await RunningMonitor.StartAsync(folder, hurried))
        {
            Assert.Single(monitor.Service.Alarms, alarm => alarm.Kind == AlarmKind.Stale);
            Assert.All(monitor.Service.AllAlarms(), alarm => Assert.True(alarm.Cleared is null || alarm.Cleared >= alarm.Raised));
        }
    }
}
