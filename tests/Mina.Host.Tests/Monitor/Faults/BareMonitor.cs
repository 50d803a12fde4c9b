using Microsoft.Extensions.Logging.Abstractions;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Streaming.Log;

namespace Mina.Host.Tests.Monitor.Faults;

/// <summary>A monitor without edges and web server, on a store of the test's: chunks go straight in.</summary>
internal sealed class BareMonitor : IAsyncDisposable
{
    private readonly Classifier _classifier;
    private readonly MonitorMetrics _metrics = new();

    private BareMonitor(TemporaryFolder folder, IMonitorStore store, MonitorOptions options, IChunkLog? chunks)
    {
        _classifier = Detector.Load(RunningMonitor.Model(folder)).Classifier;
        History = new History(store, _metrics, TimeProvider.System, NullLogger<History>.Instance);
        Service = new MonitorService(
            options, _classifier, store, History, _metrics, TimeProvider.System, NullLogger<MonitorService>.Instance, chunks: chunks);
    }

    public MonitorService Service { get; }

    public History History { get; }

    public static async Task<BareMonitor> StartAsync(
        TemporaryFolder folder, IMonitorStore store, Action<MonitorOptions>? change = null, IChunkLog? chunks = null)
    {
        var options = new MonitorOptions
        {
            Threshold = 0.001,
            MaxVerdictAge = TimeSpan.FromSeconds(20),
            StaleAfter = TimeSpan.FromMinutes(10),
            CloseAfter = TimeSpan.FromMinutes(10)
        };
        change?.Invoke(options);
        var monitor = new BareMonitor(folder, store, options, chunks);
        // Away from the context of xunit, whose few threads a test may hold.
        await Task.Run(() => monitor.Service.StartAsync(CancellationToken.None));
        return monitor;
    }

    public async Task SendAsync(string stream, IEnumerable<SampleChunk> chunks)
    {
        foreach (var chunk in chunks)
            await Service.Streaming.OfferAsync(stream, chunk);
    }

    public async ValueTask DisposeAsync()
    {
        await Service.StopAsync(CancellationToken.None);
        await Service.DisposeAsync();
        ((IDisposable)_classifier).Dispose();
        _metrics.Dispose();
    }
}

/// <summary>A store whose writes fail when the test says so.</summary>
internal sealed class FailingStore(IMonitorStore inner) : IMonitorStore
{
    /// <summary>Why writes fail; null: they do not.</summary>
    public volatile string? Failure;

    public Task<StoredMonitor> OpenAsync(CancellationToken cancel = default) => inner.OpenAsync(cancel);

    public Task WriteAsync(StoreChanges changes, CancellationToken cancel = default) => Failing ?? inner.WriteAsync(changes, cancel);

    public Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        inner.VerdictsAsync(stream, from, to, cancel);

    public Task<IReadOnlyList<EpisodeStatus>> EpisodesAsync(string? stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        inner.EpisodesAsync(stream, from, to, cancel);

    public Task<IReadOnlyList<AlarmStatus>> AlarmsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        inner.AlarmsAsync(from, to, cancel);

    public Task<IReadOnlyList<ReviewStatus>> ReviewsAsync(string? stream, CancellationToken cancel = default) => inner.ReviewsAsync(stream, cancel);

    public Task<IReadOnlyList<AuditEntry>> AuditAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        inner.AuditAsync(from, to, cancel);

    public Task<bool> ForgetAuditAsync(DateTimeOffset before, int max, CancellationToken cancel = default) => inner.ForgetAuditAsync(before, max, cancel);

    public Task<bool> ForgetAsync(DateTimeOffset before, int max, CancellationToken cancel = default) => inner.ForgetAsync(before, max, cancel);

    public Task<bool> PackAsync(CancellationToken cancel = default) => inner.PackAsync(cancel);

    public Task<IReadOnlyList<(EpisodeStatus Episode, StripKinds Kept)>> WithoutStripsAsync(int max, CancellationToken cancel = default) =>
        inner.WithoutStripsAsync(max, cancel);

    public Task<IReadOnlyList<Strip>> StripsAsync(string stream, DateTimeOffset episode, CancellationToken cancel = default) =>
        inner.StripsAsync(stream, episode, cancel);

    public Task CheckAsync(CancellationToken cancel = default) => Failing ?? inner.CheckAsync(cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private Task? Failing => Failure is { } why ? Task.FromException(new StoreException(why)) : null;
}
