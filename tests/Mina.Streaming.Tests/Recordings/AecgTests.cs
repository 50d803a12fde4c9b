using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>HL7 annotated ECGs: what is read, and what is refused with which sentence.</summary>
public class AecgTests
{
    private const string Whole = """
        <?xml version="1.0"?>
        <!-- a comment -->
        <AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
          <componentOf><timepointEvent><componentOf><subjectAssignment><subject><trialSubject>
            <id root="1.2.3" extension="SBJ-1"/>
          </trialSubject></subject></subjectAssignment></componentOf></timepointEvent></componentOf>
          <component><series><code code="RHYTHM"/><effectiveTime><low value="20021122091000"/></effectiveTime>
            <component><sequenceSet>
              <component><sequence><code code="TIME_ABSOLUTE"/>
                <value xsi:type="GLIST_TS"><head value="20021122091000.250+0100"/><increment value="4" unit="ms"/></value></sequence></component>
              <component><sequence><code code="MDC_ECG_LEAD_V1"/>
                <value xsi:type="SLIST_PQ"><origin value="1" unit="mV"/><scale value="2.5" unit="uV"/><digits>9 9 9 9</digits></value></sequence></component>
              <component><sequence><code code="MDC_ECG_LEAD_AVF"/>
                <value xsi:type="SLIST_PQ"><origin value="100" unit="uV"/><scale value="0.005" unit="mV"/><digits>
                  -2 3<!-- between -->0 <![CDATA[4 ]]>
                  2147483647</digits></value></sequence></component>
            </sequenceSet></component>
            <derivation><derivedSeries><code code="REPRESENTATIVE_BEAT"/><component><sequenceSet>
              <component><sequence><code code="TIME_RELATIVE"/>
                <value xsi:type="GLIST_PQ"><head value="0" unit="s"/><increment value="0.002" unit="s"/></value></sequence></component>
              <component><sequence><code code="MDC_ECG_LEAD_II"/>
                <value xsi:type="SLIST_PQ"><scale value="1" unit="uV"/><digits>7 7 7 7 7 7 7 7 7</digits></value></sequence></component>
            </sequenceSet></component></derivedSeries></derivation>
          </series></component>
        </AnnotatedECG>
        """;

    [Theory]
    [InlineData("a.xml")]
    [InlineData("A.XML")]
    [InlineData("a")]
    public void Samples_names_start_and_person_are_read_and_an_average_beat_is_not(string name)
    {
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write(name, Whole));
        using (var reader = folder.Entries.Single().Open(new ReadOptions()).Reader!)
        {
            Assert.Equal([("V1", "uV", 250.0), ("aVF", "mV", 250.0)], reader.Leads.Select(lead => (lead.Name, lead.Unit, lead.Fs)));
            Assert.Equal(("SBJ-1", new DateTime(2002, 11, 22, 9, 10, 0, 250), 0), (reader.Group, reader.Start, reader.LeadIndex));
            // The origin has a unit of its own.
            Assert.All(Decoding.ReadAll(reader, 3), sample => Assert.Equal(1.0225f, sample, 1e-6f));
        }

