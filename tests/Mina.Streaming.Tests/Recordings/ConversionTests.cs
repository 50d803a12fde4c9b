using System.Diagnostics;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Conversion;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Recordings that are written in another format.</summary>
public class ConversionTests
{
    private static readonly WfdbAnnotation[] Annotations = [new(0, 28, "(N"), new(100, 1, ""), new(500, 28, "(AFIB"), new(2000, 28, ")"), new(2300, 28, "(N")];

    [Theory]
    [InlineData("16 200/mV")]
    [InlineData("16 1000(12)/mV")]
    [InlineData("16 347.3/mV")]
    [InlineData("16 1/uV")]
    [InlineData("212 204.8/mV")]
    [InlineData("80 33/mV")]
    public void Wfdb_and_csv_come_back_bit_for_bit_with_their_annotations(string format)
    {
        using var temp = new TemporaryFolder();
        var (expected, _) = Source(temp, format);
        foreach (var target in new[] { "w/b.hea", "w/b.csv" })
        {
            using var source = RecordingFolder.Open(temp["a.hea"]);
            var kind = target.EndsWith("csv", StringComparison.Ordinal) ? ConversionFormat.Csv : ConversionFormat.Wfdb;
            Assert.Equal(["II", "V1"], RecordingConverter.Convert(source.Entries[0], new ReadOptions(), kind, temp[target]));
            using var written = RecordingFolder.Open(temp[target]);
            for (var lead = 0; lead < 2; lead++)
            {
                var recording = written.Entries[0].Read(new ReadOptions($"{lead}")).Recording!;
                Assert.Equal((250.0, expected[lead].Length), (recording.Fs, recording.Samples.Length));
                Assert.Equal(expected[lead], recording.Samples);
            }

            if (kind == ConversionFormat.Wfdb) Assert.Equal(Annotations, WfdbAnnotations.Decode(File.ReadAllBytes(temp["w/b.atr"])));
            else Assert.Contains("2,8,AFIB\n", File.ReadAllText(temp["w/b.rhythms.txt"]));
        }
    }

