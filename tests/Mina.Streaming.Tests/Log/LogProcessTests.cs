using System.Diagnostics;
using System.Globalization;
using Mina.Streaming.Log;
using Xunit;

namespace Mina.Streaming.Tests.Log;

/// <summary>Real processes: two that want one log, and one that is killed.</summary>
public sealed class LogProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_process_is_refused_with_one_sentence()
    {
        var path = _folder["log.db"];
        await using var log = new SqliteChunkLog(path);
        await log.OpenAsync();
        using var second = Start(path);
        var said = await second.StandardOutput.ReadToEndAsync();
        await second.WaitForExitAsync();
        Assert.Equal($"another process has {path} open (it holds {path}.lock)\n", said.ReplaceLineEndings("\n"));
        Assert.Equal(1, second.ExitCode);
        await log.AppendAsync("a", LogChunks.Second(0));

        await using var here = new SqliteChunkLog(path);
        var e = await Assert.ThrowsAsync<ChunkLogException>(() => here.OpenAsync());
        Assert.Equal($"another process has {path} open (it holds {path}.lock)", e.Message);
    }

    [Fact]
    public async Task After_kills_every_chunk_that_was_committed_is_read_back()
    {
        var path = _folder["log.db"];
        var random = new Random(5);
        for (var kill = 0; kill < 4; kill++)
        {
            var committed = new List<(string Stream, int Second, long Offset)>();
            using (var child = Start(path))
            {
                Assert.Equal("open", await child.StandardOutput.ReadLineAsync());
                var until = random.Next(300, 1200);
                while (await child.StandardOutput.ReadLineAsync() is { } line)
                {
                    if (line.Split(' ') is [var stream, var second, var offset] && long.TryParse(offset, CultureInfo.InvariantCulture, out var number))
                        committed.Add((stream, int.Parse(second, CultureInfo.InvariantCulture), number));
                    if (committed.Count == until)
                        child.Kill();
                }

                await child.WaitForExitAsync();
            }

            await using var log = new SqliteChunkLog(path);
            var content = await log.OpenAsync();
            Assert.True(content.Damage is null || content.Damage.Contains("last page", StringComparison.Ordinal), content.Damage);
            var replayed = (await log.ReplayedAsync()).ToDictionary(chunk => chunk.Offset);
            // The last line may be cut in its number; the one before is whole.
            foreach (var (stream, second, offset) in committed.SkipLast(1))
            {
                var covered = content.Snapshots.SingleOrDefault(snapshot => snapshot.Stream == stream)?.Offset ?? 0;
                if (offset <= covered)
                    continue;
                var chunk = Assert.Contains(offset, replayed);
                Assert.Equal((stream, second), (chunk.Stream, (int)chunk.Chunk.Sequence));
                LogChunks.AssertSame(LogChunks.Second(second, stream[1] - '0'), chunk.Chunk);
            }

            // What is covered is still there to be looked at, unless it was forgotten.
            var kept = await log.SamplesAsync("s0", LogChunks.Start, LogChunks.Start.AddDays(1));
            var last = committed.SkipLast(1).Where(append => append.Stream == "s0").Select(append => append.Second).Last();
            Assert.Subset(kept.Select(chunk => (int)chunk.Sequence).ToHashSet(), Enumerable.Range(Math.Max(0, last - 80), Math.Min(80, last)).ToHashSet());
            foreach (var stream in Enumerable.Range(0, 4))
                await log.RemoveAsync($"s{stream}");
        }
    }

    private static Process Start(string path) => Process.Start(new ProcessStartInfo(
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
        ["exec", typeof(LogProcessTests).Assembly.Location, "append", path])
    { RedirectStandardOutput = true })!;
}
