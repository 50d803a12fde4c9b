using System.IO.Compression;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

public class RecordingFolderTests
{
    private const string Header = "b 1 100 3\nb.dat 16 1\n";
    private static readonly byte[] Signal = WfdbEncoder.Encode(16, [1, 2, 3]);

    [Fact]
    public void A_folder_gives_its_recordings_and_those_of_subfolders_and_zips_sorted_by_id()
    {
        using var temp = new TemporaryFolder();
        temp.Write("sub/b.hea", Header);
        temp.Write("sub/b.dat", Signal);
        temp.Write("c.csv", "time,I\n0,1\n1,2\n");
        temp.Write("REFERENCE.csv", "b,N\n");
        temp.Write("labels.csv", "b,A\n");
        temp.Write("groups.csv", "b,p\n");
        temp.Write(".hidden.csv", "x");
        temp.Write("notes.txt", "x");
        temp.Write("my-labels.csv", "b,A\n");
        Zip(temp, "z.zip", ("inner/a.hea", "a 1 100 3\na.dat 16 1\n"u8.ToArray()), ("inner/a.dat", Signal), ("__MACOSX/inner/._a.hea", [1]));

        using var folder = RecordingFolder.Open(temp.Path, [Path.Combine(temp.Path, "my-labels.csv")]);

        Assert.Equal(["a", "b", "c"], folder.Entries.Select(e => e.Id));
        Assert.Equal(Path.Combine(temp.Path, "z.zip") + "!inner/a.hea", folder.Entries[0].Location);
        Assert.Equal(Header.Length + Signal.Length, folder.Entries[1].Bytes);
        Assert.All(folder.Entries, e => Assert.NotNull(e.Read(new ReadOptions()).Recording));
        Assert.Equal([1, 2, 3], folder.Entries[0].Read(new ReadOptions()).Recording!.Samples);
    }

    [Theory]
    [InlineData("b.hea")]
    [InlineData("b.dat")]
    public void One_file_opens_its_recording_alone(string name)
    {
        using var temp = new TemporaryFolder();
        temp.Write("a.hea", Header);
        temp.Write("b.hea", Header);
        temp.Write("b.dat", Signal);
        using var folder = RecordingFolder.Open(Path.Combine(temp.Path, name));
        Assert.Equal([1, 2, 3], Assert.Single(folder.Entries).Read(new ReadOptions()).Recording!.Samples);
    }

