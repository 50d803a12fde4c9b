using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Mina.Streaming.Log;
using Xunit;

namespace Mina.Streaming.Tests.Log;

/// <summary>A disk that refuses: appends fail with a reason, and the next one works when the disk does.</summary>
public sealed class LogFaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task While_another_program_has_locked_the_file_appends_fail_and_later_ones_work()
    {
        var path = _folder["log.db"];
        await using var log = new SqliteChunkLog(path);
        await log.OpenAsync();
        await log.AppendAsync("a", LogChunks.Second(0));
        using (var other = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction();
            using var command = other.CreateCommand();
            command.CommandText = "UPDATE meta SET value = value";
            command.ExecuteNonQuery();
            var e = await Assert.ThrowsAsync<ChunkLogException>(() => log.AppendAsync("a", LogChunks.Second(1), _ => Assert.Fail("committed")));
            Assert.Equal($"another program has locked {path}", e.Message);
        }

        await log.AppendAsync("a", LogChunks.Second(2));
        Assert.Equal([0, 2], (await log.ReplayedAsync()).Select(chunk => chunk.Chunk.Sequence));
    }

    [Fact]
    public async Task When_the_file_is_deleted_an_append_fails_and_the_next_begins_a_new_file()
    {
        var path = _folder["log.db"];
        await using (var log = new SqliteChunkLog(path))
        {
            await log.OpenAsync();
            await log.AppendAsync("a", LogChunks.Second(0));
            foreach (var file in Directory.GetFiles(_folder.Path, "log.db*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
                File.Delete(file);
            var e = await Assert.ThrowsAsync<ChunkLogException>(() => log.AppendAsync("a", LogChunks.Second(1)));
            Assert.Equal($"{path} is no longer there", e.Message);
            await log.AppendAsync("a", LogChunks.Second(2));
        }

        await using var again = new SqliteChunkLog(path);
        Assert.Null((await again.OpenAsync()).Damage);
        Assert.Equal([2], (await again.ReplayedAsync()).Select(chunk => chunk.Chunk.Sequence));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_and_a_database_of_another_program_are_one_sentence()
    {
        await File.WriteAllTextAsync(_folder["file"], "");
        await using var impossible = new SqliteChunkLog(_folder["file/log.db"]);
        await Assert.ThrowsAsync<ChunkLogException>(() => impossible.OpenAsync());

        var path = _folder["other.db"];
        using (var other = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE theirs (x)";
            command.ExecuteNonQuery();
        }

        await using var log = new SqliteChunkLog(path);
        var e = await Assert.ThrowsAsync<ChunkLogException>(() => log.OpenAsync());
        Assert.Equal($"{path} is another program's database", e.Message);
    }

    [Fact]
    public async Task Appends_fail_where_too_much_waits_already()
    {
        var options = new ChunkLogOptions { MaxWaitingBytes = 1000, CommitInterval = TimeSpan.FromMilliseconds(200) };
        await using var log = new SqliteChunkLog(_folder["log.db"], options);
        await log.OpenAsync();
        var appends = Enumerable.Range(0, 20).Select(i => log.AppendAsync("a", LogChunks.Second(i))).ToList();
        var e = await Assert.ThrowsAsync<ChunkLogException>(() => appends[^1]);
        Assert.StartsWith("the disk does not keep up; ", e.Message, StringComparison.Ordinal);
        await appends[0];
        var kept = appends.Count(append => append.Status != TaskStatus.Faulted);
        Assert.Equal(kept, (await log.ReplayedAsync()).Count);
        await log.AppendAsync("a", LogChunks.Second(99));
    }

    [SkippableFact]
    public async Task On_a_full_disk_appends_fail_and_work_again_when_there_is_room()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root on Linux can make a small disk");
        var disk = Directory.CreateDirectory(_folder["disk"]).FullName;
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", disk), "this machine does not let tests mount a tmpfs");
        try
        {
            var ballast = Path.Combine(disk, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[200_000]);
            var path = Path.Combine(disk, "log.db");
            var committed = new List<long>();
            await using (var log = new SqliteChunkLog(path))
            {
                await log.OpenAsync();
                ChunkLogException? full = null;
                for (var i = 0; i < 2000 && full is null; i++)
                {
                    try
                    {
                        committed.Add(await log.AppendAsync("a", LogChunks.Second(i)));
                    }
                    catch (ChunkLogException e)
                    {
                        full = e;
                    }
                }

                Assert.Equal("the disk is full", full?.Message);
                File.Delete(ballast);
                committed.Add(await log.AppendAsync("a", LogChunks.Second(5000)));
            }

            await using var again = new SqliteChunkLog(path);
            Assert.Null((await again.OpenAsync()).Damage);
            Assert.Equal(committed, (await again.ReplayedAsync()).Select(chunk => chunk.Offset));
        }
        finally
        {
            Assert.True(Run("umount", "-l", disk));
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        process!.WaitForExit();
        return process.ExitCode == 0;
    }
}
