using Microsoft.Data.Sqlite;
using Mina.Streaming.Log;
using Xunit;

namespace Mina.Streaming.Tests.Log;

/// <summary>What the log does by itself: it packs the journal, and its file stays as large as what is kept.</summary>
public sealed class LogUpkeepTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Minutes_are_packed_into_a_row_a_stream_and_nothing_is_lost_on_the_way()
    {
        const int seconds = 150;
        var path = _folder["log.db"];
        await using (var log = new SqliteChunkLog(path))
        {
            await log.OpenAsync();
            for (var i = 0; i < seconds; i++)
            {
                await Task.WhenAll(Enumerable.Range(0, 5).Select(s => log.AppendAsync($"s{s}", LogChunks.Second(i, s))));
                if (i % 30 == 0)
                    await AssertKeptAsync(log, i + 1);
            }

            // Forgetting nothing waits for a packing that goes on.
            _ = await log.ForgetAsync(DateTimeOffset.MinValue, long.MaxValue);
            await AssertKeptAsync(log, seconds);
        }

        using (var db = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            db.Open();
            using var command = db.CreateCommand();
            command.CommandText = "SELECT (SELECT count(*) FROM segments), (SELECT count(*) FROM journal)";
            using var row = command.ExecuteReader();
            Assert.True(row.Read());
            Assert.InRange(row.GetInt32(0), 5, 20);
            Assert.InRange(row.GetInt32(1), 0, 130);
        }

        await using var again = new SqliteChunkLog(path);
        Assert.Null((await again.OpenAsync()).Damage);
        await AssertKeptAsync(again, seconds);
        var replayed = await again.ReplayedAsync();
        Assert.Equal(5 * seconds, replayed.Count);
        Assert.Equal(replayed.Select(chunk => chunk.Offset).Order(), replayed.Select(chunk => chunk.Offset));
    }

    [Fact]
    public async Task The_file_stays_bounded_while_chunks_come_and_go()
    {
        var path = _folder["log.db"];
        await using var log = new SqliteChunkLog(path, new ChunkLogOptions { CommitInterval = TimeSpan.Zero, PackAfter = TimeSpan.FromSeconds(50) });
        await log.OpenAsync();
        var sizes = new List<long>();
        for (var minute = 0; minute < 12; minute++)
        {
            var offsets = await Task.WhenAll(Enumerable.Range(0, 600).Select(i => log.AppendAsync("a", LogChunks.Second((600 * minute) + i))));
            await log.SaveAsync([new LoggedSnapshot("a", offsets[^1], [])]);
            while (await log.ForgetAsync(LogChunks.Start.AddSeconds(600 * minute), long.MaxValue))
            {
            }

            sizes.Add(new FileInfo(path).Length + new FileInfo(path + "-wal").Length);
        }

        // The write-ahead file grows to its full size once.
        Assert.InRange(sizes[^1], 1, 40 << 20);
        Assert.NotEmpty(await log.SamplesAsync("a", LogChunks.Start.AddSeconds(600 * 11.5), LogChunks.Start.AddSeconds(600 * 12)));

        // Segments are forgotten by the group that was packed together, once all of it is old. A group begins at most two rounds before its end.
        Assert.Empty(await log.SamplesAsync("a", LogChunks.Start, LogChunks.Start.AddSeconds(600 * 9)));
    }

    [Fact]
    public async Task A_stream_without_a_snapshot_does_not_keep_the_log_from_forgetting_others()
    {
        await using var log = new SqliteChunkLog(_folder["log.db"]);
        await log.OpenAsync();
        for (var minute = 0; minute < 12; minute++)
        {
            var last = await log.AppendAsync("covered", LogChunks.Second(60 * minute));
            _ = await log.AppendAsync("open", LogChunks.Second(60 * minute));
            await log.SaveAsync([new LoggedSnapshot("covered", last, [])]);
            _ = await log.PackAndMeasureAsync();
        }

        while (await log.ForgetAsync(LogChunks.Start.AddDays(1), long.MaxValue))
        {
        }

        Assert.Empty(await log.SamplesAsync("covered", LogChunks.Start, LogChunks.Start.AddDays(1)));
        Assert.Equal(12, (await log.ReplayedAsync()).Count);
    }

    [Fact]
    public async Task A_device_clock_that_jumps_does_not_hide_samples()
    {
        await using var log = new SqliteChunkLog(_folder["log.db"]);
        await log.OpenAsync();
        var times = new[] { 0, 1, 86_400, 86_401, 2, -4000, 3 };
        for (var i = 0; i < times.Length; i++)
            await log.AppendAsync("a", LogChunks.Start.AddSeconds(i), LogChunks.Second(times[i]) with { Sequence = i });
        _ = await log.PackAndMeasureAsync();
        var all = await log.SamplesAsync("a", LogChunks.Start.AddDays(-2), LogChunks.Start.AddDays(2));
        Assert.Equal([5, 0, 1, 4, 6, 2, 3], all.Select(chunk => chunk.Sequence));
        Assert.Equal([2, 3], (await log.SamplesAsync("a", LogChunks.Start.AddHours(1), LogChunks.Start.AddDays(2))).Select(chunk => chunk.Sequence));
    }

    private static async Task AssertKeptAsync(SqliteChunkLog log, int seconds)
    {
        for (var s = 0; s < 5; s++)
        {
            var kept = await log.SamplesAsync($"s{s}", LogChunks.Start, LogChunks.Start.AddDays(1));
            Assert.Equal(Enumerable.Range(0, seconds), kept.Select(chunk => (int)chunk.Sequence));
            LogChunks.AssertSame(LogChunks.Second(seconds / 2, s), kept[seconds / 2]);
        }
    }
}
