using System.Diagnostics;
using System.Globalization;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>DICOM waveforms: what is read, and what is refused with which sentence.</summary>
public class DicomTests
{
    private const string Pydicom = """
        import sys, pydicom
        from pydicom.waveforms.numpy_handler import multiplex_array
        d = pydicom.dcmread(sys.argv[1]); i, lead = int(sys.argv[2]), int(sys.argv[3])
        a = multiplex_array(d, i, as_raw=False)
        print(d.WaveformSequence[i].SamplingFrequency); print(*[repr(float(v)) for v in a[:, lead]])
        """;

    private static readonly short[] Samples = [.. Enumerable.Range(0, 600).Select(i => (short)((i * 7 % 400) - 200))];

    public static TheoryData<bool, bool> Kinds => new() { { true, true }, { true, false }, { false, true }, { false, false } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Both_syntaxes_give_names_samples_gaps_start_and_person(bool isExplicit, bool hasLengths)
    {
        using var temp = new TemporaryFolder();
        foreach (var name in new[] { "a.dcm", "A.DCM", "IM000001" })
        {
            using var folder = RecordingFolder.Open(temp.Write(name, File(isExplicit, hasLengths)));
            using var reader = folder.Entries.Single().Open(new ReadOptions()).Reader!;
            Assert.Equal([("II", "uV"), ("aVR", "mV")], reader.Leads.Select(lead => (lead.Name, lead.Unit)));
            Assert.Equal((500.0, 300L, "P7", new DateTime(2025, 12, 24, 10, 11, 12, 500)), (reader.Lead.Fs, reader.Length, reader.Group, reader.Start));
            var expected = Samples.Where((_, i) => i % 2 == 0).Select(s => (float)(((s * 2.5 * 1.5) + 10) * 1e-3)).ToArray();
            expected[5] = float.NaN;
            var got = Decoding.ReadAll(reader, 77);
            for (var i = 0; i < got.Length; i++) Assert.Equal(expected[i], got[i], 1e-6f);
        }
    }

    [SkippableFact]
    public void The_sample_file_is_read_as_pydicom_reads_it()
    {
        var path = SharedData.PathOf("formats", "dicom", "waveform_ecg.dcm");
        for (var lead = 0; lead < 12; lead++) Compare(path, 0, lead, 1e-3);
    }

    [SkippableFact]
    public void The_sample_files_leads_obey_Einthoven_and_Goldberger()
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("formats", "dicom", "waveform_ecg.dcm"));
        var leads = new[] { "I", "II", "III", "aVR", "aVL", "aVF" }.Select(name => folder.Entries.Single().Read(new ReadOptions(name)).Recording!).ToArray();
        Assert.All(leads, lead => Assert.Equal((1000.0, 10_000), (lead.Fs, lead.Samples.Length)));
        for (var i = 0; i < 10_000; i++)
        {
            var v = leads.Select(lead => lead.Samples[i]).ToArray();
            Assert.Equal(v[1] - v[0], v[2], 5e-3);
            Assert.Equal(-(v[0] + v[1]) / 2, v[3], 5e-3);
            Assert.Equal(v[0] - (v[1] / 2), v[4], 5e-3);
            Assert.Equal(v[1] - (v[0] / 2), v[5], 5e-3);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void What_this_test_writes_is_read_as_pydicom_reads_it_where_the_baseline_is_0(bool isExplicit, bool hasLengths)
    {
        using var temp = new TemporaryFolder();
        Compare(temp.Write("a.dcm", File(isExplicit, hasLengths, withGap: false, baseline: "0")), 1, 0, 1e-3);
    }

    // PS3.3 gives the baseline in the unit of the sensitivity: -186 steps of 2.5 uV, corrected by 1.5, and 10 uV are -687.5 uV. pydicom adds it to
    // the sample before the scaling, which gives -660 uV.
    [Fact]
    public void A_baseline_is_in_units_not_in_steps()
    {
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("a.dcm", File(true, true)));
        var recording = folder.Entries.Single().Read(new ReadOptions()).Recording!;
        Assert.Equal(-186, Samples[2]);
        Assert.Equal(-0.6875f, recording.Samples[1], 1e-7f);
    }

