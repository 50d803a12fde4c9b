using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Mina.Host.Monitor.Edges;
using Mina.Streaming.Live;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>Where the monitor meets others: TLS, a webhook's receiver, a stream that brings too much.</summary>
public sealed class EdgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_stream_comes_by_MQTT_over_TLS()
    {
        using var folder = new TemporaryFolder();
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllBytesAsync(folder["broker.pfx"], certificate.Export(X509ContentType.Pkcs12, "secret"));
        await using var monitor = await RunningMonitor.StartAsync(folder, ("BrokerCertificate", folder["broker.pfx"]), ("BrokerCertificatePassword", "secret"));

        var seen = new ConcurrentBag<string>();
        using var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", new Uri(monitor.Mqtt).Port)
            .WithTlsOptions(tls => tls.UseTls().WithCertificateValidationHandler(check =>
            {
                seen.Add(check.Certificate.GetCertHashString());
                return true;
            }))
            .Build();
        await client.ConnectAsync(options);
        await client.PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic("mina/bed/samples")
            .WithPayload(ChunkBinary.Write(new SampleChunk(0, Start, 250, [0.1f, 0.2f])))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .Build());

        await RunningMonitor.Until(() => monitor.Service.Find("bed") is { Fs: 250 });
        Assert.Equal([certificate.GetCertHashString()], seen.Distinct());
    }

    [Fact]
    public async Task A_webhook_is_told_of_an_alarm_and_again_where_it_failed()
    {
        using var folder = new TemporaryFolder();
        var bodies = new ConcurrentQueue<JsonElement>();
        var calls = 0;
        await using var receiver = WebApplication.CreateSlimBuilder().Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.MapPost("/hook", async (HttpRequest request) =>
        {
            if (Interlocked.Increment(ref calls) == 1)
                return Results.StatusCode(503);
            bodies.Enqueue(await JsonSerializer.DeserializeAsync<JsonElement>(request.Body));
            return Results.Ok();
        });
        await receiver.StartAsync();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Webhook", $"{receiver.Urls.First()}/hook"));

        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 60), Start));

        await RunningMonitor.Until(() => !bodies.IsEmpty);
        Assert.True(bodies.TryPeek(out var body));
        Assert.Equal("Raised", body.GetProperty("event").GetString());
        Assert.Equal("bed", body.GetProperty("stream").GetString());
        Assert.Equal("AF", body.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_webhook_that_was_away_is_told_after_a_restart_by_the_same_id_and_only_once_when_it_took_it()
    {
        using var folder = new TemporaryFolder();
        var (taken, refused) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        var isAway = true;
        await using var receiver = WebApplication.CreateSlimBuilder().Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.MapPost("/hook", (HttpRequest request) =>
        {
            (Volatile.Read(ref isAway) ? refused : taken).Enqueue(request.Headers["Idempotency-Key"].ToString());
            return Volatile.Read(ref isAway) ? Results.StatusCode(500) : Results.Ok();
        });
        await receiver.StartAsync();
        (string, string?)[] flags = [("Webhook", $"{receiver.Urls.First()}/hook"), ("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"),
            ("MaxVerdictAge", "00:10:00")];
        await using (var monitor = await RunningMonitor.StartAsync(folder, flags))
        {
            await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 60), Start));
            await RunningMonitor.Until(() => !refused.IsEmpty);
        }

        Volatile.Write(ref isAway, false);
        await using (await RunningMonitor.StartAsync(folder, flags))
            await RunningMonitor.Until(() => taken.Contains(refused.First()));
        var before = taken.Count;
        await using (var monitor = await RunningMonitor.StartAsync(folder, flags))
            Assert.Empty(await monitor.Service.Undelivered);
        Assert.Equal(before, taken.Count);
        Assert.Contains("~AF~", refused.First());
    }

    [Fact]
    public void A_stream_that_brings_more_than_its_rate_waits_and_another_does_not()
    {
        var clock = new ManualClock();
        var eager = new SampleAllowance(100, clock);
        var calm = new SampleAllowance(100, clock);
        Assert.Equal(TimeSpan.Zero, eager.Take(1000));
        Assert.Equal(TimeSpan.FromSeconds(5), eager.Take(500));
        Assert.Equal(TimeSpan.Zero, calm.Take(500));
        clock.Now += TimeSpan.FromSeconds(6);
        Assert.Equal(TimeSpan.Zero, eager.Take(100));
    }

    private sealed class ManualClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
