using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Records of several segments, as MIMIC keeps them.</summary>
public class WfdbSegmentsTests
{
    private const float Gap = float.NaN;

    [Fact]
    public void Segments_of_a_fixed_layout_follow_each_other_with_the_gap_between_them()
    {
        using var temp = new TemporaryFolder();
        Segment(temp, "a", "II,V", "1/mV", [1, 10, 2, 20]);
        Segment(temp, "b", "II,V", "10/mV", [30, 300, 40, 400, 50, 500]);
        var path = temp.Write("r.hea", "r/3 2 100 8 12:00:00 01/02/2003\na 2\n~ 3\nb 3\n# a comment\n");
        Assert.Equal([1, 2, Gap, Gap, Gap, 3, 4, 5], Read(path).Samples);
        Assert.Equal([10, 20, Gap, Gap, Gap, 30, 40, 50], Read(path, "V").Samples);
        using var folder = RecordingFolder.Open(path);
        using var reader = folder.Entries.Single().Open(new ReadOptions()).Reader!;
        Assert.Equal((new DateTime(2003, 2, 1, 12, 0, 0), 8L, 100.0), (reader.Start, reader.Length, reader.Lead.Fs));
        foreach (var part in new[] { 1, 3, 100 })
        {
            using var again = folder.Entries.Single().Open(new ReadOptions()).Reader!;
            Assert.Equal([1, 2, Gap, Gap, Gap, 3, 4, 5], Decoding.ReadAll(again, part));
        }
    }

    [Fact]
    public void In_a_variable_layout_a_lead_is_found_by_its_name_and_missing_where_a_segment_has_none()
    {
        using var temp = new TemporaryFolder();
        temp.Write("l.hea", "l 2 100 0\n~ 0 1/mV 8 0 0 0 0 II\n~ 0 1/mmHg 8 0 0 0 0 ABP\n");
        Segment(temp, "a", "ABP,II", "1/mV", [7, 1, 8, 2]);
        Segment(temp, "b", "ABP", "1/mmHg", [7, 8]);
        Segment(temp, "c", "II", "1/mV", [3]);
        var path = temp.Write("r.hea", "r/5 2 100 6\nl 0\na 2\nb 2\n~ 1\nc 1\n");
        Assert.Equal([1, 2, Gap, Gap, Gap, 3], Read(path).Samples);
        Assert.Equal([7, 8, 7, 8, Gap, Gap], Read(path, "ABP").Samples);
    }

    [Fact]
    public void A_folder_of_MIMIC_has_one_recording_and_its_numerics_are_refused_by_name()
    {
        using var temp = new TemporaryFolder();
        temp.Write("p00/3_layout.hea", "3_layout 1 100 0\n~ 0 1/mV 8 0 0 0 0 II\n");
        Segment(temp, "p00/3_0001", "II", "1/mV", [1, 2]);
        Segment(temp, "p00/3n", "HR", "1/bpm", [80]);
        temp.Write("p00/p0-2100.hea", "p0-2100/3 1 100 4\n3_layout 0\n3_0001 2\n~ 2\n");
        using var folder = RecordingFolder.Open(temp.Path);
        Assert.Equal(["3n", "p0-2100"], folder.Entries.Select(entry => entry.Id));
        Assert.Contains(
            "has no channel that is known to be an ECG: its channels are 0: HR (bpm)", folder.Entries[0].Read(new ReadOptions()).Rejection!.Message);
        Assert.Equal([1, 2, Gap, Gap], folder.Entries[1].Read(new ReadOptions()).Recording!.Samples);
        // A segment that is named is read.
        Assert.Equal([1, 2], Read(Path.Combine(temp.Path, "p00", "3_0001.hea")).Samples);
        Assert.EndsWith(
            "3_layout.hea is the layout of a multi-segment record and has no samples: name the header that lists the segments",
            Refused(Path.Combine(temp.Path, "p00", "3_layout.hea")));
    }

