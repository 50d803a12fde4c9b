using System.Globalization;
using System.Net.Http.Json;
using Mina.Host.Monitor;
using Mina.Model;
using Mina.Streaming.Live;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>
/// The real monitor, killed at random moments under streams that send until they are acknowledged. <c>MINA_KILLS=200 MINA_KILL_STREAMS=200</c>
/// does it for as long as an evening allows.
/// </summary>
public sealed class SigkillTests
{
    private const int Seconds = 120;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Whatever_is_acknowledged_is_in_one_verdict_and_every_alarm_is_raised_once_however_often_the_monitor_is_killed()
    {
        var (kills, streams) = (Setting("MINA_KILLS", 3), Setting("MINA_KILL_STREAMS", 4));
        using var folder = new TemporaryFolder();
        var http = RunningMonitor.FreePort();
        string[] arguments = ["monitor", "--model", RunningMonitor.Model(folder), "--database", folder["monitor.db"], "--port", $"{http}", "--broker", "",
            "--threshold", "0.001"];
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}"), Timeout = TimeSpan.FromSeconds(20) };
        var random = new Random(Setting("MINA_KILL_SEED", 1));
        // As long as there is to be killed, and then to the end.
        var pause = TimeSpan.FromSeconds(Math.Max(0.05, 3.0 * kills / Seconds));
        var sending = Enumerable.Range(0, streams).Select(i => Task.Run(() => SendAsync(i))).ToList();
        // On a busy machine a stream may wait for minutes until the monitor is there again: that ends no episode here.
        var patient = new Dictionary<string, string> { ["MINA_Monitor__CloseAfter"] = "02:00:00" };
        var mina = MinaProcess.StartWith(patient, folder.Path, arguments);
        for (var kill = 0; kill < kills; kill++)
        {
            await ReadyAsync();
            await Task.Delay(TimeSpan.FromSeconds(3 * random.NextDouble()));
            mina.Kill();
            await mina.WaitAsync();
            mina.Dispose();
            mina = MinaProcess.StartWith(patient, folder.Path, arguments);
        }

        await ReadyAsync();
        await Task.WhenAll(sending);
        var expected = Enumerable.Range(0, 1 + ((Seconds - 10) * 3 / 5)).Select(i => Math.Round(i * 5 / 3.0, 5)).ToList();
        foreach (var stream in Enumerable.Range(0, streams))
        {
            List<double> starts = [];
            await RunningMonitor.Until(() => (starts = StartsAsync($"bed-{stream}").GetAwaiter().GetResult()).Count >= expected.Count);
            Assert.Equal(expected, starts);
            Assert.Single((await client.GetFromJsonAsync<EpisodeStatus[]>(
                $"/api/episodes?stream=bed-{stream}&from=2026-01-01T00:00:00Z", RunningMonitor.Json))!);
        }

        // Each kill may leave a technical alarm a stream, so that there are several pages.
        var alarms = new List<AlarmStatus>();
        AlarmStatus[] page;
        do
        {
            var after = alarms.Count == 0 ? "" : $"&after={Uri.EscapeDataString(alarms[^1].Id)}";
            page = (await client.GetFromJsonAsync<AlarmStatus[]>($"/api/alarms?all=true&limit=10000{after}", RunningMonitor.Json))!;
            alarms.AddRange(page);
        }
        while (page.Length > 0);

        Assert.Equal(alarms.Select(alarm => alarm.Id).Distinct(), alarms.Select(alarm => alarm.Id));
        Assert.Equal(streams, alarms.Count(alarm => alarm.Kind == AlarmKind.AF));
        mina.Kill();
        await mina.WaitAsync();
        mina.Dispose();

        async Task SendAsync(int stream)
        {
            foreach (var chunk in RunningMonitor.Chunks(RunningMonitor.Beats("", stream, 300, Seconds), Start))
            {
                while (!await IsTakenAsync($"bed-{stream}", chunk))
                    await Task.Delay(200);
                await Task.Delay(pause);
            }
        }

        async Task<bool> IsTakenAsync(string stream, SampleChunk chunk)
        {
            try
            {
                using var message = new ByteArrayContent(ChunkBinary.Write(chunk));
                using var answer = await client.PostAsync($"/streams/{stream}/samples", message);
                return answer.IsSuccessStatusCode;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        }

        async Task<List<double>> StartsAsync(string stream)
        {
            var verdicts = await client.GetFromJsonAsync<WindowStatus[]>(
                $"/api/streams/{stream}/verdicts?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&limit=10000", RunningMonitor.Json);
            return [.. verdicts!.Select(verdict => Math.Round((verdict.Start - Start).TotalSeconds, 5))];
        }

        Task ReadyAsync() => RunningMonitor.Until(() =>
        {
            try
            {
                return client.GetAsync("/health/live").GetAwaiter().GetResult().IsSuccessStatusCode;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        });
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
