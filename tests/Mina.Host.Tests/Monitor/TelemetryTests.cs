using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>What the monitor tells its operators: metrics and logs.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_go_to_an_OpenTelemetry_collector()
    {
        using var folder = new TemporaryFolder();
        var bodies = new ConcurrentQueue<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        await using var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            bodies.Enqueue(await reader.ReadToEndAsync());
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[5]);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await collector.StartAsync();

        await using var monitor = await RunningMonitor.StartAsync(folder, ("Otlp", collector.Urls.First()));
        await RunningMonitor.SendAsync(
            monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 20), new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)));
        await monitor.VerdictsAsync("bed", 7);

        // Not in a minute, when it is its turn. (It says false where any reader, as that of /metrics, cannot be flushed.)
        monitor.Services.GetRequiredService<MeterProvider>().ForceFlush();
        await RunningMonitor.Until(() => !bodies.IsEmpty);
        Assert.All(["mina.windows", "mina.window.latency", "mina.chunks.dropped"], name =>
            Assert.Contains(bodies, body => body.Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Logs_are_JSON_where_asked_and_say_who_acknowledged_nowhere()
    {
        using var folder = new TemporaryFolder();
        var (http, broker) = (RunningMonitor.FreePort(), RunningMonitor.FreePort());
        await File.WriteAllTextAsync(folder["appsettings.json"], """{"Logging":{"Console":{"FormatterName":"json"}}}""");
        using var mina = MinaProcess.Start(
            folder.Path, "monitor", "--model", RunningMonitor.Model(folder), "--port", $"{http}", "--broker", $"127.0.0.1:{broker}", "--threshold", "0.001");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}") };
        await RunningMonitor.Until(() => Get("/health/ready") is not null);
        await RunningMonitor.SendAsync($"mqtt://127.0.0.1:{broker}", "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 60), DateTimeOffset.UtcNow));
        await RunningMonitor.Until(() => Get("/api/alarms")?.Contains("\"AF\"", StringComparison.Ordinal) == true);
        using var by = new StringContent("""{"by":"Dr Ada Quist"}""", Encoding.UTF8, "application/json");
        var alarms = JsonDocument.Parse(Get("/api/alarms")!).RootElement.EnumerateArray();
        var id = alarms.First(alarm => alarm.GetProperty("kind").GetString() == "AF").GetProperty("id").GetString();
        Assert.True((await client.PostAsync($"/api/alarms/{id}/acknowledge", by)).IsSuccessStatusCode);
        mina.Interrupt();
        var ended = await mina.WaitAsync();

        Assert.Equal(0, ended.ExitCode);
        var lines = ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Contains(lines, line => line.TryGetProperty("State", out var state) && state.TryGetProperty("Event", out var what)
            && what.GetString() == "Acknowledged" && state.GetProperty("Stream").GetString() == "bed");
        Assert.DoesNotContain("Quist", ended.Error);

        string? Get(string path)
        {
            try
            {
                return client.GetStringAsync(path).GetAwaiter().GetResult();
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }
}
