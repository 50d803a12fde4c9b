using Mina.Streaming.Log;
using Xunit;

namespace Mina.Streaming.Tests.Log;

/// <summary>
/// Power loss and bad disks: the files are cut or a bit is flipped, and what is read back is a prefix of each stream; anything else is named.
/// </summary>
public sealed class LogDamageTests : IDisposable
{
    private const int Streams = 3;
    private const int Seconds = 40;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("log.db-wal")]
    [InlineData("log.db")]
    public async Task A_file_that_is_cut_anywhere_leaves_a_prefix_of_each_stream(string file)
    {
        foreach (var files in await MadeAsync(file))
        {
            var random = new Random(files.Count);
            for (var i = 0; i < 25; i++)
            {
                var cut = new Dictionary<string, byte[]>(files);
                var bytes = cut[file];
                cut[file] = bytes[..(i < 4 ? (int[])[0, 1, bytes.Length - 1, bytes.Length / 2] : [random.Next(bytes.Length)])[i < 4 ? i : 0]];
                await CheckAsync(cut, mayBeShort: true, $"{file} cut to {cut[file].Length} of {bytes.Length} bytes");
            }
        }
    }

    [Theory]
    [InlineData("log.db-wal")]
    [InlineData("log.db")]
    public async Task A_flipped_bit_is_named_or_does_no_harm(string file)
    {
        foreach (var files in await MadeAsync(file))
        {
            var random = new Random(files.Count);
            for (var i = 0; i < 60; i++)
            {
                var flipped = new Dictionary<string, byte[]>(files) { [file] = [.. files[file]] };
                // The header of a file decides over all of it.
                var at = i < 20 ? random.Next(Math.Min(120, flipped[file].Length)) : random.Next(flipped[file].Length);
                flipped[file][at] ^= (byte)(1 << random.Next(8));
                await CheckAsync(flipped, mayBeShort: false, $"{file} flipped at {at}");
            }
        }
    }

    [Fact]
    public async Task A_stream_whose_chunk_is_damaged_ends_there_and_the_others_go_on()
    {
        // Of another fs, so that it can be found in the file.
        var odd = BitConverter.GetBytes(251.0);
        var path = _folder["one.db"];
        await using (var log = new SqliteChunkLog(path))
        {
            await log.OpenAsync();
            for (var i = 0; i < 10; i++)
                await log.AppendAsync(i % 2 == 0 ? "even" : "odd", i == 5 ? LogChunks.Second(i) with { Fs = 251 } : LogChunks.Second(i));
        }

        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf(odd)] ^= 1;
        File.WriteAllBytes(path, bytes);
        await using var again = new SqliteChunkLog(path);
        var content = await again.OpenAsync();
        Assert.Equal($"The log {path} is damaged: 3 chunks of 1 stream (odd) cannot be read or come after one that cannot, and are left out.", content.Damage);
        var replayed = await again.ReplayedAsync();
        Assert.Equal([0, 1, 2, 3, 4, 6, 8], replayed.Select(chunk => chunk.Chunk.Sequence));

        // What comes afterwards is a part of the stream again.
        await again.AppendAsync("odd", LogChunks.Second(11));
        Assert.Equal([1, 3, 11], (await again.ReplayedAsync()).Where(chunk => chunk.Stream == "odd").Select(chunk => chunk.Chunk.Sequence));
    }

    [Fact]
    public async Task A_damaged_snapshot_is_named_and_its_stream_is_read_from_its_beginning()
    {
        var path = _folder["two.db"];
        await using (var log = new SqliteChunkLog(path))
        {
            await log.OpenAsync();
            long last = 0;
            for (var i = 0; i < 5; i++)
                last = await log.AppendAsync("a", LogChunks.Second(i));
            await log.SaveAsync([new LoggedSnapshot("a", last, "SNAPSHOT-STATE"u8.ToArray())]);
        }

        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf("SNAPSHOT-STATE"u8)] ^= 1;
        File.WriteAllBytes(path, bytes);
        await using var again = new SqliteChunkLog(path);
        var content = await again.OpenAsync();
        Assert.Empty(content.Snapshots);
        Assert.Contains("the state of 1 stream (a) was lost", content.Damage, StringComparison.Ordinal);
        Assert.Equal(5, (await again.ReplayedAsync()).Count);
    }

    // Two states of a log: as a kill leaves it, with a full write-ahead file, and as an orderly end does.
    private async Task<List<Dictionary<string, byte[]>>> MadeAsync(string file)
    {
        var path = _folder["log.db"];
        await using var log = new SqliteChunkLog(path);
        await log.OpenAsync();
        await FillAsync(log);
        var states = new List<Dictionary<string, byte[]>> { FilesOf(path) };
        await log.DisposeAsync();
        if (file == "log.db")
            states.Add(FilesOf(path));
        return states;
    }

    private static async Task FillAsync(SqliteChunkLog log)
    {
        for (var i = 0; i < Seconds; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, Streams).Select(s => log.AppendAsync($"s{s}", LogChunks.Second(i, s))));
            if (i == 14)
            {
                // Packed, some of it uncovered.
                await log.SaveAsync([new LoggedSnapshot("s0", 13, new byte[6000]), new LoggedSnapshot("s1", 2, [1])]);
                _ = await log.ForgetAsync(LogChunks.Start.AddSeconds(-1), 1);
            }
        }

        await log.SaveAsync([new LoggedSnapshot("s2", 90, new byte[300])]);
    }

    private static Dictionary<string, byte[]> FilesOf(string path) => Directory.GetFiles(Path.GetDirectoryName(path)!, "log.db*")
        .Where(file => Path.GetExtension(file) is ".db" or ".db-wal").ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);

    private async Task CheckAsync(Dictionary<string, byte[]> files, bool mayBeShort, string what)
    {
        var folder = Directory.CreateDirectory(_folder[Guid.NewGuid().ToString("N")]).FullName;
        foreach (var (name, bytes) in files)
            await File.WriteAllBytesAsync(Path.Combine(folder, name), bytes);
        await using (var log = new SqliteChunkLog(Path.Combine(folder, "log.db")))
        {
            LogContent content;
            try
            {
                content = await log.OpenAsync();
            }
            catch (ChunkLogException)
            {
                // Named: it says that this is no log of this program or version.
                return;
            }

            var replayed = await log.ReplayedAsync();
            foreach (var stream in Enumerable.Range(0, Streams).Select(s => $"s{s}"))
            {
                var covered = content.Snapshots.SingleOrDefault(snapshot => snapshot.Stream == stream)?.Offset ?? 0;
                var expected = Enumerable.Range(0, Seconds).Where(i => OffsetOf(stream, i) > covered).ToList();
                var sequences = replayed.Where(chunk => chunk.Stream == stream).Select(chunk => (int)chunk.Chunk.Sequence).ToList();
                foreach (var chunk in replayed.Where(chunk => chunk.Stream == stream))
                    LogChunks.AssertSame(LogChunks.Second((int)chunk.Chunk.Sequence, stream[1] - '0'), chunk.Chunk);
                var isPrefix = expected.Take(sequences.Count).SequenceEqual(sequences);
                Assert.True(
                    isPrefix || content.Damage is not null,
                    $"{what}: {stream} gave {string.Join(' ', sequences)} after {covered}, and nothing was named");
                Assert.True(
                    mayBeShort || content.Damage is not null || (isPrefix && sequences.Count == expected.Count),
                    $"{what}: {stream} ended with {sequences.LastOrDefault()}, and nothing was named");
                Assert.All(sequences.Zip(sequences.Skip(1)), pair => Assert.Equal(pair.First + 1, pair.Second));
            }

            // The log works, and what is appended now is read back.
            var offset = await log.AppendAsync("s0", LogChunks.Second(1000));
            Assert.Equal(offset, (await log.ReplayedAsync()).Last(chunk => chunk.Stream == "s0").Offset);
        }

        Directory.Delete(folder, recursive: true);
    }

    // Appends of one second are given to the log in order of streams.
    private static long OffsetOf(string stream, int second) => 1 + (second * Streams) + (stream[1] - '0');
}