    [SkippableFact]
    public void The_case_of_the_field_is_read_with_its_gap()
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("cases", "04-mimic-folder", "in"));
        Assert.Equal(["3000001n", "p000001-2100-01-01-00-00"], folder.Entries.Select(entry => entry.Id));
        var recording = folder.Entries[1].Read(new ReadOptions()).Recording!;
        Assert.Equal((125, "II", 15000), (recording.Fs, recording.Lead, recording.Samples.Length));
        Assert.Equal(Enumerable.Range(5000, 5000), Enumerable.Range(0, 15000).Where(i => float.IsNaN(recording.Samples[i])));
    }

    [Theory]
    [InlineData("r/2 1 100 2\na 2\n", "r.hea is not a usable WFDB header: line 1 promises 2 segments, but only 1 lines follow")]
    [InlineData("r/1 1 100 2\na two\n", "r.hea is not a usable WFDB header: line 2 should read 'segment length', but reads 'a two'")]
    [InlineData("r/1 1 100 2\n../a 2\n", "r.hea is not a usable WFDB header: line 2 names the segment '../a', which should be a record beside the header")]
    [InlineData("r/1 1 100 2\n~ 2\n", "r.hea is not a usable WFDB header: it names no segment that has samples")]
    [InlineData("r/1 1 100 2\nnone 2\n", "r.hea names the segment none, which is not there: put none.hea beside it")]
    [InlineData("r/1 1 100 3\na 3\n", "a.hea says 2 samples where the record that it is a segment of says 3: correct one of them")]
    [InlineData("r/1 1 200 2\na 2\n", "a.hea says 100 Hz where the record that it is a segment of says 200: correct one of them")]
    [InlineData("r/1 1 100 2\nr 2\n", "line 1 is that of a multi-segment record, which holds no samples itself: name one of its segments")]
    [InlineData("r/2 1 100 9\na 2\n~ 99999999999999999\n", "line 3 should read 'segment length', but reads '~ 99999999999999999'")]
    [InlineData("r/2 1 100 9\na 2\n~ 999999999\n", "of more than the 67108864 samples that are read: name its segments one by one")]
    public void What_does_not_fit_together_is_refused_with_the_place(string master, string message)
    {
        using var temp = new TemporaryFolder();
        Segment(temp, "a", "II", "1/mV", [1, 2]);
        Assert.EndsWith(message, Refused(temp.Write("r.hea", master)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", new[] { 5f, 8, 6 })]
    [InlineData(":1", new[] { 8f, 6 })]
    public void Format_8_sums_up_differences_from_the_initial_value(string skew, float[] expected)
    {
        // Two signals; the first begins at 4 and goes up by 1, 3 and down by 2.
        Assert.True(WfdbHeader.TryParse($"r 2 100\nr.dat 8{skew} 1/mV 8 0 4 0 0 I\nr.dat 8 1/mV 8 0 -9 0 0 II\n", out var header, out _));
        Assert.True(Decoding.TryDecode(header, 0, [1, 100, 3, 100, 254, 100], out var samples, out _));
        Assert.Equal(expected, samples);
        Assert.True(Decoding.TryDecode(header, 1, [1, 100, 3, 100, 254, 100], out samples, out _));
        Assert.Equal([91, 191, 291], samples);
    }

    [Theory]
    [InlineData(")")]
    [InlineData("")]
    [InlineData("N)")]
    public void Any_change_of_rhythm_ends_the_one_before(string aux)
    {
        WfdbAnnotation[] annotations = [new(25000, 28, "(AFIB"), new(30000, 1, ""), new(40000, 28, aux), new(60000, 28, "(N")];
        Assert.Equal([new RhythmSpan("AFIB", 100, 160), new RhythmSpan("N", 240, double.PositiveInfinity)], WfdbAnnotations.Rhythms(annotations, 250));
    }

    [SkippableTheory]
    [InlineData("end")]
    [InlineData("later")]
    public void The_end_of_a_rhythm_in_Icentia_11k_ends_it(string id)
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("cases", "01-icentia-end-of-rhythm", "in"));
        var rhythms = folder.Entries.Single(entry => entry.Id == id).ReadRhythms()!;
        Assert.Equal(new RhythmSpan("AFIB", 100, 160), Assert.Single(rhythms, rhythm => rhythm.Rhythm == "AFIB"));
    }

    private static void Segment(TemporaryFolder folder, string path, string leads, string gain, int[] samples)
    {
        var (name, names) = (Path.GetFileName(path), leads.Split(','));
        var lines = names.Select(lead => $"{name}.dat 16 {(lead == "ABP" ? "1/mmHg" : gain)} 16 0 0 0 0 {lead}");
        folder.Write($"{path}.hea", $"{name} {names.Length} 100 {samples.Length / names.Length}\n{string.Join('\n', lines)}\n");
        folder.Write($"{path}.dat", WfdbEncoder.Encode(16, samples));
    }

    private static Recording Read(string path, string? lead = null)
    {
        using var folder = RecordingFolder.Open(path);
        var (recording, rejection) = folder.Entries.Single().Read(new ReadOptions(lead));
        Assert.True(rejection is null, rejection?.Message);
        return recording!;
    }

    private static string Refused(string path)
    {
        using var folder = RecordingFolder.Open(path);
        return folder.Entries.Single().Read(new ReadOptions()).Rejection!.Message;
    }
}