    [Fact]
    public void Edf_keeps_samples_rhythms_person_and_start_and_says_where_samples_are_missing()
    {
        using var temp = new TemporaryFolder();
        var (expected, start) = Source(temp, "16 200/mV");
        using var source = RecordingFolder.Open(temp["a.hea"]);
        RecordingConverter.Convert(source.Entries[0], new ReadOptions(), ConversionFormat.Edf, temp["b.edf"]);
        using var written = RecordingFolder.Open(temp["b.edf"]);
        using var reader = written.Entries[0].Open(new ReadOptions()).Reader!;
        Assert.Equal(["II", "V1"], reader.Leads.Select(lead => lead.Name));
        Assert.Equal((start, "P7", 2500L), (reader.Start, reader.Group, reader.Length));
        var got = Decoding.ReadAll(reader, 1000);
        for (var i = 0; i < expected[0].Length; i++) Assert.Equal(float.IsNaN(expected[0][i]) ? 0 : expected[0][i], got[i], 1e-6f);
        Assert.Equal([new("N", 0, 2), new("AFIB", 2, 8), new RhythmSpan("N", 9.2, 10)], written.Entries[0].ReadRhythms()!);
        Assert.Contains("Samples missing: II", System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(temp["b.edf"])));
    }

    [SkippableFact]
    public void Mne_opens_what_is_written_as_edf()
    {
        using var temp = new TemporaryFolder();
        var (expected, _) = Source(temp, "16 200/mV");
        using var source = RecordingFolder.Open(temp["a.hea"]);
        RecordingConverter.Convert(source.Entries[0], new ReadOptions(), ConversionFormat.Edf, temp["b.edf"]);
        const string Script = "import mne,sys\nr=mne.io.read_raw_edf(sys.argv[1],preload=True,verbose=False)\n"
            + "print(r.info['sfreq'],r.ch_names,[(round(a['onset'],3),round(a['duration'],3),a['description']) for a in r.annotations])\n"
            + "print(*[round(float(v)*1e3,6) for v in r.get_data()[1][:50]])\n";
        temp.Write("read.py", Script);
        Skip.If(!File.Exists("/usr/bin/python3"), "python3 is not on this machine");
        using var python = Process.Start(
            new ProcessStartInfo("/usr/bin/python3", [temp["read.py"], temp["b.edf"]]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var lines = python.StandardOutput.ReadToEnd().Split('\n');
        var error = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Skip.If(error.Contains("No module named", StringComparison.Ordinal), "MNE-Python is not on this machine");
        Assert.True(python.ExitCode == 0, error);
        Assert.Equal(
            "250.0 ['ECG II', 'ECG V1'] [(0.0, 2.0, '(N'), (0.028, 0.004, 'Samples missing: ECG II'), (2.0, 6.0, '(AFIB'), (9.2, 0.8, '(N')]"
                .Replace(": ECG II", ": II", StringComparison.Ordinal),
            lines[0]);
        Assert.Equal(expected[1].Take(50).Select(v => (double)v), lines[1].Split(' ').Select(double.Parse), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Leads_of_different_frequencies_share_frames_and_a_length_that_no_record_fits_is_filled_up()
    {
        using var temp = new TemporaryFolder();
        temp.Write("a.dat", [.. Enumerable.Range(0, 2 * 3 * 101).Select(i => (byte)(i % 5))]);
        temp.Write("a.hea", "a 2 128 101\na.dat 16 1000/mV 16 0 0 0 0 II\na.dat 16x2 1000/mV 16 0 0 0 0 V1\n");
        using var source = RecordingFolder.Open(temp["a.hea"]);
        foreach (var (kind, name) in new[] { (ConversionFormat.Wfdb, "b.hea"), (ConversionFormat.Edf, "b.edf") })
        {
            RecordingConverter.Convert(source.Entries[0], new ReadOptions(), kind, temp[name]);
            using var written = RecordingFolder.Open(temp[name]);
            foreach (var lead in new[] { "II", "V1" })
            {
                var (before, after) = (Read(source, lead), Read(written, lead));
                Assert.Equal(before.Fs, after.Fs);
                Assert.Equal(before.Samples, after.Samples.Take(before.Samples.Length));
                Assert.Equal(kind == ConversionFormat.Wfdb ? before.Samples.Length : (int)before.Fs, after.Samples.Length);
            }
        }

        Assert.Contains("different sampling frequencies", Assert.Throws<ProblemException>(() =>
            RecordingConverter.Convert(source.Entries[0], new ReadOptions(), ConversionFormat.Csv, temp["b.csv"])).Message);
        Assert.Contains("is the recording itself", Assert.Throws<ProblemException>(() =>
            RecordingConverter.Convert(source.Entries[0], new ReadOptions(), ConversionFormat.Wfdb, temp["a.hea"])).Message);

        static Recording Read(RecordingFolder folder, string lead) => folder.Entries[0].Read(new ReadOptions(lead)).Recording!;
    }

    private static (float[][] Samples, DateTime Start) Source(TemporaryFolder temp, string format)
    {
        var number = int.Parse(format.Split(' ')[0]);
        var limit = number switch { 80 => 127, 212 => 2000, _ => 20_000 };
        var random = new Random(5);
        int[] samples = [.. Enumerable.Range(0, 5000).Select(i => i is 14 ? number == 212 ? -2048 : number == 80 ? -128 : -32768 : random.Next(-limit, limit))];
        temp.Write("a.dat", WfdbEncoder.Encode(number, samples));
        temp.Write("a.atr", WfdbAnnotations.Encode(Annotations));
        temp.Write("a.hea", $"a 2 250 2500 10:11:12.5 24/12/2025\na.dat {format} 16 0 0 0 0 II\na.dat {format} 16 0 0 0 0 V1\n# Subject: P7\n");
        using var folder = RecordingFolder.Open(temp["a.hea"]);
        return ([.. Enumerable.Range(0, 2).Select(lead => folder.Entries[0].Read(new ReadOptions($"{lead}")).Recording!.Samples)],
            new DateTime(2025, 12, 24, 10, 11, 12, 500));
    }
}
