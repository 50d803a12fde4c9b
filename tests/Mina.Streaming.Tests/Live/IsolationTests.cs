using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Xunit;

namespace Mina.Streaming.Tests.Live;

/// <summary>What goes wrong in one stream ends at most that stream's session, and the stream goes on.</summary>
public sealed class IsolationTests
{
    [Property(MaxTest = 25)]
    public void No_sequence_of_chunks_makes_a_stream_throw_and_its_windows_start_later_and_later_until_it_counts_from_another_origin(int seed)
    {
        var random = new Random(seed);
        var stream = Stream();
        (DateTimeOffset Origin, double Start)? last = null;
        foreach (var chunk in HostileChunks.Make(random, 100))
        {
            Assert.Null(ChunkLimits.FaultOf(chunk));
            foreach (var window in random.Next(30) == 0 ? [.. stream.Flush(), .. stream.Take(chunk)] : stream.Take(chunk))
            {
                if (last is { } before && before.Origin == window.Origin)
                    Assert.True(window.StartSeconds > before.Start, $"{window.StartSeconds} after {before.Start}");
                last = (window.Origin, window.StartSeconds);
            }
        }

        stream.Flush();
    }

    [Fact]
    public void A_last_chunk_that_comes_after_its_successor_ends_one_session_and_the_successor_begins_the_next()
    {
        var (order, ready) = Order([Chunk(0), Chunk(2), Chunk(1, end: true)]);
        Assert.Equal([(0L, ChunkPlace.Next), (1, ChunkPlace.Next), (2, ChunkPlace.Next)], ready.Select(one => (one.Chunk.Sequence, one.Place)));
        Assert.Equal(3, order.Next);
        Assert.Equal(0, order.Missing);
    }

    [Fact]
    public void A_last_chunk_that_is_delivered_again_within_the_next_session_changes_nothing()
    {
        var end = Chunk(9, end: true);
        var (order, ready) = Order([.. Enumerable.Range(0, 9).Select(i => Chunk(i)), end, Chunk(0, second: 100), end]);
        Assert.Equal(11, ready.Count);
        Assert.Equal(1, order.Repeated);
        Assert.Equal(1, order.Next);
    }

    [Fact]
    public void A_chunk_of_the_session_before_that_comes_again_changes_nothing()
    {
        var (order, ready) = Order(
            [.. Enumerable.Range(0, 100).Select(i => Chunk(i)), Chunk(0, second: 200), Chunk(1, second: 201), Chunk(98), Chunk(2, second: 202)]);
        Assert.Equal(103, ready.Count);
        Assert.Equal((1L, 0L, 3L), (order.Repeated, order.Missing, order.Next));
    }

    [Fact]
    public void Numbers_at_the_end_of_the_range_are_as_good_as_any()
    {
        var (order, ready) = Order([.. new[] { long.MaxValue - 1, long.MaxValue, 0, 1, 1L << 62 }.Select((sequence, i) => Chunk(sequence, i))]);
        Assert.Equal(5, ready.Count);
        Assert.Equal(0, order.Missing);
    }

