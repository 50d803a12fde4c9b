using System.Diagnostics;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Formats.Csv;
using Mina.Streaming.Recordings.Labels;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Files and folders that lead in circles, never end, or cost far more than they hold.</summary>
public class HostileFilesTests
{
    private const string Row = "time,I\n0,1\n1,2\n";

    [SkippableFact]
    public void Links_that_lead_back_to_their_folder_end_and_each_recording_is_listed_once()
    {
        Skip.If(OperatingSystem.IsWindows(), "making a symbolic link needs a privilege there");
        using var temp = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        temp.Write("r1.csv", Row);
        temp.Write("sub/r2.csv", Row);
        elsewhere.Write("deep/r3.csv", Row);
        Link("self", ".");
        Link("sub/up", "..");
        Link("sub/above", "../..");
        Link("again", "sub");
        Link("gone", "nowhere");
        Link("round", "round");
        Link("outside", elsewhere.Path);
        Link("sub/outside", Path.Combine(elsewhere.Path, "deep"));
        File.CreateSymbolicLink(Path.Combine(temp.Path, "r4.csv"), Path.Combine(temp.Path, "r1.csv"));
        Directory.CreateSymbolicLink(Path.Combine(elsewhere.Path, "back"), temp.Path);

        using var folder = RecordingFolder.Open(temp.Path);
        Assert.Equal(["r1", "r2", "r3", "r4"], folder.Entries.Select(e => e.Id));
        Assert.All(folder.Entries, e => Assert.Equal(2, e.Read(new ReadOptions()).Recording!.Samples.Length));
        Assert.Equal(Path.Combine(temp.Path, "sub/r2.csv"), folder.Entries[1].Location);
        Assert.Equal(Row.Length, folder.Entries[3].Bytes);

        void Link(string name, string target) => Directory.CreateSymbolicLink(Path.Combine(temp.Path, name), target);
    }

    [Fact]
    public void A_zip_that_unpacks_to_far_more_than_any_ecg_is_refused_and_its_neighbours_are_read()
    {
        using var temp = new TemporaryFolder();
        using (var zip = System.IO.Compression.ZipFile.Open(Path.Combine(temp.Path, "bomb.zip"), System.IO.Compression.ZipArchiveMode.Create))
        {
            Add(zip, "good.csv", Row);
            using var bomb = zip.CreateEntry("bomb.csv").Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 65; i++)
                bomb.Write(zeros);
        }

        using var folder = RecordingFolder.Open(Path.Combine(temp.Path, "bomb.zip"));
        Assert.Contains("as no ECG does", folder.Entries[0].Read(new ReadOptions()).Rejection!.Message);
        Assert.Equal(2, folder.Entries[1].Read(new ReadOptions()).Recording!.Samples.Length);

