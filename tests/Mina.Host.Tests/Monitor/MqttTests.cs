using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mina.Host.Classification;
using Mina.Host.Monitor;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>Streams by MQTT, through the built-in broker and through mosquitto.</summary>
public sealed class MqttTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(250)]
    [InlineData(300)]
    [InlineData(360)]
    public async Task A_replayed_recording_gets_the_verdicts_that_classify_gives_the_file(double fs)
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Threshold", "0.5"));
        var recording = RunningMonitor.Beats("bed-7", 1, fs, 100);
        Array.Fill(recording.Samples, 0.2f, (int)(40 * fs), (int)(5 * fs));
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed-7", RunningMonitor.Chunks(recording, Start));

        var file = Detector.Load(RunningMonitor.Model(folder)).Classify(recording);
        var verdicts = await monitor.VerdictsAsync("bed-7", file.Windows.Count);
        Assert.Equal(
            file.Windows.Select(window => (Math.Round(window.StartSeconds, 5), window.Probability, FindingNames.NameOf(window.FindingAt(file.Threshold)))),
            verdicts.Select(verdict => (Math.Round((verdict.Start - Start).TotalSeconds, 5), verdict.Probability, verdict.Verdict)));
        Assert.Contains(verdicts, verdict => verdict.Reason == "lead off");
    }

    [Fact]
    public async Task Forty_streams_at_full_speed_lose_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(i => RunningMonitor.SendAsync(monitor.Mqtt, $"bed-{i}", RunningMonitor.Chunks(RunningMonitor.Beats("", i, 250, 40), Start))));
        foreach (var stream in Enumerable.Range(0, 40))
            Assert.Equal(19, (await monitor.VerdictsAsync($"bed-{stream}", 19)).Count);
        Assert.Equal(40, (await monitor.GetAsync<StreamStatus[]>("/api/streams")).Length);
        Assert.Equal(0, monitor.Service.Streaming.Counts.Dropped);
        Assert.All(monitor.Service.Streaming.Streams, stream => Assert.Equal(0, stream.Value.Cutter.Order.Missing));
    }

    [Fact]
    public async Task A_bad_message_is_answered_and_harms_no_other_stream()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        var good = RunningMonitor.SendAsync(monitor.Mqtt, "good", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 30), Start));
        await using (var target = Mina.Host.Monitor.Replay.ChunkTarget.Create(monitor.Mqtt, null))
        {
            for (var i = 0; i < 20; i++)
            {
                var refused = await Assert.ThrowsAsync<ProblemException>(() => target.SendAsync("bad", "nonsense"u8.ToArray(), CancellationToken.None));
                Assert.Contains("MINA", refused.Message);
            }
        }

        await good;
        Assert.Equal(13, (await monitor.VerdictsAsync("good", 13)).Count);
        Assert.Null(monitor.Service.Find("bad"));
    }

    [Fact]
    public async Task A_wrong_token_gets_nobody_into_the_broker()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"));
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 20), Start).ToList();
        await Assert.ThrowsAnyAsync<Exception>(() => RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks, "wrong"));
        Assert.Null(monitor.Service.Find("bed"));
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks, "secret");
        await monitor.VerdictsAsync("bed", 7);
    }

    [Fact]
    public async Task A_chunk_that_is_refused_is_never_acknowledged_to_a_client_of_MQTT_3_1_1()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        using var client = new MqttClientFactory().CreateMqttClient();
        var gone = new TaskCompletionSource();
        client.DisconnectedAsync += _ =>
        {
            gone.TrySetResult();
            return Task.CompletedTask;
        };
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithProtocolVersion(MqttProtocolVersion.V311).WithClientId("old")
            .WithTcpServer("127.0.0.1", new Uri(monitor.Mqtt).Port).Build());
        Assert.True((await client.PublishAsync(Message(ChunkBinary.Write(new SampleChunk(0, Start, 250, [0.1f, 0.2f]))))).IsSuccess);
        await Assert.ThrowsAnyAsync<Exception>(() => client.PublishAsync(Message("nonsense"u8.ToArray())));
        await gone.Task.WaitAsync(TimeSpan.FromMinutes(1));

        static MqttApplicationMessage Message(byte[] payload) =>
            new MqttApplicationMessageBuilder().WithTopic("mina/bed/samples").WithPayload(payload)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
    }

    [SkippableFact]
    public async Task A_chunk_that_another_broker_brought_and_for_which_there_was_no_room_comes_again()
    {
        using var mosquitto = Mosquitto.StartOrSkip();
        using var folder = new TemporaryFolder();
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 3, 250, 30), Start).ToList();
        await using (var monitor = await RunningMonitor.StartAsync(folder, ("Mqtt", mosquitto.Address), ("MaxStreams", "1")))
        {
            await mosquitto.SendUntilAsync("first", chunks[0], () => monitor.Service.Find("first") is not null);
            await RunningMonitor.SendAsync(mosquitto.Address, "second", chunks);
            await RunningMonitor.Until(
                () => monitor.Client.GetStringAsync("/metrics").GetAwaiter().GetResult()
                .Contains("edge=\"mqtt\",reason=\"streams\"", StringComparison.Ordinal));
            // What can never be taken does not come for ever.
            await using var target = Mina.Host.Monitor.Replay.ChunkTarget.Create(mosquitto.Address, null);
            await target.SendAsync("first", "nonsense"u8.ToArray(), CancellationToken.None);
        }

        await using (var monitor = await RunningMonitor.StartAsync(folder, ("Mqtt", mosquitto.Address), ("Database", folder["other.db"])))
            Assert.Equal(13, (await monitor.VerdictsAsync("second", 13)).Count);
    }

    [SkippableFact]
    public async Task Mosquitto_s_client_publishes_to_the_built_in_broker()
    {
        Skip.If(!File.Exists("/usr/bin/mosquitto_pub"), "mosquitto_pub is not on this machine");
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        foreach (var version in new[] { "mqttv5", "mqttv311" })
        {
            using var publish = Process.Start(
                "/usr/bin/mosquitto_pub",
                ["-p", monitor.Mqtt.Split(':')[^1], "-q", "1", "-V", version, .. version == "mqttv311" ? new[] { "-i", "device" } : [], "-t",
                    $"mina/{version}/samples", "-m", """{"seq":1,"time":"2026-01-01T12:00:00Z","fs":250,"samples":[0.1,0.2]}"""]);
            await publish.WaitForExitAsync();
            Assert.Equal(0, publish.ExitCode);
            await RunningMonitor.Until(() => monitor.Service.Find(version) is { Fs: 250 });
        }
    }

    [SkippableFact]
    public async Task Two_monitors_at_one_broker_get_every_chunk_each_when_each_has_its_own_client_id()
    {
        using var mosquitto = Mosquitto.StartOrSkip();
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 3, 250, 30), Start).ToList();
        await using (var other = await RunningMonitor.StartAsync(second, ("Mqtt", mosquitto.Address), ("MqttClientId", "ward-2")))
        {
            await using var monitor = await RunningMonitor.StartAsync(first, ("Mqtt", mosquitto.Address), ("MqttClientId", "ward-1"));
            await mosquitto.SendUntilAsync("bed", chunks[0], () => monitor.Service.Find("bed") is not null && other.Service.Find("bed") is not null);
            await RunningMonitor.SendAsync(mosquitto.Address, "bed", chunks.Skip(1));
            foreach (var each in new[] { monitor, other })
                Assert.Equal(13, (await each.VerdictsAsync("bed", 13)).Count);
        }

        // The broker knows the monitor by that name, and not by its database.
        await RunningMonitor.SendAsync(mosquitto.Address, "later", chunks);
        await using var again = await RunningMonitor.StartAsync(
            second, ("Mqtt", mosquitto.Address), ("MqttClientId", "ward-2"), ("Database", second["other.db"]));
        Assert.Equal(13, (await again.VerdictsAsync("later", 13)).Count);
    }

    [SkippableFact]
    public async Task Two_monitors_that_throw_each_other_off_at_a_broker_say_which_setting_to_change()
    {
        using var mosquitto = Mosquitto.StartOrSkip();
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(first, ("Mqtt", mosquitto.Address));
        await using var other = await RunningMonitor.StartAsync(second, ("Mqtt", mosquitto.Address));
        foreach (var each in new[] { monitor, other })
            await SaysAsync(each, "if another client uses the name mina-monitor too");
        await ShowsAsync(monitor, "if another client has the name mina-monitor too");
    }

    [Fact]
    public async Task A_monitor_whose_session_another_client_took_over_says_so_where_the_broker_does()
    {
        var port = RunningMonitor.FreePort();
        using var broker = new MQTTnet.Server.MqttServerFactory().CreateMqttServer(
            new MQTTnet.Server.MqttServerOptionsBuilder().WithDefaultEndpoint().WithDefaultEndpointPort(port)
                .WithDefaultEndpointBoundIPAddress(System.Net.IPAddress.Loopback).Build());
        await broker.StartAsync();
        using var folder = new TemporaryFolder();
        await using (var monitor = await RunningMonitor.StartAsync(folder, ("Mqtt", $"mqtt://127.0.0.1:{port}"), ("MqttClientId", "ward-1")))
        {
            await RunningMonitor.UntilAsync(async () => (await broker.GetClientsAsync()).Any(client => client.Id == "ward-1"));
            using var client = new MqttClientFactory().CreateMqttClient();
            var says = SaysAsync(monitor, "uses the name ward-1 too, has taken over this monitor's session");
            await client.ConnectAsync(
                new MqttClientOptionsBuilder().WithProtocolVersion(MqttProtocolVersion.V500).WithClientId("ward-1").WithTcpServer("127.0.0.1", port).Build());
            await says;
            await ShowsAsync(monitor, "another client of the broker has the name ward-1 too");
        }
    }

    [Fact]
    public async Task A_broker_that_cannot_be_reached_is_named_on_the_page_and_in_the_health_check()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Mqtt", $"mqtt://127.0.0.1:{RunningMonitor.FreePort()}"));
        await ShowsAsync(monitor, "the broker of Monitor:Mqtt cannot be reached");
    }

    private static async Task ShowsAsync(RunningMonitor monitor, string words)
    {
        await RunningMonitor.Until(() => monitor.Service.Warning?.Contains(words, StringComparison.Ordinal) == true);
        var health = await new MonitorHealth(monitor.Service).CheckHealthAsync(new());
        Assert.Equal(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Degraded, health.Status);
        Assert.Contains(words, health.Description);
    }

    private static async Task SaysAsync(RunningMonitor monitor, string sentence)
    {
        using var log = new LogLines();
        monitor.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        await RunningMonitor.Until(() => log.Lines.Any(line => line.Contains(sentence, StringComparison.Ordinal)));
        Assert.Contains("Monitor:MqttClientId", log.Lines.First(line => line.Contains(sentence, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ward 3")]
    [InlineData("ward/#")]
    public void A_client_id_that_a_broker_may_refuse_is_refused_at_the_start(string id) => Assert.Contains(
        "Monitor:MqttClientId",
        Assert.Throws<ProblemException>(() => MonitorSettings.Check(new MonitorOptions { Mqtt = "mqtt://broker", MqttClientId = id })).Message);

    [SkippableFact]
    public async Task Streams_come_through_mosquitto_too()
    {
        using var mosquitto = Mosquitto.StartOrSkip();
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Mqtt", mosquitto.Address));
        var recording = RunningMonitor.Beats("", 3, 250, 40);
        // The first chunk again and again until the monitor has subscribed: it counts once.
        await mosquitto.SendUntilAsync("bed", RunningMonitor.Chunks(recording, Start).First(), () => monitor.Service.Find("bed") is not null);
        await RunningMonitor.SendAsync(mosquitto.Address, "bed", RunningMonitor.Chunks(recording, Start).Skip(1));
        Assert.Equal(19, (await monitor.VerdictsAsync("bed", 19)).Count);

        // And from mosquitto's own client, a message in a file.
        await File.WriteAllBytesAsync(folder["chunk"], ChunkBinary.Write(new SampleChunk(0, Start, 250, new float[250])));
        using var publish = Process.Start(
            "/usr/bin/mosquitto_pub",
            ["-h", "127.0.0.1", "-p", $"{new Uri(mosquitto.Address).Port}", "-q", "1", "-t", "mina/pub/samples", "-f", folder["chunk"]]);
        await publish.WaitForExitAsync();
        await RunningMonitor.Until(() => monitor.Service.Find("pub") is { Fs: 250 });
    }
}
