using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>EDF, EDF+, BDF and BDF+ files: what is read, and what is refused with which sentence.</summary>
public class EdfRecordingTests
{
    private const double Seconds = 0.5;

    [Property(MaxTest = 60)]
    public Property Parts_of_any_size_are_the_whole_signal_with_its_gaps()
    {
        var cases =
            from bdf in Gen.Elements(true, false)
            from gaps in Gen.Elements(true, false)
            from perRecord in Gen.Elements(1, 5, 125)
            from records in Gen.Elements(1, 2, 9)
            from part in Gen.Elements(1, 2, 7, 300, 100_000)
            from seed in Gen.Choose(0, 1_000_000)
            select (bdf, gaps, perRecord, records, part, seed);
        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new Random(c.seed);
            var limit = c.bdf ? 1 << 23 : 1 << 15;
            int[] Samples(int perRecord) => [.. Enumerable.Range(0, c.records * perRecord).Select(_ => random.Next(-limit, limit))];
            var ecg = new EdfTrack("ECG II", "mV", c.perRecord, Samples(c.perRecord));
            EdfTrack[] tracks = [new("EEG Cz", "uV", 3, Samples(3)), ecg, new("Temp", "degC", 1, Samples(1))];
            var starts = new double[c.records];
            for (var i = 1; i < c.records; i++) starts[i] = starts[i - 1] + Seconds + (c.gaps ? random.Next(3) * Seconds : 0);
            var lists = c.gaps ? starts.Select(start => EdfEncoder.Starts(start + 0.25)).ToList() : null;
            using var folder = new TemporaryFolder();
            var path = folder.Write(c.bdf ? "r.bdf" : "r.edf", EdfEncoder.Encode(tracks, "0.5", c.gaps ? "EDF+D" : "", lists, bdf: c.bdf));
            using var recordings = RecordingFolder.Open(path);
            var entry = recordings.Entries.Single();
            using var reader = entry.Open(new ReadOptions()).Reader!;

            Assert.Equal(["EEG Cz", "II", "Temp"], reader.Leads.Select(lead => lead.Name));
            Assert.Equal("II", reader.Lead.Name);
            Assert.Equal(c.perRecord / Seconds, reader.Lead.Fs);
            Assert.Equal(new DateTime(2019, 12, 24, 10, 11, 12).AddSeconds(c.gaps ? 0.25 : 0), reader.Start);
            var length = (int)Math.Round(starts[^1] / Seconds) + 1;
            var expected = Enumerable.Repeat(float.NaN, length * c.perRecord).ToArray();
            for (var i = 0; i < ecg.Samples.Length; i++)
            {
                var place = ((int)Math.Round(starts[i / c.perRecord] / Seconds) * c.perRecord) + (i % c.perRecord);
                expected[place] = (float)(((ecg.Samples[i] + (double)limit) * (6.5535 / ((2.0 * limit) - 1))) - 3.2768);
            }

            var got = Decoding.ReadAll(reader, c.part);
            Assert.Equal(expected.Length, got.Length);
            for (var i = 0; i < got.Length; i++) Assert.Equal(expected[i], got[i], 1e-6f);
            Assert.Equal(got, entry.Read(new ReadOptions()).Recording!.Samples);
        });
    }

    [Fact]
    public void The_polarity_unit_and_offset_of_the_header_are_applied()
    {
        var track = new EdfTrack("ECG", "uV", 2, [-100, 100]) { PhysicalMin = "500", PhysicalMax = "-1500", DigitalMin = -100, DigitalMax = 100 };
        Assert.Equal([0.5f, -1.5f], Read("a.edf", EdfEncoder.Encode([track], "1")).Recording!.Samples);
    }

    [Fact]
    public void A_file_that_is_still_being_written_is_read_as_far_as_it_goes()
    {
        var recording = Read("a.edf", EdfEncoder.Encode([new EdfTrack("ECG", "mV", 2, [1, 2, 3, 4])], "1", records: "-1")).Recording!;
        Assert.Equal(4, recording.Samples.Length);
    }

    [Fact]
    public void The_patients_code_groups_a_persons_recordings()
    {
        EdfTrack[] tracks = [new("ECG", "mV", 2, [1, 2])];
        var lists = new[] { EdfEncoder.Starts(0) };
        Assert.Equal("MCH-0234567", Read("a.edf", EdfEncoder.Encode(tracks, "1", "EDF+C", lists, patient: "MCH-0234567 F 02-MAY-1951 X")).Recording!.Group);
        Assert.Null(Read("a.edf", EdfEncoder.Encode(tracks, "1", "EDF+C", lists, patient: "X X X X")).Recording!.Group);
    }

    [Fact]
    public void Annotations_become_rhythms_from_the_first_sample_on()
    {
        var samples = Enumerable.Range(0, 8).ToArray();
        var lists = new[]
        {
            EdfEncoder.Starts(0.5, "+2.5\x14(AFIB\x14\0+0.5\x14(N\x14lights off\x14\0"),
            EdfEncoder.Starts(2.5, "+3.5\x15" + "0.75\x14" + "Atrial flutter\x14\0+9\x14" + "Atrial fibrillation\x14\0"),
        };
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.edf", EdfEncoder.Encode([new("ECG", "mV", 4, samples)], "2", "EDF+C", lists));
        using var recordings = RecordingFolder.Open(path);
        Assert.Equal(
            [new RhythmSpan("N", 0, 2), new RhythmSpan("AFIB", 2, 3), new RhythmSpan("AFL", 3, 3.75)],
            recordings.Entries.Single().ReadRhythms()!);
    }

    [Fact]
    public void A_file_without_rhythms_has_no_annotations()
    {
        using var folder = new TemporaryFolder();
        using var recordings = RecordingFolder.Open(folder.Write("a.edf", EdfEncoder.Encode([new("ECG", "mV", 2, [1, 2])], "1")));
        Assert.Null(recordings.Entries.Single().ReadRhythms());
    }

    public static TheoryData<string, byte[]> Broken()
    {
        EdfTrack[] tracks = [new("ECG", "mV", 2, [1, 2, 3, 4])];
        var good = EdfEncoder.Encode(tracks, "1");
        return new()
        {
            { "is not a usable EDF or BDF file: it is shorter than a header", good[..100] },
            { "is not a usable EDF or BDF file: it is shorter than a header", good[..300] },
            { "is not a usable EDF or BDF file: it does not begin as one", [.. "no edf"u8, .. good[6..]] },
            { "holds no whole data record: get the file again", good[..513] },
            { "holds 1 data records where its header says 2: the file is cut off, get it again", good[..^2] },
            { "holds 2 data records where its header says 1: the file does not fit its header, get it again", EdfEncoder.Encode(tracks, "1", records: "1") },
            { "it gives 'two' as the number of data records", EdfEncoder.Encode(tracks, "1", records: "two") },
            { "it gives '1,5' as the seconds of a data record", EdfEncoder.Encode(tracks, "1,5") },
            { "its data records last 0 s, so that the sampling frequency is not known", EdfEncoder.Encode(tracks, "0") },
            { "the range of signal 0 ('ECG') is empty", EdfEncoder.Encode([tracks[0] with { PhysicalMax = "-3.2768" }], "1") },
            { "holds annotations only: name the file that has the signals", Renamed(good) },
            { "says that its data records have gaps (EDF+D), but has no signal that says when they start", EdfEncoder.Encode(tracks, "1", "EDF+D") },
            { "does not say when its data record 1 starts, as a file with gaps (EDF+D) has to", Gaps(EdfEncoder.Starts(0), "+1\x14up\x14\0") },
            { "has a data record (1) that starts at -3 s, before the one ahead of it ends", Gaps(EdfEncoder.Starts(0), "-3\x14\x14\0") },
            { "has gaps of more than 7 days before its data record 1: split the recording there", Gaps(EdfEncoder.Starts(0), EdfEncoder.Starts(1e9)) },
        };

        byte[] Gaps(params string[] lists) => EdfEncoder.Encode(tracks, "1", "EDF+D", lists);

        static byte[] Renamed(byte[] file)
        {
            var renamed = file.ToArray();
            "EDF Annotations "u8.CopyTo(renamed.AsSpan(256));
            return renamed;
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_file_is_refused_with_one_sentence(string sentence, byte[] file)
    {
        var message = Read("broken.edf", file).Rejection!.Message;
        Assert.Contains("broken.edf ", message, StringComparison.Ordinal);
        Assert.EndsWith(sentence, message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 300)]
    public void A_file_with_damaged_bytes_is_read_or_refused(int seed)
    {
        var random = new Random(seed);
        var lists = new[] { EdfEncoder.Starts(0), EdfEncoder.Starts(3, "+3\x14(AFIB\x14\0") };
        var file = EdfEncoder.Encode([new("ECG", "mV", 4, [1, 2, 3, 4, 5, 6, 7, 8])], "1", "EDF+D", lists);
        for (var i = random.Next(1, 6); i > 0; i--) file[random.Next(file.Length)] = (byte)random.Next(256);
        Array.Resize(ref file, random.Next(3) == 0 ? random.Next(file.Length) : file.Length);
        using var folder = new TemporaryFolder();
        using var recordings = RecordingFolder.Open(folder.Write("a.edf", file));
        foreach (var entry in recordings.Entries)
        {
            var outcome = entry.Read(new ReadOptions());
            Assert.True(outcome.Recording is null != outcome.Rejection is null);
        }
    }

    /// <summary>MNE-Python, of Debian's python3-mne, is the second opinion: samples in volts, and the start.</summary>
    [SkippableTheory]
    [InlineData("test_generator.bdf", "0")]
    [InlineData("test_generator.bdf", "3")]
    [InlineData("test_subsecond.edf", "0")]
    [InlineData("test_utf8.edf", "0")]
    public void Samples_are_those_that_MNE_reads(string name, string lead)
    {
        var path = SharedData.PathOf("formats", "edf", name);
        using var recordings = RecordingFolder.Open(path);
        using var reader = recordings.Entries.Single().Open(new ReadOptions(lead)).Reader!;
        var script =
            $"import mne,sys\n" +
            $"r=mne.io.read_raw_{name[^3..]}('{path}',include=[sys.argv[1]],verbose='ERROR')\n" +
            $"print(r.info['sfreq'])\n" +
            $"for v in r.get_data()[0]: print(repr(float(v)))\n";
        var lines = Python(script, reader.Lead.Name);
        Assert.Equal(double.Parse(lines[0], CultureInfo.InvariantCulture), reader.Lead.Fs);
        var expected = lines[1..].Select(line => double.Parse(line, CultureInfo.InvariantCulture) * 1000).ToArray();
        var samples = Decoding.ReadAll(reader, 1000);
        Assert.Equal(expected.Length, samples.Length);
        for (var i = 0; i < samples.Length; i++) Assert.Equal(expected[i], samples[i], 1e-6);
    }

    private static ReadOutcome Read(string name, byte[] file)
    {
        using var folder = new TemporaryFolder();
        using var recordings = RecordingFolder.Open(folder.Write(name, file));
        return recordings.Entries.Single().Read(new ReadOptions());
    }

    private static string[] Python(string script, params string[] arguments)
    {
        // Debian's packages are those of the system's own interpreter.
        const string Interpreter = "/usr/bin/python3";
        Skip.IfNot(File.Exists(Interpreter), "there is no /usr/bin/python3 on this machine");
        var start = new ProcessStartInfo(Interpreter) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-c", script }.Concat(arguments)) start.ArgumentList.Add(argument);
        using var python = Process.Start(start)!;
        var errors = python.StandardError.ReadToEndAsync();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        Skip.If(errors.Result.Contains("No module named 'mne'", StringComparison.Ordinal), "python3-mne is not installed on this machine");
        Assert.True(python.ExitCode == 0, errors.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
