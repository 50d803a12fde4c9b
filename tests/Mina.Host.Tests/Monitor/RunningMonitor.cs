using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Mina.Host.Models;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Replay;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;

namespace Mina.Host.Tests.Monitor;

/// <summary>A whole monitor in this process: its broker, page and API on free ports, its database in a folder of the test.</summary>
internal sealed class RunningMonitor : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningMonitor(WebApplication app, string broker)
    {
        _app = app;
        Mqtt = $"mqtt://{broker}";
        Http = app.Urls.First();
        Client = new HttpClient { BaseAddress = new Uri(Http) };
    }

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public string Mqtt { get; }

    public string Http { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public MonitorService Service => Services.GetRequiredService<MonitorService>();

    /// <summary>Starts one. Everything is AF, unless the flags say another threshold.</summary>
    public static async Task<RunningMonitor> StartAsync(TemporaryFolder folder, params (string Name, string? Value)[] flags)
    {
        var broker = $"127.0.0.1:{FreePort()}";
        var settings = new Dictionary<string, string?>
        {
            ["Model"] = Model(folder),
            ["Database"] = folder["monitor.db"],
            ["Urls"] = "http://127.0.0.1:0",
            ["Broker"] = broker,
            ["Threshold"] = "0.001",
        };
        foreach (var (name, value) in flags)
            settings[name] = value;
        var app = MonitorHost.Build(settings);
        await app.StartAsync();
        return new RunningMonitor(app, broker);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A model that was never trained, in a folder: its probabilities still depend on every sample.</summary>
    public static string Model(TemporaryFolder folder)
    {
        var path = folder["model"];
        if (Directory.Exists(path))
            return path;
        Directory.CreateDirectory(path);
        var settings = PreprocessSettings.Default;
        new ModelDirectory(path).Save(NetworkCatalog.Default.InitialWeights(5), new ModelInfo(
            ModelInfo.CurrentFormat, "Mina", "FreqNet", NetworkCatalog.Default.Layout.Count, settings.Fingerprint, settings, Recipe.Hw4, 5, [],
            new TrainingData("", [], ""), [], 1, ViewThresholds.Same(0.5), 1, new Dictionary<string, double>(), ""));
        return path;
    }

    /// <summary>Beats with some noise, in mV.</summary>
    public static Recording Beats(string id, int seed, double fs, double seconds)
    {
        var random = new Random(seed);
        var samples = new float[(int)(fs * seconds)];
        var next = 0.3;
        for (var t = 0; t < samples.Length; t++)
        {
            var s = t / fs;
            if (s > next + 0.3)
                next += 0.6 + (0.4 * random.NextDouble());
            samples[t] = (float)(0.2 + Math.Exp(-(s - next) * (s - next) / (2 * 0.012 * 0.012)) + (0.02 * (random.NextDouble() - 0.5)));
        }

        return new Recording(id, fs, samples);
    }

    public static async Task SendAsync(string to, string stream, IEnumerable<SampleChunk> chunks, string? token = null)
    {
        await using var target = ChunkTarget.Create(to, token);
        foreach (var chunk in chunks)
            await target.SendAsync(stream, ChunkBinary.Write(chunk), CancellationToken.None);
    }

    /// <summary>Sends 80 s of a stream, and waits for their verdicts and the alarm of AF.</summary>
    public static async Task SendEpisodeAsync(RunningMonitor monitor, string bed, DateTimeOffset start)
    {
        await SendAsync(monitor.Mqtt, bed, Chunks(Beats("", 1, 300, 80), start));
        await monitor.VerdictsAsync(bed, 43);
        await Until(() => monitor.Service.Alarms.Any(alarm => alarm.Stream == bed));
    }

    public static IEnumerable<SampleChunk> Chunks(Recording recording, DateTimeOffset start) => new RecordingReplay(recording, start, 1).Chunks();

    /// <summary>Waits, as long as it takes, for what will come about.</summary>
    public static Task Until(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    /// <summary>The same for what takes a while to find out.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var limit = DateTime.UtcNow.AddMinutes(2);
        while (!await condition())
        {
            if (DateTime.UtcNow > limit)
                throw new TimeoutException("what the test waits for did not come about in two minutes");
            await Task.Delay(20);
        }
    }

    public async Task<T> GetAsync<T>(string path) => (await Client.GetFromJsonAsync<T>(path, Json))!;

    /// <summary>All verdicts of a stream, when there are so many.</summary>
    public async Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, int count)
    {
        await Until(() => Service.Verdicts(stream, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1)).Count >= count);
        return await Service.VerdictsAsync(stream, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
