using System.Text;
using System.Text.RegularExpressions;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>GE MUSE XML: what is read, and what is refused with which sentence.</summary>
public class MuseTests
{
    private static readonly short[] One = [.. Enumerable.Range(0, 500).Select(i => (short)((i * 37 % 801) - 400))];
    private static readonly short[] Two = [.. Enumerable.Range(0, 500).Select(i => (short)((i * 11 % 901) - 450))];

    [Theory]
    [InlineData("a.xml")]
    [InlineData("A.Xml")]
    [InlineData("a")]
    public void The_rhythm_is_read_with_start_and_person_and_not_the_median(string name)
    {
        using var temp = new TemporaryFolder();
        var document = Document(Waveform("Median", 500, Lead("I", Two[..100])), Waveform("Rhythm", 250, Lead("I", One), Lead("II", Two)));
        using var folder = RecordingFolder.Open(temp.Write(name, document));
        using var reader = folder.Entries.Single().Open(new ReadOptions()).Reader!;
        Assert.Equal([("I", "uV", 250.0), ("II", "uV", 250.0)], reader.Leads.Select(lead => (lead.Name, lead.Unit, lead.Fs)));
        Assert.Equal(("P 7", new DateTime(2013, 7, 28, 9, 10, 11)), (reader.Group, reader.Start));
        Assert.Equal(One.Select(s => (float)(s * 4.88e-3)), Decoding.ReadAll(reader, 77));
    }

    [Fact]
    public void The_other_limb_leads_follow_from_I_and_II_where_they_are_asked_for()
    {
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("a.xml", Document(Waveform("Rhythm", 500, Lead("I", One), Lead("II", Two), Lead("V1", One)))));
        foreach (var (name, index, ofI, ofII) in new[] { ("III", 3, -1, 1), ("aVR", 4, -0.5, -0.5), ("avl", 5, 1, -0.5), ("AVF", 6, -0.5, 1) })
        {
            // A program that converts all leads opens them by index.
            foreach (var wanted in new[] { name, $"{index}" })
            {
                using var reader = folder.Entries.Single().Open(new ReadOptions(wanted)).Reader!;
                Assert.Equal((name, index, 7), (reader.Lead.Name, reader.LeadIndex, reader.Leads.Count), NameComparer);
                var samples = Decoding.ReadAll(reader, 1000);
                for (var i = 0; i < samples.Length; i++) Assert.Equal(((ofI * One[i]) + (ofII * Two[i])) * 4.88e-3, samples[i], 1e-5);
            }
        }

        using var stored = folder.Entries.Single().Open(new ReadOptions("V1")).Reader!;
        Assert.Equal(3, stored.Leads.Count);
    }

    [SkippableTheory]
    [InlineData("braveheart_example1.xml")]
    [InlineData("braveheart_example2.xml")]
    public void The_sample_files_are_read_as_their_text_says(string name)
    {
        var path = SharedData.PathOf("formats", "muse", name);
        using var folder = RecordingFolder.Open(path);
        // The second half of the leads is the rhythm's.
        var leads = Regex.Matches(File.ReadAllText(path, Encoding.Latin1), "<LeadID>([^<]*)</LeadID>.*?<WaveFormData>([^<]*)<", RegexOptions.Singleline);
        Assert.Equal(16, leads.Count);
        foreach (var lead in leads.Skip(8))
        {
            var recording = folder.Entries.Single().Read(new ReadOptions(lead.Groups[1].Value)).Recording!;
            var bytes = Convert.FromBase64String(lead.Groups[2].Value);
            Assert.Equal((500.0, 5000, 10_000), (recording.Fs, recording.Samples.Length, bytes.Length));
            Assert.Equal(Enumerable.Range(0, 5000).Select(i => (float)(BitConverter.ToInt16(bytes, 2 * i) * 4.88e-3)), recording.Samples);
        }

        Assert.Equal("I", folder.Entries.Single().Read(new ReadOptions()).Recording!.Lead);
    }

    [Fact]
    public void What_is_broken_or_incomplete_is_refused()
    {
        var whole = Document(Waveform("Rhythm", 500, Lead("I", One)));
        Refused(whole[..^40], "a.xml cannot be read: it is no XML to its end (");
        Refused(Document(), "a.xml has no waveform of the type Rhythm with leads: it has no waveform at all");
        Refused(Document(Waveform("Median", 500, Lead("I", One))), "a.xml has no waveform of the type Rhythm with leads: it has 'Median'");
        Refused(Document(Waveform("Rhythm", 0, Lead("I", One))), "a.xml gives its rhythm waveform no sampling frequency (SampleBase)");
        Refused(With("<WaveFormData>", "<WaveFormData>!"), "a.xml cannot be read: its samples of lead I are no Base64: export it again");
        Refused(With("<WaveFormData>\n", "<WaveFormData>AAAA"), "it holds 1003 bytes of lead I where it announces 500 samples of 2: export it again");
        Refused(With("</LeadID>", "</LeadID><LeadDataCRC32>1</LeadDataCRC32>"), "its samples of lead I do not fit their checksum: export it again");
        Refused(With("4.88", "0"), "it does not say what a step of lead I is worth (LeadAmplitudeUnitsPerBit)");
        Refused(With(">2<", ">4<"), "its samples of lead I have 4 bytes, and those of 2 are read");
        Refused(Document(Waveform("Rhythm", 500, Lead("EEG C3", One))), "if one of them is an ECG, name it with --lead");

        string With(string old, string with) => whole.Replace(old, with, StringComparison.Ordinal);

        static void Refused(string text, string message)
        {
            using var temp = new TemporaryFolder();
            using var folder = RecordingFolder.Open(temp.Write("a.xml", text));
            Assert.Contains(message, folder.Entries.Single().Read(new ReadOptions()).Rejection!.Message, StringComparison.Ordinal);
        }
    }

    private static readonly IEqualityComparer<(string, int, int)> NameComparer = EqualityComparer<(string, int, int)>.Create((a, b) =>
        string.Equals(a.Item1, b.Item1, StringComparison.OrdinalIgnoreCase) && a.Item2 == b.Item2 && a.Item3 == b.Item3);

    private static string Document(params string[] waveforms) => $"""
        <?xml version="1.0" encoding="ISO-8859-1"?>
        <!DOCTYPE RestingECG SYSTEM "restecg.dtd">
        <RestingECG><PatientDemographics><PatientID> P 7 </PatientID></PatientDemographics>
        <TestDemographics><AcquisitionTime>09:10:11</AcquisitionTime><AcquisitionDate>07-28-2013</AcquisitionDate></TestDemographics>
        {string.Concat(waveforms)}</RestingECG>
        """;

    private static string Waveform(string type, int fs, params string[] leads) =>
        $"<Waveform><WaveformType>{type}</WaveformType><SampleBase>{fs}</SampleBase><SampleExponent>0</SampleExponent>{string.Concat(leads)}</Waveform>";

    private static string Lead(string name, short[] samples)
    {
        var text = Convert.ToBase64String([.. samples.SelectMany(BitConverter.GetBytes)], Base64FormattingOptions.InsertLineBreaks);
        return $"<LeadData><LeadSampleCountTotal>{samples.Length}</LeadSampleCountTotal><LeadAmplitudeUnitsPerBit>4.88</LeadAmplitudeUnitsPerBit>"
            + $"<LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits><LeadID>{name}</LeadID><LeadSampleSize>2</LeadSampleSize>"
            + $"<WaveFormData>\n{text}\n</WaveFormData></LeadData>";
    }
}
