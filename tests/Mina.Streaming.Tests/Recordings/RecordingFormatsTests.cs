using System.IO.Compression;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Labels;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>What it takes to add a format: one class, registered once.</summary>
public class RecordingFormatsTests
{
    private const string Main = "MADE 2001-02-03T04:05:06 AF I:2 V5:3";
    private static readonly RecordingFormats Formats = new([.. RecordingFormats.All.Formats, new MadeUpFormat()]);
    private static readonly byte[] Part = [1, 2, 3, 255, 5];

    [Fact]
    public void A_registered_format_is_found_in_folders_and_zips_and_read()
    {
        using var temp = new TemporaryFolder();
        temp.Write("sub/b.made", Main);
        temp.Write("sub/b.part", Part);
        temp.Write("lost.part", Part);
        temp.Write("c.csv", "time,I\n0,1\n1,2\n");
        using (var zip = ZipFile.Open(Path.Combine(temp.Path, "z.zip"), ZipArchiveMode.Create))
        {
            zip.CreateEntryFromFile(Path.Combine(temp.Path, "sub/b.made"), "in/a.made");
            zip.CreateEntryFromFile(Path.Combine(temp.Path, "sub/b.part"), "in/a.part");
        }

        using var folder = RecordingFolder.Open(temp.Path, formats: Formats);

        Assert.Equal(["a", "b", "c", "lost"], folder.Entries.Select(e => e.Id));
        Assert.Equal(Main.Length + Part.Length, folder.Entries[1].Bytes);
        Assert.Equal($"{Path.Combine(temp.Path, "lost.part")} has lost its main file", folder.Entries[3].Read(new ReadOptions()).Rejection!.Message);
        foreach (var entry in folder.Entries.Take(2))
        {
            var recording = entry.Read(new ReadOptions("v5")).Recording!;
            Assert.Equal(("V5", 3.0, Label.AF, "p1"), (recording.Lead, recording.Fs, recording.Label, recording.Group));
            Assert.Equal([3, float.NaN, 5], recording.Samples);
            Assert.Equal("AFIB", Assert.Single(entry.ReadRhythms()!).Rhythm);
            using var reader = entry.Open(new ReadOptions()).Reader!;
            Assert.Equal(("I", 2, new DateTime(2001, 2, 3, 4, 5, 6)), (reader.Lead.Name, (int)reader.Length, reader.Start));
        }
    }

    [Theory]
    [InlineData("b.made")]
    [InlineData("b.part")]
    public void One_file_of_a_registered_format_opens_its_recording(string name)
    {
        using var temp = new TemporaryFolder();
        temp.Write("b.made", Main);
        temp.Write("b.part", Part);
        using var folder = RecordingFolder.Open(Path.Combine(temp.Path, name), formats: Formats);
        Assert.Equal([1, 2], Assert.Single(folder.Entries).Read(new ReadOptions()).Recording!.Samples);
    }

    [Fact]
    public void A_file_whose_name_does_not_tell_is_known_by_its_first_bytes()
    {
        using var temp = new TemporaryFolder();
        temp.Write("IM0001", Main);
        temp.Write("IM0001.part", Part);
        temp.Write("notes.txt", "MAD");
        using (var folder = RecordingFolder.Open(temp.Path, formats: Formats))
            Assert.Equal(["IM0001", "IM0001"], folder.Entries.Select(e => e.Id));
        using (var file = RecordingFolder.Open(Path.Combine(temp.Path, "IM0001"), formats: Formats))
            Assert.Equal([1, 2], Assert.Single(file.Entries).Read(new ReadOptions()).Recording!.Samples);
        Assert.Throws<ProblemException>(() => RecordingFolder.Open(Path.Combine(temp.Path, "notes.txt"), formats: Formats));
        Assert.Throws<ProblemException>(() => RecordingFolder.Open(Path.Combine(temp.Path, "IM0001")));
    }

    [Fact]
    public void A_watch_waits_for_what_a_registered_format_lacks()
    {
        using var temp = new TemporaryFolder();
        using var watch = new RecordingWatch(temp.Path, formats: Formats);
        temp.Write("b.made", Main);
        Assert.Empty(watch.Poll());
        Assert.Equal(1, watch.Waiting);
        temp.Write("b.part", Part);
        Assert.Equal(["b"], watch.Poll().Select(e => e.Id));
    }

    [Fact]
    public void Labels_may_name_a_registered_formats_files()
    {
        using var temp = new TemporaryFolder();
        temp.Write("b.made", Main);
        temp.Write("labels.csv", "b.made,A\nc.part,N\nd.hea,O\n");
        using var folder = RecordingFolder.Open(temp.Path, formats: Formats);
        Assert.Equal(["b", "c", "d"], folder.FindLabels()!.Ids);
        Assert.Equal(["b.made", "c.part", "d"], LabelTable.FindBeside(temp.Path)!.Ids);
    }

    [Fact]
    public void A_registered_format_can_be_followed()
    {
        using var temp = new TemporaryFolder();
        var path = temp.Write("b.made", Main);
        temp.Write("b.part", Part[..2]);
        Assert.True(Formats.CanFollow(path));
        Assert.False(RecordingFormats.All.CanFollow(path));
        var growing = Formats.Follow(path, new ReadOptions());
        Assert.Equal([1, 2], growing.Read(100).Millivolts);
        temp.Write("b.part", Part);
        Assert.Equal([3, 255, 5], growing.Read(100).Millivolts);
        Assert.Equal("b", growing.Id);
    }

    [Fact]
    public void Messages_name_the_formats_of_the_list()
    {
        using var temp = new TemporaryFolder();
        Assert.Equal(
            $"{temp.Path} holds no recordings: it should hold {string.Join(", ", RecordingFormats.All.Formats.Select(format => format.Files))}, "
                + "made-up files (.made with .part), or a .zip of them",
            Assert.Throws<ProblemException>(() => RecordingFolder.Open(temp.Path, formats: Formats)).Message);
        Assert.Equal(
            "x.txt is neither a WFDB header (.hea) nor a CSV file (.csv): name one that is being written",
            Assert.Throws<ProblemException>(() => RecordingFormats.All.Follow("x.txt", new ReadOptions())).Message);
        Assert.StartsWith(".hea, .csv, .edf, .bdf, ", RecordingFormats.All.MainExtensions());
        Assert.Equal(RecordingFormats.All.MainExtensions(", ") + " or .made", Formats.MainExtensions());
    }
}