        static void Add(System.IO.Compression.ZipArchive zip, string name, string text)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }
    }

    [SkippableFact]
    public void A_name_with_control_characters_is_refused_and_never_shown_as_it_is()
    {
        Skip.If(OperatingSystem.IsWindows(), "such names cannot be made there");
        using var temp = new TemporaryFolder();
        foreach (var name in new[] { "esc\u001b[31m.csv", "bell\a.csv", "two\nlines.csv", "\u202Egpj.csv", "sub\r/a.csv", "b\b.zip", "ok.csv" })
            temp.Write(name, Row);
        using var folder = RecordingFolder.Open(temp.Path);
        Assert.Equal(7, folder.Entries.Count);
        foreach (var entry in folder.Entries.Where(entry => entry.Id != "ok"))
        {
            var message = entry.Read(new ReadOptions()).Rejection!.Message;
            Assert.EndsWith("has control characters in its name: rename it", message);
            Assert.All([entry.Id, entry.Location, message], text => Assert.True(Mina.Streaming.Files.PlainText.IsPlain(text)));
        }

        Assert.NotNull(Assert.Single(folder.Entries, entry => entry.Id == "ok").Read(new ReadOptions()).Recording);
    }

    [Fact]
    public void A_header_in_latin_1_reads_as_the_same_one_in_utf_8()
    {
        using var temp = new TemporaryFolder();
        const string Header = "a 2 250 4\na.dat 16 1/\u00B5V 16 0 0 0 0 ECG II\na.dat 16 1000/mV 16 0 0 0 0 Position\n";
        File.WriteAllBytes(Path.Combine(temp.Path, "a.dat"), [.. Enumerable.Range(0, 16).Select(i => (byte)i)]);
        var (latin, utf) = (System.Text.Encoding.Latin1.GetBytes(Header), System.Text.Encoding.UTF8.GetBytes(Header));
        var (expected, found) = (Read(utf), Read(latin));
        Assert.Equal(expected.Lead, found.Lead);
        Assert.Equal(expected.Samples, found.Samples);

        (string Lead, float[] Samples) Read(byte[] header)
        {
            File.WriteAllBytes(Path.Combine(temp.Path, "a.hea"), header);
            using var folder = RecordingFolder.Open(temp.Path);
            var recording = folder.Entries[0].Read(new ReadOptions()).Recording!;
            return (recording.Lead, recording.Samples);
        }
    }

    [Fact]
    public void A_label_file_that_is_empty_or_no_file_is_refused_where_the_user_named_it()
    {
        using var temp = new TemporaryFolder();
        temp.Write("none.csv", "");
        Assert.Contains("is empty", Assert.Throws<ProblemException>(() => LabelTable.Load(Path.Combine(temp.Path, "none.csv"))).Message);
        Assert.Contains("is empty", Assert.Throws<ProblemException>(() => GroupTable.Load(Path.Combine(temp.Path, "none.csv"))).Message);
    }

    [Fact]
    public void Annotations_further_apart_than_one_skip_reaches_come_back_as_they_were()
    {
        Mina.Streaming.Recordings.Formats.Wfdb.WfdbAnnotation[] annotations =
            [new(5, 28, "(AFIB"), new(5L + int.MaxValue, 28, "(N"), new(7L * int.MaxValue, 1, ""), new((7L * int.MaxValue) + 1024, 1, "")];
        Assert.Equal(annotations, Mina.Streaming.Recordings.Formats.Wfdb.WfdbAnnotations.Decode(
            Mina.Streaming.Recordings.Formats.Wfdb.WfdbAnnotations.Encode(annotations)));
    }

    [SkippableFact]
    public void Pipes_and_devices_are_named_and_never_waited_for()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "pipes are made by mkfifo");
        using var temp = new TemporaryFolder();
        foreach (var name in new[] { "a.csv", "b.hea", "c.zip", "d.dat", "labels.csv" })
            Process.Start("mkfifo", [Path.Combine(temp.Path, name)])!.WaitForExit();
        File.CreateSymbolicLink(Path.Combine(temp.Path, "e.csv"), "/dev/zero");
        File.CreateSymbolicLink(Path.Combine(temp.Path, "f.csv"), Path.Combine(temp.Path, "a.csv"));
        temp.Write("g.hea", "g 1 250 10\nd.dat 16 200\n");

        using var folder = RecordingFolder.Open(temp.Path);
        var outcomes = folder.Entries.ToDictionary(e => e.Id, e => e.Read(new ReadOptions()).Rejection!.Message);
        Assert.Equal(["a", "b", "c", "e", "f", "g"], outcomes.Keys);
        Assert.EndsWith("a.csv cannot be read: it is a pipe, and no file", outcomes["a"]);
        Assert.EndsWith("b.hea cannot be read: it is a pipe, and no file", outcomes["b"]);
        Assert.EndsWith("c.zip cannot be read as a zip (it is a pipe, and no file): copy it again", outcomes["c"]);
        Assert.EndsWith("e.csv cannot be read: it is a device, and no file", outcomes["e"]);
        Assert.EndsWith("d.dat cannot be read: it is a pipe, and no file", outcomes["g"]);
        Assert.Equal(0, folder.FindLabels()!.Count);
        Assert.Equal(0, LabelTable.FindBeside(temp.Path)!.Count);
        foreach (var (name, pipe) in new[] { ("b.hea", "b.hea"), ("g.hea", "d.dat"), ("a.csv", "a.csv") })
        {
            var said = Assert.Throws<ProblemException>(() => RecordingFormats.All.Follow(Path.Combine(temp.Path, name), new ReadOptions()).Read(100)).Message;
            Assert.Contains($"{pipe} is a pipe, and no file", said);
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("( ")]
    [InlineData("[x")]
    [InlineData("_ ")]
    [InlineData("  )")]
    public void A_header_cell_of_a_megabyte_is_read_in_one_pass(string repeated)
    {
        var cell = "a" + string.Concat(Enumerable.Repeat(repeated, 1_000_000 / repeated.Length)) + "b";
        var columns = CsvColumns.Read(["time", cell, "II (mV)"], null);
        Assert.Equal([cell, "II"], columns.Leads.Select(lead => lead.Name));
    }

    [Theory]
    [InlineData("MLII (mV)", "MLII", "mV")]
    [InlineData("MLII[ uV ]", "MLII", "uV")]
    [InlineData("a (b) (mV)", "a (b)", "mV")]
    [InlineData("(mV)", "", "mV")]
    [InlineData("a ((mV)", "a (", "mV")]
    [InlineData("a (mV) b)", "a (mV) b)", "mV")]
    [InlineData("a ()", "a ()", "mV")]
    [InlineData("ecg_lead_UV", "ecg_lead", "UV")]
    [InlineData("ecg lead µV", "ecg lead", "µV")]
    [InlineData("_mV", "_mV", "mV")]
    [InlineData("ecg", "ecg", "mV")]
    public void A_header_cell_may_name_a_unit_in_brackets_or_after_an_underscore(string cell, string name, string unit)
    {
        var lead = CsvColumns.Read(["time", cell, "x"], null).Leads;
        if (name.Length > 0) Assert.Equal((name, unit), (lead[0].Name, lead[0].Unit));
        else Assert.Equal("x", Assert.Single(lead).Name); // A column without a name counts rows.
    }

    [Fact]
    public void A_header_with_a_control_character_in_a_file_name_or_with_frames_of_gigabytes_is_refused()
    {
        using var temp = new TemporaryFolder();
        temp.Write("a.hea", "a 1 250 10\na\0.dat 16 200\n");
        temp.Write("b.hea", $"b 2000 250 10\n{string.Concat(Enumerable.Repeat("b.dat 16x9999 200\n", 2000))}");
        using var folder = RecordingFolder.Open(temp.Path);
        var messages = folder.Entries.Select(e => e.Read(new ReadOptions()).Rejection!).ToList();
        Assert.All(messages, m => Assert.Equal(RejectionReason.UnreadableHeader, m.Reason));
        Assert.EndsWith("line 2 names the signal file 'a?.dat', which should be a file beside the header", messages[0].Message);
        Assert.EndsWith("its signal lines promise 19998000 samples in each frame, more than the 10000000 that are read", messages[1].Message);
    }

    [Fact]
    public void A_CSV_line_that_never_ends_is_refused_before_it_fills_the_memory()
    {
        using var temp = new TemporaryFolder();
        temp.Write("a.csv", [.. "time,I\n0,\""u8, .. Enumerable.Repeat((byte)'1', 80_000_000)]);
        using var folder = RecordingFolder.Open(temp.Path);
        var rejection = folder.Entries[0].Read(new ReadOptions()).Rejection!;
        Assert.Equal(RejectionReason.UnreadableSignal, rejection.Reason);
        Assert.DoesNotContain('\n', rejection.Message);
    }

    [Fact]
    public void Times_whose_steps_all_differ_take_no_more_memory_than_regular_ones()
    {
        var random = new Random(1);
        double[] times = [.. Enumerable.Range(0, 400_000).Select(i => (i + (0.3 * random.NextDouble())) / 250)];
        var clock = new SampleClock();
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var time in times) clock.Add(time);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 20_000_000);
        Assert.True(clock.TryFindFs(times, hasUnit: true, out var fs, out _, out var error), error);
        Assert.Equal(250, fs);
    }
}
