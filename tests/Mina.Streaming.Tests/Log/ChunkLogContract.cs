using Mina.Streaming.Log;
using Xunit;

namespace Mina.Streaming.Tests.Log;

/// <summary>What every log promises.</summary>
public sealed class ChunkLogContract
{
    [Theory]
    [MemberData(nameof(LogHome.Kinds), MemberType = typeof(LogHome))]
    public async Task A_log_that_is_new_is_empty(string kind)
    {
        await using var home = new LogHome(kind);
        var content = await home.OpenAsync();
        Assert.Empty(content.Snapshots);
        Assert.Null(content.Damage);
        Assert.Empty(await home.ReplayAsync());
    }

    [Theory]
    [MemberData(nameof(LogHome.Kinds), MemberType = typeof(LogHome))]
    public async Task Chunks_come_back_in_order_and_whole_after_the_log_was_opened_again(string kind)
    {
        await using var home = new LogHome(kind);
        await home.OpenAsync();
        var offsets = new List<long>();
        for (var i = 0; i < 20; i++)
            offsets.Add(await home.Log.AppendAsync($"s{i % 3}", LogChunks.Second(i)));
        offsets.Add(await home.Log.AppendAsync("s1", new SampleChunk(77, LogChunks.Start, 250.5, [], End: true)));
        Assert.Equal(offsets.Order().Distinct(), offsets);

        Assert.Null((await home.OpenAsync()).Damage);
        var replayed = await home.ReplayAsync();
        Assert.Equal(offsets, replayed.Select(chunk => chunk.Offset));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal($"s{i % 3}", replayed[i].Stream);
            Assert.Equal(LogChunks.Start.AddSeconds(i + 1), replayed[i].Arrived);
            LogChunks.AssertSame(LogChunks.Second(i), replayed[i].Chunk);
        }

