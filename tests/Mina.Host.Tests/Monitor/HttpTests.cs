using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Mina.Host.Monitor;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>WebSocket, POST, API, alarms and exports, by real clients.</summary>
public sealed class HttpTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("ws")]
    [InlineData("http")]
    public async Task Streams_come_by_WebSocket_and_by_POST(string scheme)
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        await RunningMonitor.SendAsync(monitor.Http.Replace("http", scheme), "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 360, 40), Start));
        Assert.Equal(19, (await monitor.VerdictsAsync("bed", 19)).Count);
    }

    [Fact]
    public async Task A_WebSocket_client_is_told_of_a_bad_message_and_goes_on()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"{monitor.Http.Replace("http", "ws")}/streams/bed"), CancellationToken.None);
        Assert.Contains("error", await Ask("""{"seq":0}"""u8.ToArray(), WebSocketMessageType.Text));
        Assert.Contains("ok", await Ask("""{"seq":0,"time":"2026-01-01T12:00:00Z","fs":250,"samples":[1,2,3]}"""u8.ToArray(), WebSocketMessageType.Text));
        Assert.Contains("ok", await Ask(ChunkBinary.Write(new SampleChunk(1, Start.AddSeconds(3 / 250.0), 250, [1])), WebSocketMessageType.Binary));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await RunningMonitor.Until(() => monitor.Service.Find("bed") is { Fs: 250 });

        async Task<string> Ask(byte[] message, WebSocketMessageType type)
        {
            await socket.SendAsync(message, type, true, CancellationToken.None);
            var answer = new byte[1000];
            var got = await socket.ReceiveAsync(answer, CancellationToken.None);
            return Encoding.UTF8.GetString(answer, 0, got.Count);
        }
    }

    [Fact]
    public async Task Bad_and_oversized_posts_are_answered_as_such()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("MaxMessageBytes", "1000"), ("MaxStreams", "1"));
        Assert.Equal(HttpStatusCode.BadRequest, await Post("bed", "nonsense"u8.ToArray()));
        Assert.Equal(HttpStatusCode.BadRequest, await Post("a%20bed", Chunk(10)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Post("bed", Chunk(1000)));
        Assert.Equal(HttpStatusCode.Accepted, await Post("bed", Chunk(10)));
        // As curl -d sends it.
        using var form = new StringContent(
            """{"seq":1,"time":"2026-01-01T12:00:01Z","fs":250,"samples":[0.1]}""", Encoding.UTF8, "application/x-www-form-urlencoded");
        Assert.Equal(HttpStatusCode.Accepted, (await monitor.Client.PostAsync("/streams/bed/samples", form)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, await Post("other", Chunk(10)));
        var metrics = await monitor.Client.GetStringAsync("/metrics");
        Assert.Contains("mina_messages_refused", metrics);
        Assert.Contains("mina_streams", metrics);

        async Task<HttpStatusCode> Post(string stream, byte[] message)
        {
            using var answer = await monitor.Client.PostAsync($"/streams/{stream}/samples", new ByteArrayContent(message));
            return answer.StatusCode;
        }

        static byte[] Chunk(int samples) => ChunkBinary.Write(new SampleChunk(0, Start, 250, new float[samples]));
    }

    [Fact]
    public async Task A_stream_that_stops_is_stale_shows_no_verdict_and_raises_an_alarm_that_a_person_acknowledges()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("StaleAfter", "00:00:01"));
        using var events = new StreamReader(await monitor.Client.GetStreamAsync("/api/alarms/events"));
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 60), Start));
        await RunningMonitor.Until(() => monitor.Service.Find("bed") is { State: StreamState.Stale });
        Assert.Null(monitor.Service.Find("bed")!.Probability);
        await RunningMonitor.Until(() => monitor.Service.Alarms.Any(alarm => alarm.Kind == AlarmKind.Stale));
        // Cutting runs ahead of the verdicts.
        await RunningMonitor.Until(() => monitor.Service.Alarms.Any(alarm => alarm.Kind == AlarmKind.AF));

        var af = Assert.Single((await monitor.GetAsync<AlarmStatus[]>("/api/alarms")), alarm => alarm.Kind == AlarmKind.AF);
        Assert.Contains("\"Connected\"", await Event());
        Assert.Contains("\"Raised\"", await Event());
        Assert.Equal(HttpStatusCode.NoContent, (await monitor.Client.PostAsJsonAsync($"/api/alarms/{af.Id}/acknowledge", new { by = "nurse 3" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await monitor.Client.PostAsJsonAsync($"/api/alarms/{af.Id}/acknowledge", new { by = "nurse 3" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await monitor.Client.PostAsJsonAsync($"/api/alarms/{af.Id}/acknowledge", new { by = "" })).StatusCode);
        Assert.Equal("nurse 3", (await monitor.GetAsync<AlarmStatus[]>("/api/alarms")).Single(alarm => alarm.Id == af.Id).AcknowledgedBy);
        while (!(await Event()).Contains("\"Acknowledged\"", StringComparison.Ordinal))
        {
        }

        async Task<string> Event()
        {
            while (true)
            {
                var line = await events.ReadLineAsync() ?? throw new InvalidOperationException("the events ended");
                if (line.StartsWith("data:", StringComparison.Ordinal))
                    return line;
            }
        }
    }

    [Fact]
    public async Task Lead_off_and_AF_are_different_alarms()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        var recording = RunningMonitor.Beats("", 1, 250, 90);
        Array.Fill(recording.Samples, 0f, 60 * 250, 30 * 250);
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(recording, Start));
        await monitor.VerdictsAsync("bed", 49);
        Assert.Equal([AlarmKind.AF, AlarmKind.LeadOff], monitor.Service.Alarms.Where(alarm => alarm.Kind != AlarmKind.Stale).Select(alarm => alarm.Kind)
            .Order());
        Assert.All((await monitor.GetAsync<WindowStatus[]>("/api/streams/bed/verdicts"))[^10..], verdict =>
            Assert.Equal(("unclassifiable", "lead off"), (verdict.Verdict, verdict.Reason)));
    }

    [Fact]
    public async Task Episodes_are_exported_as_CSV_as_rhythm_annotations_and_as_FHIR()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("CloseAfter", "00:00:01"));
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 60), Start));
        await RunningMonitor.Until(() => monitor.Service.Episodes("bed", Start, Start.AddHours(1)) is [{ Open: false }]);
        var episode = monitor.Service.Episodes("bed", Start, Start.AddHours(1)).Single();

        var csv = (await monitor.Client.GetStringAsync("/api/episodes.csv")).Split('\n');
        Assert.Equal("id,stream,start,end,seconds,open,mean_probability,review,was,reviewed_by,reviewed", csv[0]);
        Assert.StartsWith($"{episode.Id},bed,2026-01-01T12:00:0", csv[1]);

        var rhythms = WfdbAnnotations.Rhythms(WfdbAnnotations.Decode(await monitor.Client.GetByteArrayAsync("/api/streams/bed/episodes.atr")), 300);
        Assert.Equal(["AFIB", "N"], rhythms.Select(rhythm => rhythm.Rhythm));
        Assert.Equal((episode.End - episode.Start).TotalSeconds, rhythms[0].EndSeconds - rhythms[0].StartSeconds, 2);

        using var fhir = JsonDocument.Parse(await monitor.Client.GetStringAsync($"/api/episodes/{episode.Id}/fhir"));
        Assert.Equal("Observation", fhir.RootElement.GetProperty("resourceType").GetString());
        Assert.Equal("final", fhir.RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_ECG_is_kept_and_comes_back_as_it_was_also_when_it_is_no_longer_in_memory()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("KeptSeconds", "70"));
        var recording = RunningMonitor.Beats("", 1, 250, 150);
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(recording, Start));
        await monitor.VerdictsAsync("bed", 84);

        using var json = JsonDocument.Parse(
            await monitor.Client.GetStringAsync("/api/streams/bed/samples?from=2026-01-01T12:00:02Z&to=2026-01-01T12:00:05Z"));
        var stretch = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(250, stretch.GetProperty("fs").GetDouble());
        Assert.Equal(recording.Samples[500..1250], stretch.GetProperty("millivolts").EnumerateArray().Select(v => v.GetSingle()));
        const string TooLong = "/api/streams/bed/samples?from=2026-01-01T00:00:00Z&to=2026-01-09T00:00:00Z";
        Assert.Equal(HttpStatusCode.BadRequest, (await monitor.Client.GetAsync(TooLong)).StatusCode);

        var zip = await monitor.Client.GetByteArrayAsync("/api/streams/bed/samples.zip?from=2026-01-01T12:00:02Z&to=2026-01-01T12:00:05Z");
        await System.IO.Compression.ZipFile.ExtractToDirectoryAsync(new MemoryStream(zip), folder["wfdb"]);
        Assert.Equal(750 * 2, new FileInfo(Assert.Single(Directory.GetFiles(folder["wfdb"], "*.dat"))).Length);
        Assert.Contains("12:00:02.000 01/01/2026", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(folder["wfdb"], "*.hea"))));

        Assert.Empty(monitor.Service.Trace("bed", Start, Start.AddSeconds(10)).Millivolts);
        Assert.Equal(3000, (await monitor.Service.TraceAsync("bed", Start, Start.AddSeconds(10))).Millivolts.Length);
        Assert.NotNull(await monitor.Service.ExplainAsync("bed", Start.AddSeconds(20)));
    }

    [Fact]
    public async Task A_token_is_demanded_of_all_but_health()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await monitor.Client.GetAsync("/api/streams")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await monitor.Client.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await monitor.Client.GetAsync("/api/streams?access_token=wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await monitor.Client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await monitor.Client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await monitor.Client.GetAsync("/api/streams?access_token=secret")).StatusCode);
        monitor.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        Assert.Equal(HttpStatusCode.OK, (await monitor.Client.GetAsync("/api/streams")).StatusCode);
        using var openApi = JsonDocument.Parse(await monitor.Client.GetStringAsync("/openapi/v1.json"));
        Assert.True(openApi.RootElement.GetProperty("paths").TryGetProperty("/api/streams/{id}/verdicts", out _));
    }

    [Theory]
    [InlineData("mqtt")]
    [InlineData("ws")]
    [InlineData("http")]
    public async Task A_device_without_the_token_is_told_so(string scheme)
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"));
        var refused = await Assert.ThrowsAsync<ProblemException>(() => RunningMonitor.SendAsync(
            scheme == "mqtt" ? monitor.Mqtt : monitor.Http.Replace("http", scheme), "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 20), Start),
            "wrong"));
        Assert.Contains("demands a token", refused.Message);
    }

    [Theory]
    [InlineData("Urls", "http://0.0.0.0:5080", "TLS")]
    [InlineData("Urls", "https://0.0.0.0:5080", "token")]
    [InlineData("Broker", "0.0.0.0:1883", "TLS")]
    [InlineData("Urls", "http://127.0.0.1:5080;http://*:5081", "TLS")]
    [InlineData("Urls", "http://ward-7:5080", "TLS")]
    [InlineData("Broker", "[::]:1883", "TLS")]
    public void Other_machines_are_not_let_in_without_TLS_and_token(string setting, string value, string says)
    {
        var refused = Assert.Throws<ProblemException>(() => MonitorHost.Build(new Dictionary<string, string?> { [setting] = value }));
        Assert.Contains(says, refused.Message);
    }

    [Fact]
    public void Nor_by_the_web_server_s_own_settings()
    {
        var kestrel = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Endpoints:Other:Url", (string?)"http://0.0.0.0:5081")]).Build();
        Assert.Contains("TLS", Assert.Throws<ProblemException>(() => MonitorSecurity.Check(new MonitorOptions(), kestrel)).Message);
        Assert.Contains("token", Assert.Throws<ProblemException>(() => MonitorSecurity.Check(new MonitorOptions { Insecure = true }, kestrel)).Message);
        MonitorSecurity.Check(new MonitorOptions { Insecure = true, Token = "secret" }, kestrel);
    }
}
