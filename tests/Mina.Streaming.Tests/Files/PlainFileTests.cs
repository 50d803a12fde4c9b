using System.Diagnostics;
using Mina.Streaming.Files;
using Mina.Streaming.Tests.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Files;

public sealed class PlainFileTests
{
    [SkippableFact]
    public void A_pipe_is_not_waited_for_neither_to_be_read_nor_to_be_written()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        using var temp = new TemporaryFolder();
        Directory.CreateDirectory(temp["in"]);
        var pipe = temp["in/pipe"];
        Process.Start("mkfifo", pipe).WaitForExit();
        Assert.Empty(PlainFile.ReadAllBytes(pipe, 10));
        Assert.Contains("is a pipe", Assert.Throws<IOException>(() => PlainFile.RequireNoPipe(pipe)).Message);
        Assert.Throws<IOException>(() => DiskFiles.Instance.Read(pipe));
        Assert.Throws<IOException>(() => DiskFiles.Instance.Append(pipe, [1]));
        Assert.Throws<IOException>(() => DiskFiles.Instance.Create(pipe));
        Assert.Throws<IOException>(() => DiskFiles.Instance.Truncate(pipe, 0));
    }

    [Fact]
    public void A_file_is_read_up_to_its_kind_s_size_and_refused_beyond_it()
    {
        using var temp = new TemporaryFolder();
        Directory.CreateDirectory(temp["in"]);
        File.WriteAllBytes(temp["in/a"], [1, 2, 3]);
        Assert.Equal([1, 2, 3], PlainFile.ReadAllBytes(temp["in/a"], 3));
        Assert.Contains("more than the 2", Assert.Throws<IOException>(() => PlainFile.ReadAllBytes(temp["in/a"], 2)).Message);
    }
}