        LogChunks.AssertSame(new SampleChunk(77, LogChunks.Start, 250.5, [], End: true), replayed[20].Chunk);
        Assert.True(await home.Log.AppendAsync("s9", LogChunks.Second(0)) > offsets[^1], "an offset was given twice");
    }

    [Theory]
    [MemberData(nameof(LogHome.Kinds), MemberType = typeof(LogHome))]
    public async Task Callbacks_come_in_order_of_offsets_which_is_the_order_of_appends(string kind)
    {
        await using var home = new LogHome(kind);
        await home.OpenAsync();
        var called = new List<long>();
        var appends = Enumerable.Range(0, 500).Select(i => home.Log.AppendAsync("s", LogChunks.Second(i), called.Add)).ToArray();
        Assert.Equal(await Task.WhenAll(appends), called);
        Assert.Equal(called.Order(), called);
    }

    [Theory]
    [MemberData(nameof(LogHome.Kinds), MemberType = typeof(LogHome))]
    public async Task Only_chunks_beyond_their_streams_snapshot_are_replayed(string kind)
    {
        await using var home = new LogHome(kind);
        await home.OpenAsync();
        var a = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            a.Add(await home.Log.AppendAsync("a", LogChunks.Second(i)));
            await home.Log.AppendAsync("b", LogChunks.Second(i, 1));
        }

        await home.Log.SaveAsync([new LoggedSnapshot("a", a[1], [1])]);
        await home.Log.SaveAsync([new LoggedSnapshot("a", a[3], [1, 2, 3]), new LoggedSnapshot("c", 0, [])]);
        var content = await home.OpenAsync();
        Assert.Equal(["a", "c"], content.Snapshots.Select(snapshot => snapshot.Stream).Order());
        var snapshot = content.Snapshots.Single(snapshot => snapshot.Stream == "a");
        Assert.Equal(a[3], snapshot.Offset);
        Assert.Equal([1, 2, 3], snapshot.State);
        var replayed = await home.ReplayAsync();
        Assert.Equal([4, 5], replayed.Where(chunk => chunk.Stream == "a").Select(chunk => chunk.Chunk.Sequence));
        Assert.Equal([0, 1, 2, 3, 4, 5], replayed.Where(chunk => chunk.Stream == "b").Select(chunk => chunk.Chunk.Sequence));
    }

    [Theory]
    [MemberData(nameof(LogHome.Kinds), MemberType = typeof(LogHome))]
    public async Task Samples_of_a_time_range_are_those_that_overlap_it_in_order_of_time(string kind)
    {
        await using var home = new LogHome(kind);
        await home.OpenAsync();
        foreach (var i in new[] { 3, 0, 1, 5, 2, 4 })
            await home.Log.AppendAsync("a", LogChunks.Second(i));
        await home.Log.AppendAsync("b", LogChunks.Second(2, 1));
        var samples = await home.Log.SamplesAsync("a", LogChunks.Start.AddSeconds(1.5), LogChunks.Start.AddSeconds(4));
        Assert.Equal([1, 2, 3], samples.Select(chunk => chunk.Sequence));
        LogChunks.AssertSame(LogChunks.Second(2), samples[1]);
        Assert.Empty(await home.Log.SamplesAsync("a", LogChunks.Start.AddSeconds(6), LogChunks.Start.AddSeconds(9)));
        Assert.Empty(await home.Log.SamplesAsync("nobody", LogChunks.Start, LogChunks.Start.AddSeconds(9)));
    }

    [Theory]
    [MemberData(nameof(LogHome.Kinds), MemberType = typeof(LogHome))]
    public async Task Old_chunks_are_forgotten_unless_no_snapshot_covers_them(string kind)
    {
        await using var home = new LogHome(kind);
        await home.OpenAsync();
        long last = 0;
        for (var i = 0; i < 10; i++)
        {
            last = await home.Log.AppendAsync("covered", LogChunks.Second(i));
            await home.Log.AppendAsync("open", LogChunks.Second(i));
        }

        await home.Log.SaveAsync([new LoggedSnapshot("covered", last, [])]);
        while (await home.Log.ForgetAsync(LogChunks.Start.AddHours(1), long.MaxValue))
        {
        }

        Assert.Empty(await home.Log.SamplesAsync("covered", LogChunks.Start, LogChunks.Start.AddHours(1)));
        Assert.Equal(10, (await home.Log.SamplesAsync("open", LogChunks.Start, LogChunks.Start.AddHours(1))).Count);
        Assert.Equal(10, (await home.ReplayAsync()).Count);
        await home.OpenAsync();
        Assert.Equal(10, (await home.ReplayAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(LogHome.Kinds), MemberType = typeof(LogHome))]
    public async Task The_oldest_are_forgotten_beyond_the_quota_and_nothing_within_it(string kind)
    {
        await using var home = new LogHome(kind);
        await home.OpenAsync();
        long last = 0;
        for (var i = 0; i < 180; i++)
            last = await home.Log.AppendAsync("a", LogChunks.Second(i));
        await home.Log.SaveAsync([new LoggedSnapshot("a", last, [])]);
        while (await home.Log.ForgetAsync(LogChunks.Start, long.MaxValue))
        {
        }

        Assert.Equal(180, (await home.Log.SamplesAsync("a", LogChunks.Start, LogChunks.Start.AddHours(1))).Count);
        while (await home.Log.ForgetAsync(LogChunks.Start, 0))
        {
        }

        Assert.Empty(await home.Log.SamplesAsync("a", LogChunks.Start, LogChunks.Start.AddHours(1)));
    }

    [Theory]
    [MemberData(nameof(LogHome.Kinds), MemberType = typeof(LogHome))]
    public async Task A_stream_that_is_removed_is_gone_and_may_begin_again(string kind)
    {
        await using var home = new LogHome(kind);
        await home.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            await home.Log.AppendAsync("a", LogChunks.Second(i));
            await home.Log.AppendAsync("b", LogChunks.Second(i, 1));
        }

        await home.Log.SaveAsync([new LoggedSnapshot("a", 3, [1])]);
        await home.Log.RemoveAsync("a");
        await home.Log.RemoveAsync("nobody");
        Assert.Empty(await home.Log.SamplesAsync("a", LogChunks.Start, LogChunks.Start.AddHours(1)));
        await home.Log.AppendAsync("a", LogChunks.Second(9));
        Assert.Empty((await home.OpenAsync()).Snapshots);
        var replayed = await home.ReplayAsync();
        Assert.Equal(9, Assert.Single(replayed, chunk => chunk.Stream == "a").Chunk.Sequence);
        Assert.Equal(5, replayed.Count(chunk => chunk.Stream == "b"));
        Assert.Single(await home.Log.SamplesAsync("a", LogChunks.Start, LogChunks.Start.AddHours(1)));
    }

    [Theory]
    [MemberData(nameof(LogHome.Kinds), MemberType = typeof(LogHome))]
    public async Task A_log_that_is_closed_says_so(string kind)
    {
        await using var home = new LogHome(kind);
        await home.OpenAsync();
        await home.Log.DisposeAsync();
        var e = await Assert.ThrowsAsync<ChunkLogException>(() => home.Log.AppendAsync("a", LogChunks.Second(0)));
        Assert.Equal("the log is closed", e.Message);
        await Assert.ThrowsAsync<ChunkLogException>(() => home.Log.SaveAsync([]));
        await Assert.ThrowsAsync<ChunkLogException>(() => home.Log.SamplesAsync("a", LogChunks.Start, LogChunks.Start));
        await Assert.ThrowsAsync<ChunkLogException>(home.ReplayAsync);
    }

    [Theory]
    [MemberData(nameof(LogHome.Kinds), MemberType = typeof(LogHome))]
    public async Task Figures_count_commits_and_bytes(string kind)
    {
        await using var home = new LogHome(kind);
        await home.OpenAsync();
        await home.Log.AppendAsync("a", LogChunks.Second(0));
        var figures = home.Log.Figures;
        Assert.True(figures is { Bytes: > 300, BytesWritten: > 300, Commits: >= 1, Damaged: 0 }, figures.ToString());
        Assert.Equal(TimeSpan.Zero, figures.DurableLag);
    }
}
