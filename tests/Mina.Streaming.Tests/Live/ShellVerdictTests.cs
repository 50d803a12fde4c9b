using System.Collections.Concurrent;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Live;

/// <summary>Many streams through one classifier.</summary>
public sealed class ShellVerdictTests
{
    [Fact]
    public async Task Streams_side_by_side_each_give_the_verdicts_of_their_file()
    {
        var files = Enumerable.Range(0, 6)
            .ToDictionary(i => $"bed-{i}", i => (Samples: Signals.Beats(i, i % 2 == 0 ? 250 : 360, 75), Fs: i % 2 == 0 ? 250.0 : 360.0));
        var verdicts = new ConcurrentDictionary<string, List<(double, float?)>>();
        var largest = 0;
        var pipeline = new CutPipeline(new LiveOptions { BatchSize = 16 }, batch =>
        {
            largest = Math.Max(largest, batch.Count);
            return Signals.Judge(batch);
        });
        var done = Watch(pipeline, verdicts);
        await Task.WhenAll(files.Select(file => Task.Run(async () =>
        {
            foreach (var chunk in Signals.Cut(file.Value.Samples, file.Value.Fs, new Random(file.Key[^1])))
                Assert.Equal(Offered.Taken, await pipeline.OfferAsync(file.Key, chunk));
        })));
        await pipeline.DisposeAsync();
        await done;

        Assert.Equal(files.Count, verdicts.Count);
        foreach (var (name, file) in files)
            Assert.Equal(Signals.OfFile(file.Samples, file.Fs), verdicts[name]);
        Assert.InRange(largest, 1, 16);
        Assert.Equal(0, pipeline.Counts.Dropped);
    }

    [Fact]
    public async Task A_chunk_for_which_there_is_no_room_in_time_is_dropped_counted_and_a_gap()
    {
        using var held = new ManualResetEventSlim();
        var options = new LiveOptions { QueueLength = 2, Patience = TimeSpan.FromMilliseconds(1), BatchSize = 1 };
        var verdicts = new ConcurrentDictionary<string, List<(double, float?)>>();
        var pipeline = new CutPipeline(options, batch =>
        {
            held.Wait();
            return Signals.Judge(batch);
        });
        var done = Watch(pipeline, verdicts);
        var samples = Signals.Beats(1, 300, 120);
        var dropped = 0;
        foreach (var chunk in Signals.Cut(samples, 300, new Random(1), 900))
        {
            dropped += await pipeline.OfferAsync("bed", chunk) == Offered.Dropped ? 1 : 0;
            if (dropped == 10)
                held.Set();
            // What follows comes through, so that there is an after to the gap.
            while (dropped >= 10 && pipeline.Waiting > 0)
                await Task.Delay(1);
        }

        await pipeline.DisposeAsync();
        await done;
        Assert.InRange(dropped, 10, 12);
        Assert.Equal(dropped, pipeline.Counts.Dropped);
        Assert.Equal(dropped, pipeline.Find("bed")!.Missing);
        Assert.Contains(verdicts["bed"], verdict => verdict.Item2 is null);
    }

    [Fact]
    public async Task More_streams_than_allowed_are_refused_and_the_others_go_on()
    {
        await using var pipeline = new CutPipeline(new LiveOptions { MaxStreams = 1 }, Signals.Judge);
        using var nobody = pipeline.Verdicts().Subscribe(_ => { });
        var chunk = new SampleChunk(0, Signals.Start, 300, [1]);
        Assert.Equal(Offered.Taken, await pipeline.OfferAsync("one", chunk));
        Assert.Equal(Offered.TooManyStreams, await pipeline.OfferAsync("two", chunk));
        Assert.Equal(Offered.Taken, await pipeline.OfferAsync("one", chunk with { Sequence = 1 }));
    }

    [Fact]
    public async Task Recorded_segments_are_shards_that_hold_what_the_classifier_saw()
    {
        using var folder = new TemporaryFolder();
        var pipeline = new CutPipeline(new LiveOptions(), Signals.Judge);
        using (var recorder = new SegmentRecorder(folder.Path, PreprocessSettings.Default))
        {
            var done = Watch(pipeline, [], recorder.Write);
            foreach (var chunk in Signals.Cut(Signals.Beats(1, 300, 40), 300, new Random(1)))
                await pipeline.OfferAsync("bed-1", chunk);
            await pipeline.DisposeAsync();
            await done;
        }

        var rows = ShardSet.Open(folder.Path).Rows().Select(row => (row.RecordingId, row.Start, row.Label)).ToList();
        Assert.Equal(Enumerable.Range(0, 19).Select(i => ("bed-1-20260101T12", i * 500, (Label?)null)), rows);
    }

    private static Task Watch(
        CutPipeline pipeline, ConcurrentDictionary<string, List<(double, float?)>> verdicts, Action<IReadOnlyList<LiveWindow>>? record = null)
    {
        var done = new TaskCompletionSource();
        pipeline.Verdicts(record).Subscribe(
            batch =>
            {
                foreach (var verdict in batch)
                    verdicts.GetOrAdd(verdict.Stream, _ => []).Add((verdict.StartSeconds, verdict.Probability));
            },
            done.SetException,
            done.SetResult);
        return done.Task;
    }
}
