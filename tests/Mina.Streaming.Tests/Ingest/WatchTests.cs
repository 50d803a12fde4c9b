using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using Mina.Streaming.Ingest;
using Mina.Streaming.Recordings;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Ingest;

public sealed class WatchTests : IDisposable
{
    private readonly TemporaryFolder _temp = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<RecordingEntry> _source = [];
    private readonly HistoricalScheduler _clock = new();
    private readonly BlockingCollection<IngestProgress> _progress = [];

    public void Dispose()
    {
        _temp.Dispose();
        _stop.Dispose();
        _source.Dispose();
        _progress.Dispose();
    }

    [Fact]
    public async Task Stopping_a_watch_finishes_and_lists_the_open_shards()
    {
        var run = Run();
        Arrive("a", 3);
        Arrive("b", 4);
        _stop.Cancel();
        var summary = await run;
        Assert.True(summary.Stopped);
        Assert.Equal(0, summary.Discarded);
        Assert.NotNull(summary.RejectionFile);
        Assert.Equal(7, ShardSet.Open(_temp["out"], verify: true).Shards.Sum(shard => shard.Rows));
    }

    [Fact]
    public async Task Open_shards_are_finished_when_nothing_comes_for_the_idle_time_and_not_before()
    {
        var run = Run();
        Arrive("a", 3);
        _clock.AdvanceBy(TimeSpan.FromSeconds(29));
        Assert.Empty(ShardSet.Open(_temp["out"]).Shards);
        Arrive("b", 4);
        _clock.AdvanceBy(TimeSpan.FromSeconds(29));
        Assert.Empty(ShardSet.Open(_temp["out"]).Shards);
        _clock.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.Equal(7, ShardSet.Open(_temp["out"], verify: true).Shards.Sum(shard => shard.Rows));
        Arrive("c", 5);
        _clock.AdvanceBy(TimeSpan.FromSeconds(30));
        Assert.Equal(12, ShardSet.Open(_temp["out"], verify: true).Shards.Sum(shard => shard.Rows));
        _stop.Cancel();
        Assert.Equal(12, (await run).Windows);
    }

    private Task<IngestSummary> Run() => IngestPipeline.RunAsync(
        Source(),
        FakeRecordings.Options(_temp["out"]) with { Watch = true, Idle = TimeSpan.FromSeconds(30), Scheduler = _clock },
        new Reporter(_progress),
        _stop.Token);

    private IEnumerable<RecordingEntry> Source()
    {
        while (true)
        {
            RecordingEntry next;
            try
            {
                next = _source.Take(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }

            yield return next;
        }
    }

    // Returns when the recording is written.
    private void Arrive(string id, int windows)
    {
        _source.Add(new FakeEntry(id, windows));
        _progress.Take();
    }

    private sealed class Reporter(BlockingCollection<IngestProgress> reports) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => reports.Add(value);
    }
}
