using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Tests.Ingest;
using Xunit;

namespace Mina.Streaming.Tests.Files;

public sealed class WholeFileTests
{
    private const int NoSpaceLeft = 28;

    [Fact]
    public void A_file_is_written_in_folders_that_were_missing_and_nothing_else_is_left()
    {
        using var temp = new TemporaryFolder();
        WholeFile.Write(temp["a/b/c.txt"], "é\n");
        Assert.Equal("é\n"u8.ToArray(), File.ReadAllBytes(temp["a/b/c.txt"]));
        Assert.Single(TemporaryFolder.Contents(temp.Path));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced()
    {
        using var temp = new TemporaryFolder();
        WholeFile.Write(temp["file"], "the first, which is longer");
        WholeFile.Write(temp["file"], "second");
        Assert.Equal("second", File.ReadAllText(temp["file"]));
    }

    [Fact]
    public void A_crash_at_any_step_leaves_the_old_file_or_the_new_one()
    {
        for (var dieAt = 0; ; dieAt++)
        {
            using var temp = new TemporaryFolder();
            WholeFile.Write(temp["file"], "old");
            var files = new CrashingFiles(dieAt, () => new IOException("killed"));
            try
            {
                files.WriteWhole(temp["file"], "new"u8);
                Assert.True(dieAt > 4, $"written in {dieAt} steps");
                return;
            }
            catch (IOException)
            {
                Assert.Contains(File.ReadAllText(temp["file"]), new[] { "old", "new" });
                Assert.All(Directory.GetFiles(temp.Path).Where(file => file != temp["file"]), file => Assert.True(WholeFile.IsTemporary(file), file));
            }
        }
    }

    [Fact]
    public void A_full_disk_keeps_the_old_file_and_leaves_no_temporary_one()
    {
        using var temp = new TemporaryFolder();
        WholeFile.Write(temp["file"], "old");
        Assert.Throws<IOException>(() => new FullDisk().WriteWhole(temp["file"], "new"u8));
        Assert.Equal("old", File.ReadAllText(temp["file"]));
        Assert.Single(Directory.GetFiles(temp.Path));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named_in_one_sentence()
    {
        using var temp = new TemporaryFolder();
        File.WriteAllText(temp["taken"], "a file where a folder should be");
        var e = Assert.Throws<ProblemException>(() => WholeFile.Write(temp["taken/report.html"], "text"));
        Assert.StartsWith($"{temp["taken/report.html"]} cannot be written because ", e.Message);
        Assert.EndsWith("; choose another place for it.", e.Message);
        Assert.Equal("the disk is full", DiskFailure.Reason(new IOException("No space left on device", NoSpaceLeft)));
    }

    [Theory]
    [InlineData(".settings.json.0123456789ab.tmp", true)]
    [InlineData("folder/.a.b.ffffffffffff.tmp", true)]
    [InlineData(".settings.json.tmp", false)]
    [InlineData("settings.json.0123456789ab.tmp", false)]
    [InlineData(".notes-of-a-person.tmp", false)]
    [InlineData(".x.0123456789AB.tmp", false)]
    public void Temporary_names_are_told_from_a_users(string name, bool temporary) => Assert.Equal(temporary, WholeFile.IsTemporary(name));

    private sealed class FullDisk : IFileStore
    {
        private readonly DiskFiles _disk = DiskFiles.Instance;

        public void Sync(Stream file) => throw new IOException("No space left on device", NoSpaceLeft);

        public void CreateDirectory(string directory) => _disk.CreateDirectory(directory);

        public IDisposable Lock(string path) => _disk.Lock(path);

        public Stream Create(string path) => _disk.Create(path);

        public void Rename(string from, string to) => _disk.Rename(from, to);

        public void SyncDirectory(string directory) => _disk.SyncDirectory(directory);

        public void Append(string path, ReadOnlySpan<byte> bytes) => _disk.Append(path, bytes);

        public void Truncate(string path, long length) => _disk.Truncate(path, length);

        public void Delete(string path) => _disk.Delete(path);

        public byte[]? Read(string path) => _disk.Read(path);

        public long? LengthOf(string path) => _disk.LengthOf(path);

        public IReadOnlyList<string> List(string directory) => _disk.List(directory);
    }
}
