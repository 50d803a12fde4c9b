using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Beds;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Monitor.Beds;

/// <summary>Beds in a whole monitor: by the API, by a file, over a restart.</summary>
public sealed class BedMonitorTests
{
    private static readonly (string, string?)[] Patient = [("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"), ("MaxVerdictAge", "00:10:00")];

    [Fact]
    public async Task A_paused_bed_raises_no_alarm_over_a_restart_and_raises_it_when_the_pause_ends()
    {
        using var folder = new TemporaryFolder();
        await using (var monitor = await RunningMonitor.StartAsync(folder, Patient))
        {
            Assert.Equal(HttpStatusCode.OK, (await monitor.Client.PutAsJsonAsync("/api/beds/Bed%201", new { unit = "Ward 3", stream = "bed" })).StatusCode);
            await PostAsync(monitor, "Bed%201/pause", new { reason = "washing", minutes = 60 });
            await SendAsync(monitor, "bed");
            await SendAsync(monitor, "other");
            await RunningMonitor.Until(() => monitor.Service.Alarms.Count > 0);
            await RunningMonitor.Until(() => monitor.Service.Streaming.Find("bed") is { Alarms.Active.Length: > 0 });
            Assert.Equal(["other"], monitor.Service.Alarms.Select(alarm => alarm.Stream));
            // It is judged all the same.
            Assert.Equal("bed", Assert.Single(await monitor.Service.EpisodesAsync("bed", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue)).Stream);
            var held = StreamAlarm(monitor);
            Assert.Equal(HttpStatusCode.NotFound, (await monitor.Client.PostAsJsonAsync($"/api/alarms/{held}/acknowledge", new { by = "x" })).StatusCode);
        }

        await using (var monitor = await RunningMonitor.StartAsync(folder, Patient))
        {
            var told = new List<AlarmNotice>();
            using var listening = monitor.Service.Notices.Subscribe(told.Add);
            Assert.Equal(["other"], monitor.Service.Alarms.Select(alarm => alarm.Stream));
            Assert.DoesNotContain(await AllAsync(monitor), alarm => alarm.Stream == "bed");
            var bed = await monitor.GetAsync<StreamStatus>("/api/streams/bed");
            Assert.Equal(("Bed 1", "Ward 3", BedState.Paused, "washing"), (bed.Bed!.Name, bed.Bed.Unit, bed.Bed.State, bed.Bed.PauseReason));
            await PostAsync(monitor, "Bed%201/pause", new { reason = "nearly done", until = DateTimeOffset.UtcNow.AddSeconds(1) });
            await RunningMonitor.Until(() => monitor.Service.Alarms.Any(alarm => alarm.Stream == "bed"));
            await RunningMonitor.Until(() => told.Count > 0);
            Assert.Equal(("bed", AlarmEventKind.Raised), (Assert.Single(told).Alarm.Stream, told[0].Event));
            Assert.Contains(await AllAsync(monitor), alarm => alarm.Stream == "bed");
            Assert.True(await monitor.Service.AcknowledgeAsync(StreamAlarm(monitor), "x", CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_discharged_bed_keeps_its_history_and_what_does_not_go_is_a_problem()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, Patient);
        await RunningMonitor.SendEpisodeAsync(monitor, "bed", DateTimeOffset.UtcNow.AddMinutes(-2));
        await monitor.Client.PutAsJsonAsync("/api/beds/bed", new { patient = "A. B.", paced = true, afAlarmOff = true });
        Assert.Equal(HttpStatusCode.Conflict, (await monitor.Client.PutAsJsonAsync("/api/beds/b2", new { stream = "bed" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await monitor.Client.PostAsJsonAsync("/api/beds/bed/pause", new { reason = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await monitor.Client.PostAsync("/api/beds/bed/resume", null)).StatusCode);
        Assert.Equal(BedState.Discharged, (await PostAsync(monitor, "bed/discharge", null)).State);
        var missing = await monitor.Client.PostAsync("/api/beds/bed/discharge", null);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (missing.StatusCode, missing.Content.Headers.ContentType!.MediaType));
        // What was raised before, and not acknowledged, stays.
        Assert.Equal(["bed"], monitor.Service.Alarms.Where(alarm => alarm.Kind == AlarmKind.AF).Select(alarm => alarm.Stream));
        Assert.Single(await monitor.GetAsync<EpisodeStatus[]>("/api/episodes?stream=bed"));
        var bed = Assert.Single(await monitor.GetAsync<BedStatus[]>("/api/beds"));
        Assert.Equal((BedState.Discharged, true, true, "A. B."), (bed.State, bed.Paced, bed.AFAlarmOff, bed.Patient));
    }

    [Fact]
    public async Task A_file_of_beds_is_taken_at_the_start_and_when_it_changes_and_one_that_is_wrong_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var file = folder["beds.csv"];
        await File.WriteAllTextAsync(file, "name,unit,patient\nbed-1,North,A. B.\nbed-2,South,\n");
        await using (var monitor = await RunningMonitor.StartAsync(folder, ("Beds", file)))
        {
            Assert.Equal(["bed-1", "bed-2"], Present(monitor));
            var admitted = monitor.Service.Beds.Find("bed-1")!.Admitted;
            await File.WriteAllTextAsync(file, "name,ward\nbed-1,North\n");
            await RunningMonitor.Until(() => monitor.Service.Warning is not null);
            Assert.Contains("there is no column 'ward'", monitor.Service.Warning, StringComparison.Ordinal);
            Assert.Equal(["bed-1", "bed-2"], Present(monitor));
            // Another patient in one bed, and the other bed is free.
            await File.WriteAllTextAsync(file, "name,unit,patient\nbed-1,North,C. D.\n");
            await RunningMonitor.Until(() => monitor.Service.Beds.Find("bed-1")!.Patient == "C. D.");
            await RunningMonitor.Until(() => monitor.Service.Warning is null);
            Assert.Equal(["bed-1"], Present(monitor));
            Assert.True(monitor.Service.Beds.Find("bed-1")!.Admitted > admitted);
        }

        await File.WriteAllTextAsync(file, "name\na/b\n");
        var refused = await Assert.ThrowsAsync<ProblemException>(() => RunningMonitor.StartAsync(folder, ("Beds", file)));
        Assert.Contains("line 2: a bed's name", refused.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Present(RunningMonitor monitor) =>
        monitor.Service.Beds.All.Where(bed => bed.State != BedState.Discharged).Select(bed => bed.Name);

    private static Task SendAsync(RunningMonitor monitor, string stream) => RunningMonitor.SendAsync(
        monitor.Mqtt, stream, RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 80), DateTimeOffset.UtcNow.AddMinutes(-2)));

    private static string StreamAlarm(RunningMonitor monitor) =>
        Identity.ForAlarm("bed", AlarmKind.AF, monitor.Service.Streaming.Find("bed")!.Alarms.Active.Single(alarm => alarm.Kind == AlarmKind.AF).Raised);

    private static Task<IReadOnlyList<AlarmStatus>> AllAsync(RunningMonitor monitor) =>
        monitor.Service.AlarmHistoryAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1));

    private static async Task<BedStatus> PostAsync(RunningMonitor monitor, string path, object? body)
    {
        using var answer = await monitor.Client.PostAsJsonAsync($"/api/beds/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<BedStatus>(text, RunningMonitor.Json)!;
    }
}
