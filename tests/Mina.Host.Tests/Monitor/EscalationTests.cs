using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Mina.Host.Monitor;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>AF that nobody acknowledges in time.</summary>
public sealed class EscalationTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_alarm_that_nobody_acknowledges_in_time_is_told_once_over_restarts_and_not_when_somebody_did()
    {
        using var folder = new TemporaryFolder();
        var told = new ConcurrentQueue<JsonElement>();
        await using var receiver = WebApplication.CreateSlimBuilder().Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.MapPost("/hook", async (HttpRequest request) =>
        {
            told.Enqueue(await JsonSerializer.DeserializeAsync<JsonElement>(request.Body));
            return Results.Ok();
        });
        await receiver.StartAsync();
        (string, string?)[] flags = [("Webhook", $"{receiver.Urls.First()}/hook"), ("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"),
            ("MaxVerdictAge", "00:10:00"), ("EscalateAfter", "00:00:03")];
        AlarmStatus escalated;
        await using (var monitor = await RunningMonitor.StartAsync(folder, flags))
        {
            await RunningMonitor.SendEpisodeAsync(monitor, "bed", Start);
            await RunningMonitor.Until(() => Told("Escalated").Any());
            escalated = Assert.Single(monitor.Service.Alarms);
            Assert.NotNull(escalated.Escalated);
            Assert.Equal((escalated.Id, escalated.Escalated), (Told("Escalated").Single().GetProperty("id").GetString(), escalated.Escalated));
            Assert.Contains(escalated.Id, (await monitor.Client.GetStringAsync("/api/alarms.csv")).Split('\n')[1], StringComparison.Ordinal);
        }

        await using (var monitor = await RunningMonitor.StartAsync(folder, flags))
        {
            await RunningMonitor.Until(() => monitor.Service.Alarms.Any(alarm => alarm.Id == escalated.Id));
            Assert.Equal(escalated.Escalated, Assert.Single(monitor.Service.Alarms).Escalated);
            // Another bed's alarm, raised later, comes after whatever the first would have been told again.
            await RunningMonitor.SendEpisodeAsync(monitor, "other", Start);
            await RunningMonitor.Until(() => Told("Escalated").Any(one => one.GetProperty("stream").GetString() == "other"));
            Assert.Single(Told("Escalated"), one => one.GetProperty("id").GetString() == escalated.Id);
            var figures = await monitor.Client.GetStringAsync("/api/alarms/figures.csv?from=2026-01-01T00:00:00Z");
            var lines = figures.TrimEnd().Split('\n');
            Assert.StartsWith("stream,bed_days,alarms,true,false", lines[0], StringComparison.Ordinal);
            Assert.Equal(["bed", "other", ""], lines.Skip(1).Select(line => line.Split(',')[0]));
            Assert.Equal(["1", "1", "2"], lines.Skip(1).Select(line => line.Split(',')[2]));
        }

        IEnumerable<JsonElement> Told(string what) => told.Where(one => one.GetProperty("event").GetString() == what);
    }
}
