using System.Diagnostics;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings;
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

    [SkippableFact]
    public void A_pipe_or_a_device_in_place_of_a_recording_is_called_one()
    {
        Skip.If(!OperatingSystem.IsLinux(), "Other systems do not say.");
        using var temp = new TemporaryFolder();
        Directory.CreateDirectory(temp["in"]);
        File.WriteAllBytes(temp["in/empty.csv"], []);
        Process.Start("mkfifo", [temp["in/pipe.hea"], temp["in/pipe.edf"], temp["in/signal.dat"]]).WaitForExit();
        File.CreateSymbolicLink(temp["in/link.csv"], temp["in/pipe.hea"]);
        File.CreateSymbolicLink(temp["in/zero.csv"], "/dev/zero");
        File.WriteAllText(temp["in/signal.hea"], "signal 1 300 3000\nsignal.dat 16 1000/mV 16 0 0 0 0 ECG\n");
        Assert.Null(PlainFile.FindKindOtherThanFile(temp["in/empty.csv"]));
        Assert.Null(PlainFile.FindKindOtherThanFile(temp["in"]));
        Assert.Null(PlainFile.FindKindOtherThanFile(temp["in/none"]));
        Assert.Equal("a device", PlainFile.FindKindOtherThanFile("/dev/null"));

        using var folder = RecordingFolder.Open(temp["in"]);
        var said = folder.Entries.ToDictionary(entry => Path.GetFileName(entry.Location), entry => entry.Read(new ReadOptions()).Rejection!.Message);
        foreach (var name in new[] { "pipe.hea", "pipe.edf", "link.csv", "signal.hea" })
            Assert.Contains("it is a pipe, and no file", said[name]);
        Assert.Contains("it is a device, and no file", said["zero.csv"]);
        Assert.DoesNotContain("pipe", said["empty.csv"]);
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