    [Fact]
    public void A_device_that_starts_over_under_the_same_numbers_and_times_is_heard_after_64_repetitions()
    {
        var stream = Stream();
        foreach (var chunk in Seconds(0, 200))
            stream.Take(chunk);
        var windows = Seconds(0, 120).SelectMany(stream.Take).ToList();
        Assert.NotEmpty(windows);
        Assert.All(windows, window => Assert.Equal(WindowFault.None, window.Fault));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_device_that_is_switched_on_again_with_its_clock_years_back_is_heard_after_4_chunks_whatever_it_counts_from(long first)
    {
        var stream = Stream();
        foreach (var chunk in Seconds(0, 200))
            stream.Take(chunk);
        var start = Signals.Start.AddYears(-6);
        var windows = Seconds(0, 40).Select(chunk => chunk with { Sequence = chunk.Sequence + first, FirstSample = chunk.FirstSample.AddYears(-6) })
            .SelectMany(stream.Take).ToList();
        Assert.NotEmpty(windows);
        Assert.Equal(start.AddSeconds(first == 0 ? 0 : ChunkOrder.Window), windows[0].Origin);
        Assert.All(windows, window => Assert.Equal(WindowFault.None, window.Fault));
    }

    [Fact]
    public void Chunks_that_come_twice_stay_repeated_after_the_device_s_clock_went_years_back()
    {
        var chunks = Enumerable.Range(0, 40).Select(i => Chunk(i, i) with { FirstSample = Signals.Start.AddSeconds(i).AddYears(i < 10 ? 0 : -6) }).ToArray();
        var (order, ready) = Order([.. chunks, .. chunks[20..40]]);
        Assert.Equal(40, ready.Count);
        Assert.Equal(20, order.Repeated);
    }

    [Fact]
    public void While_a_devices_clock_stands_its_chunks_follow_each_other_by_their_numbers()
    {
        var stream = Stream();
        var moving = Seconds(0, 120).SelectMany(stream.Take).ToList();
        var other = Stream();
        var standing = Seconds(0, 120)
            .Select(chunk => chunk.Sequence is > 20 and < 100 ? chunk with { FirstSample = Signals.Start.AddSeconds(20) } : chunk)
            .SelectMany(other.Take).ToList();
        Assert.Equal(moving.Select(window => (window.StartSeconds, window.Fault)), standing.Select(window => (window.StartSeconds, window.Fault)));
    }

    [Fact]
    public void After_a_step_back_of_65_s_windows_come_again_within_12_s()
    {
        var stream = Stream();
        foreach (var chunk in Seconds(0, 100))
            stream.Take(chunk);
        var windows = Seconds(100, 12).Select(chunk => chunk with { FirstSample = chunk.FirstSample.AddSeconds(-65) }).SelectMany(stream.Take).ToList();
        Assert.NotEmpty(windows);
        Assert.Equal(Signals.Start.AddSeconds(35), windows[0].Origin);
    }

    [Theory]
    [InlineData(250)]
    [InlineData(300)]
    public void One_absurd_sample_costs_the_windows_that_hold_it_and_no_others(double fs)
    {
        var samples = Signals.Beats(1, fs, 60);
        samples[0] = 1e30f;
        var stream = Stream();
        var windows = Signals.Cut(samples, fs, new Random(1)).SelectMany(stream.Take).ToList();
        Assert.Equal([0.0], windows.Where(window => window.Fault != WindowFault.None).Select(window => window.StartSeconds));
    }

    [Theory]
    [InlineData(1e7)]
    [InlineData(1.0 / 60)]
    [InlineData(20)]
    [InlineData(200_000)]
    [InlineData(double.NaN)]
    public async Task A_chunk_of_a_senseless_frequency_is_refused_whichever_way_it_came(double fs)
    {
        await using var pipeline = new CutPipeline(new LiveOptions(), Signals.Judge);
        using var nobody = pipeline.Verdicts().Subscribe(_ => { });
        Assert.Equal(Offered.Invalid, await pipeline.OfferAsync("bed", new SampleChunk(0, Signals.Start, fs, [1, 2])));
        Assert.Equal(1, pipeline.Counts.Invalid);
        Assert.Null(pipeline.Find("bed"));
    }

    [Fact]
    public async Task A_classifier_and_a_recorder_that_fail_cost_answers_and_never_the_stream_of_verdicts()
    {
        var calls = 0;
        float[] Judge(SegmentBatch batch) => ++calls == 2 ? throw new InvalidOperationException() : calls == 3 ? [float.NaN] : Signals.Judge(batch);
        var pipeline = new CutPipeline(new LiveOptions { BatchSize = 1 }, Judge);
        var faults = new List<LiveFault>();
        var verdicts = new List<CutVerdict>();
        var done = new TaskCompletionSource();
        using var failed = pipeline.Faults.Subscribe(faults.Add);
        pipeline.Verdicts(_ => throw new IOException()).Subscribe(verdicts.AddRange, done.SetException, done.SetResult);
        foreach (var chunk in Signals.Cut(Signals.Beats(1, 300, 30), 300, new Random(1)))
            await pipeline.OfferAsync("bed", chunk);
        await pipeline.DisposeAsync();
        await done.Task;
        Assert.Equal(13, verdicts.Count);
        var silent = verdicts.Index().Where(one => one.Item.Fault == WindowFault.NoAnswer && one.Item.Probability is null);
        Assert.Equal([1, 2], silent.Select(one => one.Index));
        Assert.Equal(14, faults.Count);
        Assert.Equal(14, pipeline.Counts.Faults);
    }

    private static (ChunkOrder Order, List<OrderedChunk> Ready) Order(SampleChunk[] chunks)
    {
        var ready = new List<OrderedChunk>();
        return (chunks.Aggregate(ChunkOrder.Start, (order, chunk) => order.Take(chunk, ready)), ready);
    }

    private static CutStream Stream() => new(new LiveOptions());

    private static SampleChunk Chunk(long sequence, int second = -1, bool end = false) =>
        new(sequence, Signals.Start.AddSeconds(second < 0 ? sequence : second), 300, new float[300], end);

    private static IEnumerable<SampleChunk> Seconds(int from, int count)
    {
        var samples = Signals.Beats(1, 300, from + count);
        return Enumerable.Range(from, count).Select(s => new SampleChunk(s, Signals.Start.AddSeconds(s), 300, samples[(s * 300)..((s + 1) * 300)]));
    }
}
