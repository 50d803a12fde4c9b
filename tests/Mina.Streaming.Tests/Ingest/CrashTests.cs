using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Ingest;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Ingest;

public sealed class CrashTests
{
    private const int NoSpaceLeft = 28;
    private const int Recordings = 24;

    [Fact]
    public async Task A_run_that_died_at_any_step_ends_with_the_bytes_of_an_undisturbed_one_when_rerun()
    {
        using var temp = new TemporaryFolder();
        var (steps, expected) = await UndisturbedAsync(temp);
        Assert.True(steps > 60, $"only {steps} steps");
        for (var dieAt = 0; dieAt < steps; dieAt++)
        {
            var output = temp[$"died-{dieAt}"];
            var files = new CrashingFiles(dieAt, () => new IOException("killed"));
            await Assert.ThrowsAsync<ProblemException>(() => RunAsync(output, files));
            Assert.True(files.Died);
            if (Directory.Exists(output) && File.Exists(Path.Combine(output, ShardSettings.FileName)))
                AssertPrefix(output, expected);
            await RunAsync(output, null);
            Assert.Equal(expected, TemporaryFolder.Contents(output));
            Directory.Delete(output, recursive: true);
        }
    }

    [Fact]
    public async Task A_run_that_dies_again_and_again_gets_to_the_same_bytes()
    {
        using var temp = new TemporaryFolder();
        var (_, expected) = await UndisturbedAsync(temp);
        var deaths = 0;
        for (var survives = 15; ; survives += 3)
        {
            try
            {
                await RunAsync(temp["out"], new CrashingFiles(survives, () => new IOException("killed")));
                break;
            }
            catch (ProblemException)
            {
                deaths++;
            }
        }

        Assert.True(deaths > 3);
        Assert.Equal(expected, TemporaryFolder.Contents(temp["out"]));
    }

    [Fact]
    public async Task A_full_disk_ends_with_one_sentence_and_what_is_listed_stays_valid()
    {
        using var temp = new TemporaryFolder();
        var (steps, expected) = await UndisturbedAsync(temp);
        for (var fullAt = 1; fullAt < steps; fullAt += 7)
        {
            var output = temp[$"full-{fullAt}"];
            var e = await Assert.ThrowsAsync<ProblemException>(
                () => RunAsync(output, new CrashingFiles(fullAt, () => new IOException("No space left on device", NoSpaceLeft))));
            Assert.Contains("the disk is full", e.Message);
            Assert.Contains(output, e.Message);
            if (File.Exists(Path.Combine(output, ShardSettings.FileName)))
                ShardSet.Open(output, verify: true);
            await RunAsync(output, null);
            Assert.Equal(expected, TemporaryFolder.Contents(output));
            Directory.Delete(output, recursive: true);
        }
    }

    [SkippableFact]
    public async Task A_device_that_is_really_full_is_reported_as_full()
    {
        Skip.IfNot(File.Exists("/dev/full"), "There is no /dev/full here.");
        using var temp = new TemporaryFolder();
        await RunAsync(temp["out"], null);
        File.Delete(temp["out/manifest.jsonl"]);
        foreach (var split in Directory.GetDirectories(temp["out"]))
            Directory.Delete(split, recursive: true);
        File.CreateSymbolicLink(temp["out/manifest.jsonl"], "/dev/full");
        var e = await Assert.ThrowsAsync<ProblemException>(() => RunAsync(temp["out"], new ManifestIsEmpty()));
        Assert.Contains("the disk is full", e.Message);
        File.Delete(temp["out/manifest.jsonl"]);
    }

    private static async Task<(int Steps, SortedDictionary<string, string> Contents)> UndisturbedAsync(TemporaryFolder temp)
    {
        var files = new CrashingFiles(int.MaxValue, () => throw new InvalidOperationException());
        await RunAsync(temp["undisturbed"], files);
        return (files.Steps, TemporaryFolder.Contents(temp["undisturbed"]));
    }

    private static Task<IngestSummary> RunAsync(string output, IFileStore? files) => IngestPipeline.RunAsync(
        FakeRecordings.Many(Recordings), FakeRecordings.Options(output) with { Files = files });

    // What is listed after a crash is listed, byte for byte, by the undisturbed run too.
    private static void AssertPrefix(string output, SortedDictionary<string, string> expected)
    {
        var now = TemporaryFolder.Contents(output);
        foreach (var shard in ShardSet.Open(output, verify: true).Shards)
            Assert.Equal(expected[shard.Name], now[shard.Name]);
    }

    // /dev/full reads as endless zeros: only the writing is of interest here.
    private sealed class ManifestIsEmpty : IFileStore
    {
        private readonly DiskFiles _disk = DiskFiles.Instance;

        public void CreateDirectory(string directory) => _disk.CreateDirectory(directory);

        public IDisposable Lock(string path) => _disk.Lock(path);

        public Stream Create(string path) => _disk.Create(path);

        public void Sync(Stream file) => _disk.Sync(file);

        public void Rename(string from, string to) => _disk.Rename(from, to);

        public void SyncDirectory(string directory) => _disk.SyncDirectory(directory);

        public void Append(string path, ReadOnlySpan<byte> bytes) => _disk.Append(path, bytes);

        public void Truncate(string path, long length) => _disk.Truncate(path, length);

        public void Delete(string path) => _disk.Delete(path);

        public byte[]? Read(string path) => path.EndsWith(Manifest.FileName, StringComparison.Ordinal) ? [] : _disk.Read(path);

        public long? LengthOf(string path) => path.EndsWith(Manifest.FileName, StringComparison.Ordinal) ? 0 : _disk.LengthOf(path);

        public IReadOnlyList<string> List(string directory) => _disk.List(directory);
    }
}