        foreach (var part in new[] { 1, 2, 100 })
        {
            using var reader = folder.Entries.Single().Open(new ReadOptions("AVF")).Reader!;
            Assert.Equal([0.09f, 0.25f, 0.12f, (float)(0.1 + (2147483647 * 0.005))], Decoding.ReadAll(reader, part));
        }
    }

    [Fact]
    public void It_is_read_in_any_encoding()
    {
        var utf16 = Whole.Replace("<?xml version=\"1.0\"?>", "<?xml version=\"1.0\" encoding=\"utf-16\"?>", StringComparison.Ordinal);
        Assert.Equal(4, Read([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(utf16)]).Recording!.Samples.Length);
        Assert.Equal(4, Read([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Whole)]).Recording!.Samples.Length);
    }

    [SkippableFact]
    public void The_sample_files_are_read_as_their_text_says()
    {
        var path = SharedData.PathOf("formats", "aecg", "fda_subject1_0.xml");
        using var folder = RecordingFolder.Open(path);
        var text = Regex.Replace(File.ReadAllText(path), "<!--.*?-->", "", RegexOptions.Singleline);
        var leads = Regex.Matches(text, """
            MDC_ECG_LEAD_(\w+)"[^>]*>\s*<value[^>]*>\s*<origin value="0"[^>]*>\s*<scale value="2.5" unit="uV"/>\s*<digits>([^<]*)<
            """);
        // Twelve leads of the recording, and twelve of the average beat.
        Assert.Equal(24, leads.Count);
        foreach (var lead in leads.Take(12))
        {
            var recording = folder.Entries.Single().Read(new ReadOptions(lead.Groups[1].Value)).Recording!;
            Assert.Equal((500.0, "subject1"), (recording.Fs, recording.Group));
            string[] words = lead.Groups[2].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(words.Select(word => (float)(int.Parse(word, CultureInfo.InvariantCulture) * 0.0025)), recording.Samples);
            Assert.Equal(5000, words.Length);
        }

        // III = II - I, in steps of 2.5 uV.
        var (one, two, three) = (Lead("I"), Lead("II"), Lead("III"));
        for (var i = 0; i < one.Length; i++) Assert.Equal(two[i] - one[i], three[i], 0.0051f);
        using var minimum = RecordingFolder.Open(SharedData.PathOf("formats", "aecg", "minimum_aecg.xml"));
        Assert.Equal(13, minimum.Entries.Single().Read(new ReadOptions()).Recording!.Samples.Length);
        using var empty = RecordingFolder.Open(SharedData.PathOf("formats", "aecg", "empty.xml"));
        Assert.EndsWith("empty.xml holds no series with leads that a recorder sampled", empty.Entries.Single().Read(new ReadOptions()).Rejection!.Message);

        float[] Lead(string name) => folder.Entries.Single().Read(new ReadOptions(name)).Recording!.Samples;
    }

    [Fact]
    public void What_is_broken_or_incomplete_is_refused()
    {
        Refused(Whole[..^30], "a.xml cannot be read: it is no XML to its end (");
        Refused(With("<increment value=\"4\" unit=\"ms\"/>", ""), "a.xml does not say the time from sample to sample (increment)");
        Refused(With("unit=\"ms\"", "unit=\"min\""), "a.xml gives the time from sample to sample in 'min'");
        Refused(With("value=\"4\" unit", "value=\"-4\" unit"), "a.xml gives -4 ms as the time from sample to sample");
        Refused(With("<scale value=\"2.5\" unit=\"uV\"/>", ""), "a.xml does not say what a step of lead V1 is worth (scale)");
        Refused(With("9 9 9 9", " "), "a.xml holds no samples of lead V1");
        Refused(With("9 9 9 9", "9 9 x 9"), "a.xml cannot be read: 'x' among the samples of lead V1 is no whole number of 32 bits");
        Refused(With("9 9 9 9", "9 9 123456789012345 9"), "a.xml cannot be read: '12345678901' among the samples of lead V1 is no whole number of 32 bits");
        Refused(With("9 9 9 9", "9 9<b/>9 9"), "a.xml cannot be read: its element digits holds elements where text should be");
        Refused(With("MDC_ECG_LEAD_V1", "EEG").Replace("MDC_ECG_LEAD_AVF", "ABP", StringComparison.Ordinal), "if one of them is an ECG, name it with --lead");

        static string With(string old, string with) => Whole.Replace(old, with, StringComparison.Ordinal);

        static void Refused(string text, string message) =>
            Assert.Contains(message, Read(Encoding.UTF8.GetBytes(text)).Rejection!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_entity_is_expanded_no_file_is_looked_at_and_depth_is_bounded()
    {
        const string Root = "<AnnotatedECG xmlns=\"urn:hl7-org:v3\">";
        const string External = "SYSTEM \"file:///etc/hostname\"";
        foreach (var entity in new[] { "<!ENTITY e \"9 9\">", $"<!ENTITY e {External}>", $"<!ENTITY % p {External}> %p;<!ENTITY e \"9\">" })
        {
            var text = Whole.Replace("<AnnotatedECG", $"<!DOCTYPE AnnotatedECG [{entity}]><AnnotatedECG", StringComparison.Ordinal);
            // What the type declares is passed over, and so its entities are unknown.
            Assert.Equal(4, Read(Encoding.UTF8.GetBytes(text)).Recording!.Samples.Length);
            var used = text.Replace("9 9 9 9", "9 &e; 9", StringComparison.Ordinal);
            Assert.Contains("Reference to undeclared entity 'e'", Read(Encoding.UTF8.GetBytes(used)).Rejection!.Message, StringComparison.Ordinal);
        }

        var deep = Root + string.Concat(Enumerable.Repeat("<a>", 1_000_000));
        Assert.EndsWith("its elements lie deeper within each other than those of a recording do", Read(Encoding.UTF8.GetBytes(deep)).Rejection!.Message);
    }

    [Fact]
    public void Memory_does_not_depend_on_how_long_the_recording_is()
    {
        using var temp = new TemporaryFolder();
        long[] allocated = [Allocated("warm.xml", 1), Allocated("short.xml", 100_000), Allocated("long.xml", 1_000_000)];
        Assert.True(allocated[2] < allocated[1] + 200_000, $"{allocated[2]:N0} bytes were allocated for the longer, {allocated[1]:N0} for the shorter one");

        long Allocated(string name, int repeats)
        {
            var digits = string.Concat(Enumerable.Repeat("9 -9 9 9\n", repeats));
            using var folder = RecordingFolder.Open(temp.Write(name, Whole.Replace("9 9 9 9", digits, StringComparison.Ordinal)));
            var (part, samples, before) = (new float[4096], 0L, GC.GetAllocatedBytesForCurrentThread());
            using (var reader = folder.Entries.Single().Open(new ReadOptions()).Reader!)
            {
                for (int count; (count = reader.Read(part)) > 0;) samples += count;
                Assert.Equal((4L * repeats, 4L * repeats), (reader.Length, samples));
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void XML_of_another_kind_is_no_recording()
    {
        using var temp = new TemporaryFolder();
        temp.Write("a.xml", Whole);
        temp.Write("notes.xml", "<notes/>");
        temp.Write("table.xml", "no XML at all");
        using (var folder = RecordingFolder.Open(temp.Path)) Assert.Equal(["a"], folder.Entries.Select(entry => entry.Id));
        Assert.Throws<Mina.Preprocess.ProblemException>(() => RecordingFolder.Open(temp["notes.xml"]));
    }

    private static ReadOutcome Read(byte[] bytes)
    {
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("a.xml", bytes));
        return folder.Entries.Single().Read(new ReadOptions());
    }
}
