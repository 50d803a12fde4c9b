using Mina.Streaming.Log;
using Xunit;

namespace Mina.Streaming.Tests.Log;

public sealed class FaultyChunkLogTests
{
    private readonly FaultyChunkLog _log = new(new MemoryChunkLog());

    [Fact]
    public async Task The_appends_that_are_to_fail_fail_and_leave_nothing()
    {
        await _log.OpenAsync();
        _log.FailsAppend = number => number == 2;
        await _log.AppendAsync("a", LogChunks.Second(0));
        var e = await Assert.ThrowsAsync<ChunkLogException>(() => _log.AppendAsync("a", LogChunks.Second(1), _ => Assert.Fail("committed")));
        Assert.Equal("the disk is full", e.Message);
        await _log.AppendAsync("a", LogChunks.Second(2));
        _log.Fails = true;
        await Assert.ThrowsAsync<ChunkLogException>(() => _log.AppendAsync("a", LogChunks.Second(3)));
        await Assert.ThrowsAsync<ChunkLogException>(() => _log.SaveAsync([]));
        _log.Fails = false;
        Assert.Equal([0, 2], await ReplayedAsync());
    }

    [Fact]
    public async Task A_crash_forgets_what_waits_but_for_what_had_reached_the_disk()
    {
        await _log.OpenAsync();
        _log.Holds = true;
        var committed = new List<long>();
        var appends = Enumerable.Range(0, 5).Select(i => _log.AppendAsync("a", LogChunks.Second(i), committed.Add)).ToList();
        Assert.Equal(5, _log.Waiting);
        _log.Commit(2);
        Assert.Equal([true, true, false, false, false], appends.Select(append => append.IsCompletedSuccessfully));
        _log.Crash(torn: 1);
        await Assert.ThrowsAsync<ChunkLogException>(() => _log.AppendAsync("a", LogChunks.Second(9)));
        await _log.OpenAsync();
        Assert.Equal([0, 1, 2], await ReplayedAsync());
        Assert.Equal(2, committed.Count);
        Assert.False(appends[2].IsCompleted);
    }

    private async Task<List<long>> ReplayedAsync()
    {
        var sequences = new List<long>();
        await foreach (var chunk in _log.ReplayAsync())
            sequences.Add(chunk.Chunk.Sequence);
        return sequences;
    }
}
