using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Store.Memory;
using Mina.Host.Monitor.Strips;
using Mina.Streaming.Log;
using Xunit;

namespace Mina.Host.Tests.Monitor.Strips;

/// <summary>What becomes of the strips of all streams when the ECG of one cannot be read.</summary>
public sealed class StripKeeperTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SettableClock _time = new() { Now = Start.AddHours(1) };
    private readonly MemoryStore _store = new();
    private readonly MonitorMetrics _metrics = new();

    [Fact]
    public async Task A_stream_whose_signal_cannot_be_read_keeps_no_other_from_its_strips_and_has_its_own_when_it_can_be_read_again()
    {
        // More than are looked at in one turn, and all before the good one in time.
        var bad = Enumerable.Range(0, 300).Select(i => new EpisodeStatus("bad", Start.AddSeconds(i * 5), Start.AddSeconds((i * 5) + 4), false, 0.9));
        var good = new EpisodeStatus("good", Start.AddHours(1), Start.AddHours(1).AddMinutes(1), false, 0.9);
        var changes = new StoreChanges();
        foreach (var episode in bad.Append(good))
            changes.Put(episode, _time.Now);
        await _store.WriteAsync(changes);
        var monitor = DispatchProxy.Create<IMonitor, Unreadable>();
        var unreadable = (Unreadable)(object)monitor;
        var keeper = new StripKeeper(
            monitor, _store, new History(_store, _metrics, _time, NullLogger<History>.Instance), new MonitorOptions(), _time, NullLogger<StripKeeper>.Instance);

        await KeepAllAsync(turns: 2);
        Assert.Equal([("bad", StripKinds.None)], (await _store.WithoutStripsAsync(1000)).Select(one => (one.Episode.Stream, one.Kept)).Distinct());

        // A minute later, not at once.
        unreadable.Stream = null;
        await KeepAllAsync(turns: 200);
        Assert.Equal(300, (await _store.WithoutStripsAsync(1000)).Count);
        _time.Now += TimeSpan.FromMinutes(1);
        await KeepAllAsync(turns: 200);
        Assert.Empty(await _store.WithoutStripsAsync(1000));

        async Task KeepAllAsync(int turns)
        {
            for (var turn = 0; turn < turns; turn++)
                await keeper.KeepAsync(CancellationToken.None);
        }
    }

    public ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        return _store.DisposeAsync();
    }

    /// <summary>A monitor whose log cannot read one stream.</summary>
    public class Unreadable : DispatchProxy
    {
        public string? Stream { get; set; } = "bad";

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
        {
            nameof(IMonitor.Find) => null,
            nameof(IMonitor.VerdictsAsync) => Task.FromResult<IReadOnlyList<WindowStatus>>([]),
            nameof(IMonitor.SamplesAsync) when Equals(args![0], Stream) =>
                Task.FromException<IReadOnlyList<SampleStretch>>(new ChunkLogException("disk I/O error")),
            nameof(IMonitor.SamplesAsync) => Task.FromResult<IReadOnlyList<SampleStretch>>([]),
            _ => throw new NotSupportedException(),
        };
    }
}