    [Fact]
    public void A_lead_of_another_group_can_be_named_and_a_group_without_an_ECG_is_passed_over()
    {
        var encoder = new DicomEncoder(true, true);
        var pressure = encoder.Group("ORIGINAL", 250, "RHYTHM", [("2:150021", "mm[Hg]", "1", "1", "0")], Samples);
        var ecg = encoder.Group("ORIGINAL", 500, "RHYTHM", [("2:3", "uV", "1", "1", "0")], Samples[..500], delay: "1500", skew: "0.25");
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("a.dcm", encoder.File(pressure, ecg)));
        using var reader = folder.Entries.Single().Open(new ReadOptions()).Reader!;
        Assert.Equal(("V1", 500L), (reader.Lead.Name, reader.Length));
        // The object's start, the group's delay of 1500 ms and the channel's of 0.25 s.
        Assert.Equal(new DateTime(2025, 12, 24, 10, 11, 14, 250), reader.Start);
        using var only = RecordingFolder.Open(temp.Write("b.dcm", encoder.File(pressure)));
        Assert.EndsWith(
            "b.dcm has no channel that is known to be an ECG: its channels are 0: a lead (mm[Hg]); if one of them is an ECG, name it with --lead",
            only.Entries.Single().Read(new ReadOptions()).Rejection!.Message);
    }

    [Fact]
    public void What_is_broken_or_no_recording_is_refused()
    {
        var whole = File(true, true);
        Refused([], "a.dcm is not a usable DICOM file: it does not begin as one");
        Refused(whole[..100], "a.dcm is not a usable DICOM file: it does not begin as one");
        Refused(whole[..^10], "get the file again");
        Refused(whole[..170], "get the file again");
        Refused(new DicomEncoder(true, true).File(), "a.dcm holds no waveform: it is a DICOM object of another kind");
        var other = (byte[])whole.Clone();
        "9"u8.CopyTo(other.AsSpan(other.AsSpan().IndexOf("1.2.840.10008.1.2.1"u8) + 18));
        Refused(other, "a.dcm has the transfer syntax '1.2.840.10008.1.2.9', and explicit and implicit little endian are read: convert it");
        var bits = (byte[])whole.Clone();
        bits[bits.AsSpan().LastIndexOf("CS\u0002\0SS"u8) + 4] = (byte)'M';
        Refused(bits, "a.dcm has samples of 16 bits of the kind 'MS', which is not read");

        Refused(File(true, true, step: "0"), "a.dcm gives lead II a sensitivity of 0, with which its samples say nothing");

        static void Refused(byte[] file, string message)
        {
            using var temp = new TemporaryFolder();
            using var folder = RecordingFolder.Open(temp.Write("a.dcm", file));
            Assert.EndsWith(message, folder.Entries.Single().Read(new ReadOptions()).Rejection!.Message);
        }
    }

    private static byte[] File(bool isExplicit, bool hasLengths, bool withGap = true, string baseline = "10", string step = "2.5")
    {
        var samples = (short[])Samples.Clone();
        if (withGap) samples[10] = short.MinValue;
        var encoder = new DicomEncoder(isExplicit, hasLengths);
        (string, string, string, string, string)[] leads = [("2:2", "uV", step, "1.5", baseline), ("5.6.3-9-62", "mV", "0.005", "1", "0")];
        var recording = encoder.Group("ORIGINAL", 500, "RHYTHM", leads, samples);
        // Shorter but first, as some recorders put the average beat.
        var beat = encoder.Group("DERIVED", 1000, "MEDIAN", leads, samples);
        return withGap ? encoder.File(beat, recording) : encoder.File(beat, encoder.Group("ORIGINAL", 500, "RHYTHM", leads, samples));
    }

    private static void Compare(string path, int group, int lead, double unit)
    {
        using var temp = new TemporaryFolder();
        temp.Write("read.py", Pydicom);
        Skip.If(!System.IO.File.Exists("/usr/bin/python3"), "python3 is not on this machine");
        var start = new ProcessStartInfo("/usr/bin/python3", [temp["read.py"], path, $"{group}", $"{lead}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var python = Process.Start(start)!;
        var lines = python.StandardOutput.ReadToEnd().Split('\n');
        var error = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Skip.If(error.Contains("No module named", StringComparison.Ordinal), "pydicom is not on this machine");
        Assert.True(python.ExitCode == 0, error);
        using var folder = RecordingFolder.Open(path);
        var recording = folder.Entries.Single().Read(new ReadOptions($"{lead}")).Recording!;
        Assert.Equal(double.Parse(lines[0], CultureInfo.InvariantCulture), recording.Fs);
        double[] expected = [.. lines[1].Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture) * unit)];
        Assert.Equal(expected.Length, recording.Samples.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], recording.Samples[i], 1e-5);
    }
}