    [Fact]
    public void A_zip_is_read_from_several_threads_at_once()
    {
        using var temp = new TemporaryFolder();
        Zip(temp, "z.zip", [.. Enumerable.Range(0, 50).SelectMany(i => new (string, byte[])[]
        {
            ($"r{i:00}.hea", System.Text.Encoding.UTF8.GetBytes($"r 1 100 3\nr{i:00}.dat 16 1\n")),
            ($"r{i:00}.dat", WfdbEncoder.Encode(16, [i, i, i])),
        })]);
        using var folder = RecordingFolder.Open(Path.Combine(temp.Path, "z.zip"));
        var read = new float[50];
        for (var round = 0; round < 4; round++)
        {
            var threads = new ParallelOptions { MaxDegreeOfParallelism = 8 };
            Parallel.For(0, 50, threads, i => read[i] = folder.Entries[i].Read(new ReadOptions()).Recording!.Samples[2]);
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (float)i), read);
    }

    [Fact]
    public void Each_kind_of_bad_recording_is_rejected_by_name_and_the_others_are_read()
    {
        using var temp = new TemporaryFolder();
        var at = (string name) => Path.Combine(temp.Path, name);
        temp.Write("alone.mat", [1, 2, 3]);
        temp.Write("cut.hea", "cut 1 300 9000\ncut.mat 16+24 1000/mV\n");
        temp.Write("cut.mat", [.. MatHeader(), .. new byte[200]]);
        temp.Write("empty.hea", "");
        temp.Write("garbage.hea", [0x7F, 0x45, 0x4C, 0x46, 1, 2, 0xFF, 0xFE]);
        temp.Write("good.hea", "good 1 100 3\ngood.dat 16 1\n");
        temp.Write("good.dat", Signal);
        temp.Write("lost.hea", "lost 1 100 3\nlost.dat 16 1\n");
        temp.Write("text.hea", "text 1 300 30\ntext.mat 16+24 1000/mV\n");
        temp.Write("text.mat", "this is no signal, it is a text file that someone renamed");
        temp.Write("torn.zip", "PK no zip at all");

        using var folder = RecordingFolder.Open(temp.Path);
        var outcomes = folder.Entries.Select(e => e.Read(new ReadOptions())).ToList();

        Assert.Equal(["good"], outcomes.Where(o => o.Recording is not null).Select(o => o.Recording!.Id));
        var rejections = outcomes.Where(o => o.Rejection is not null).ToDictionary(o => o.Rejection!.Id, o => o.Rejection!);
        Assert.Equal((RejectionReason.UnreadableHeader, $"{at("alone.mat")} has no header: put alone.hea beside it"), Why("alone"));
        Assert.Equal(
            (RejectionReason.LengthMismatch, $"{at("cut.mat")} holds 100 samples where its header says 9000: the file is cut off, get it again"), Why("cut"));
        Assert.Equal((RejectionReason.UnreadableHeader, $"{at("empty.hea")} is not a usable WFDB header: it is empty"), Why("empty"));
        Assert.Equal(RejectionReason.UnreadableHeader, Why("garbage").Item1);
        Assert.StartsWith($"{at("garbage.hea")} is not a usable WFDB header: line 1 should read 'name signals fs length'", Why("garbage").Item2);
        Assert.Equal(
            (RejectionReason.UnreadableSignal, $"{at("lost.hea")} names the signal file lost.dat, which is not there: put it beside the header"), Why("lost"));
        Assert.Equal(
            (RejectionReason.UnreadableSignal, $"{at("text.mat")} is not a MATLAB (level 4) file, as its header says it is: get the file again"), Why("text"));
        Assert.Equal(RejectionReason.UnreadableSignal, Why("torn").Item1);
        Assert.StartsWith($"{at("torn.zip")} cannot be read as a zip", Why("torn").Item2);
        Assert.All(rejections.Values, r => Assert.DoesNotContain('\n', r.Message));

        (RejectionReason, string) Why(string id) => (rejections[id].Reason, rejections[id].Message);
    }

    [Fact]
    public void An_unknown_lead_is_rejected_with_the_leads_there_are()
    {
        using var temp = new TemporaryFolder();
        temp.Write("b.hea", "b 2 100 3\nb.dat 16 1/mV 16 0 0 0 0 MLII\nb.dat 16 1/mV 16 0 0 0 0 V5\n");
        temp.Write("b.dat", WfdbEncoder.Encode(16, [1, 2, 3, 4, 5, 6]));
        using var folder = RecordingFolder.Open(temp.Path);
        Assert.Equal([2, 4, 6], folder.Entries[0].Read(new ReadOptions("v5")).Recording!.Samples);
        Assert.EndsWith("b.hea has no lead 'aVR': choose one of 0: MLII, 1: V5", folder.Entries[0].Read(new ReadOptions("aVR")).Rejection!.Message);
    }

    [Fact]
    public void What_holds_no_recordings_at_all_is_one_clear_error()
    {
        using var temp = new TemporaryFolder();
        var known = $"{string.Join(", ", RecordingFormats.All.Formats.Select(format => format.Files))}, or a .zip of them";
        Assert.StartsWith("WFDB files (.hea with .mat or .dat), .csv files, EDF or BDF files (.edf, .bdf), ", known);
        Assert.Equal($"{temp.Path} holds no recordings: it should hold {known}", Error(temp.Path));
        var file = $"a recording's {RecordingFormats.All.MainExtensions()} file";
        Assert.Equal($"{temp.Path}/nowhere is not there: give a folder, a .zip, or {file}", Error($"{temp.Path}/nowhere"));
        var text = temp.Write("a.txt", "x");
        Assert.Equal($"{text} is no recording: give a folder, a .zip, or {file}", Error(text));
        Assert.StartsWith($"{temp.Write("a.zip", "x")} cannot be read as a zip", Error(Path.Combine(temp.Path, "a.zip")));

        static string Error(string path) => Assert.Throws<ProblemException>(() => RecordingFolder.Open(path)).Message;
    }

    [Fact]
    public void A_watch_gives_each_recording_once_and_only_when_it_is_complete()
    {
        using var temp = new TemporaryFolder();
        using var watch = new RecordingWatch(temp.Path, patience: 3);
        Assert.Empty(watch.Poll());
        temp.Write("b.hea", Header);
        Assert.Empty(watch.Poll());
        temp.Write("b.dat", Signal[..4]);
        Assert.Empty(watch.Poll());
        temp.Write("b.dat", Signal);
        Assert.Equal(["b"], watch.Poll().Select(e => e.Id));
        temp.Write("c.csv", "time,I\n0,1\n");
        Assert.Empty(watch.Poll());
        temp.Write("c.csv", "time,I\n0,1\n1,2\n");
        Assert.Empty(watch.Poll());
        Assert.Equal(1, watch.Waiting);
        Assert.Equal(["c"], watch.Poll().Select(e => e.Id));
        Assert.Empty(watch.Poll());
        Assert.Equal(0, watch.Waiting);
    }

    [Fact]
    public void A_watch_gives_up_waiting_for_what_never_gets_complete()
    {
        using var temp = new TemporaryFolder();
        using var watch = new RecordingWatch(temp.Path, patience: 3);
        temp.Write("lost.hea", Header);
        Assert.Empty(watch.Poll());
        Assert.Empty(watch.Poll());
        Assert.Empty(watch.Poll());
        Assert.Equal(RejectionReason.UnreadableSignal, Assert.Single(watch.Poll()).Read(new ReadOptions()).Rejection!.Reason);
    }

    [Fact]
    public void A_watch_opens_a_zip_once_it_has_stopped_growing()
    {
        using var temp = new TemporaryFolder();
        using var watch = new RecordingWatch(temp.Path);
        temp.Write("z.zip", "PK half");
        Assert.Empty(watch.Poll());
        Zip(temp, "z.zip", ("b.hea", System.Text.Encoding.UTF8.GetBytes(Header)), ("b.dat", Signal));
        Assert.Empty(watch.Poll());
        Assert.Equal([1, 2, 3], Assert.Single(watch.Poll()).Read(new ReadOptions()).Recording!.Samples);
    }

    private static byte[] MatHeader() => [30, 0, 0, 0, 1, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, (byte)'v', (byte)'a', (byte)'l', 0];

    private static void Zip(TemporaryFolder temp, string name, params (string Name, byte[] Bytes)[] files)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files)
            {
                using var entry = zip.CreateEntry(file.Name).Open();
                entry.Write(file.Bytes);
            }
        }

        temp.Write(name, bytes.ToArray());
    }
}
