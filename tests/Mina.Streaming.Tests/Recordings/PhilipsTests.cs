using System.Text;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Philips Sierra ECGs with XLI compression: what is read, and what is refused with which sentence.</summary>
public class PhilipsTests
{
    private const int Count = 2000;

    private static readonly int[][] Leads =
        [.. Enumerable.Range(1, 7).Select(lead => Enumerable.Range(0, Count).Select(i => (i * i * lead % 97) - 40).ToArray())];

    [Theory]
    [InlineData("a.xml", "1.03")]
    [InlineData("A.XML", "1.04")]
    [InlineData("a", "1.04.01")]
    public void Samples_start_and_person_are_read_and_limb_leads_put_together(string name, string version)
    {
        var stored = version == "1.03" ? Leads : Leads[..6];
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write(name, XliEncoder.Document(stored, version)));
        var (i, ii) = (Leads[0], Leads[1]);
        var iii = Leads[2].Select((difference, at) => ii[at] - i[at] - difference).ToArray();
        (string, Func<int, int>)[] expected =
        [
            ("I", at => i[at]), ("II", at => ii[at]), ("III", at => iii[at]), ("aVR", at => -Leads[3][at] - Floor(i[at] + ii[at])),
            ("aVL", at => Floor(i[at] - iii[at]) - Leads[4][at]), ("aVF", at => Floor(ii[at] + iii[at]) - Leads[5][at]), ("V1", at => Leads[6][at]),
        ];
        foreach (var (lead, value) in expected.Take(stored.Length))
        {
            using var reader = folder.Entries.Single().Open(new ReadOptions(lead)).Reader!;
            Assert.Equal((lead, 500.0, "P-7", new DateTime(2011, 12, 1, 7, 27, 34)), (reader.Lead.Name, reader.Lead.Fs, reader.Group, reader.Start));
            Assert.Equal(Enumerable.Range(0, Count).Select(at => (float)(value(at) * 0.005)), Decoding.ReadAll(reader, 77));
        }

        static int Floor(int sum) => (int)Math.Floor(sum / 2.0);
    }

    [Fact]
    public void The_calibration_pulse_at_the_end_is_left_out()
    {
        int[] pulse = [.. new int[100], .. Enumerable.Repeat(200, 100), .. new int[50]];
        int[][] leads = [.. Leads.Select(lead => (int[])[.. lead[..1500].Select(value => value == 0 ? 1 : value), .. pulse])];
        Assert.Equal(1500, Read(XliEncoder.Document(leads)).Recording!.Samples.Length);
        // What is no pulse of 1 mV between zeros stays.
        foreach (var last in leads) last[1650] = 199;
        Assert.Equal(1750, Read(XliEncoder.Document(leads)).Recording!.Samples.Length);
        foreach (var lead in leads) Array.Clear(lead, 0, 1600);
        foreach (var lead in leads) lead[1650] = 200;
        Assert.EndsWith("a.xml cannot be read: its lead I holds a calibration pulse and nothing else", Read(XliEncoder.Document(leads)).Rejection!.Message);
    }

    // Of each lead: samples, their sum, and the 1001st to 1004th, in steps of 5 uV, as a second program decodes them (by the sierra-ecg-tools' description).
    public static TheoryData<string, string, int, int, int[]> Golden => new()
    {
        { "129DYPRG.XML", "I", 5264, 815, [-11, -10, -10, -10] },
        { "129DYPRG.XML", "II", 5264, 1762, [-19, -18, -18, -18] },
        { "129DYPRG.XML", "III", 5264, 1953, [-7, -7, -7, -8] },
        { "129DYPRG.XML", "aVR", 5264, 324, [14, 14, 14, 14] },
        { "129DYPRG.XML", "aVL", 5264, -1840, [-1, -2, -2, -1] },
        { "129DYPRG.XML", "aVF", 5264, 223, [-13, -14, -14, -13] },
        { "129DYPRG.XML", "V2", 5262, 2348, [-2, -3, -3, -3] },
        { "129DYPRG.XML", "V6", 5264, 1359, [-5, -4, -4, -5] },
        { "2020-5-18_15-48-11.xml", "I", 5300, -40764, [-12, -14, -13, -8] },
        { "2020-5-18_15-48-11.xml", "III", 5300, 544433, [99, 102, 104, 101] },
        { "2020-5-18_15-48-11.xml", "aVL", 5300, -293914, [-56, -58, -59, -55] },
        { "2020-5-18_15-48-11.xml", "V6", 5300, -69970, [-33, -34, -35, -33] },
        { "repbeats_example.xml", "II", 5264, 1762, [-19, -18, -18, -18] },
    };

    [SkippableTheory]
    [MemberData(nameof(Golden))]
    public void The_sample_files_are_read_as_a_second_program_decodes_them(string name, string lead, int count, int sum, int[] steps)
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("formats", "philips", name));
        var recording = folder.Entries.Single().Read(new ReadOptions(lead)).Recording!;
        var read = recording.Samples.Select(sample => (int)Math.Round(sample / 0.005)).ToArray();
        Assert.Equal((500.0, count, sum), (recording.Fs, read.Length, read.Sum()));
        Assert.Equal(steps, read[1000..1004]);
    }

    [Fact]
    public void What_is_broken_or_incomplete_is_refused()
    {
        var whole = Encoding.UTF8.GetString(XliEncoder.Document(Leads));
        Refused(whole[..^40], "a.xml cannot be read: it is no XML to its end (");
        Refused(With(">1.03<", ">2.0<"), "a.xml is a Sierra ECG of the version '2.0', and 1.03 and 1.04 are read");
        Refused(With("parsedwaveforms", "otherwaveforms"), "a.xml holds no waveform (parsedwaveforms)");
        Refused(With("\"XLI\"", "\"ZIP\""), "a.xml has a waveform of compression 'ZIP' in 'Base64', and XLI in Base64 is read");
        Refused(With("<samplingrate>500</samplingrate>", ""), "a.xml does not say its sampling frequency, its resolution and how long it is");
        Refused(With("\"4000\"", "\"4000000000\""), "a.xml says that it lasts 4000000000 ms at 500 Hz, and 2 to 1048576 samples are read");
        Refused(With("\"4000\"", "\"4100\""), "a.xml cannot be read: its waveform is no XLI to its end: export it again");
        Refused(With("STD-12", "XYZ"), "a.xml does not name its 7 leads");
        Refused(With("channel=\"4000\">", "channel=\"4000\">!"), "its waveform is no Base64: export it again");
        Refused(With("channel=\"4000\">", "channel=\"4000\">////"), "its waveform is no XLI to its end: export it again");

        string With(string old, string with) => whole.Replace(old, with, StringComparison.Ordinal);

        static void Refused(string text, string message) =>
            Assert.Contains(message, Read(Encoding.UTF8.GetBytes(text)).Rejection!.Message, StringComparison.Ordinal);
    }

    private static ReadOutcome Read(byte[] bytes)
    {
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("a.xml", bytes));
        return folder.Entries.Single().Read(new ReadOptions());
    }
}
