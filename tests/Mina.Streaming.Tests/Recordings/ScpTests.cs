using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>SCP-ECG files: what is read, and what is refused with which sentence.</summary>
public class ScpTests
{
    private static readonly int[] One = [.. Enumerable.Range(0, 5000).Select(i => (int)(300 * Math.Sin(i / 9.0)) + (i % 211 == 0 ? 3000 : 0))];
    private static readonly int[] Two = [.. Enumerable.Range(0, 5000).Select(i => (int)(200 * Math.Cos(i / 7.0)) - (i % 5))];

    [Theory]
    [InlineData("a.scp", 0, false)]
    [InlineData("A.SCP", 1, false)]
    [InlineData("a", 2, false)]
    [InlineData("a.scp", 0, true)]
    [InlineData("a.scp", 1, true)]
    [InlineData("a.scp", 2, true)]
    public void Samples_of_any_differences_with_the_standard_codes_or_none_are_read(string name, int differences, bool isHuffman)
    {
        var encoder = new ScpEncoder
        {
            Differences = differences,
            Codes = isHuffman ? ScpEncoder.StandardCode : null,
            Tables = isHuffman ? ScpEncoder.StandardTable : null,
        };
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write(name, encoder.File((1, One), (2, Two), (8, One))));
        using var reader = folder.Entries.Single().Open(new ReadOptions()).Reader!;
        Assert.Equal(["I", "II", "V6"], reader.Leads.Select(lead => lead.Name));
        Assert.Equal((500.0, "P-7", new DateTime(2004, 6, 24, 16, 52, 16)), (reader.Lead.Fs, reader.Group, reader.Start));
        Assert.Equal(One.Select(value => (float)(value * 0.0025)), Decoding.ReadAll(reader, 77));
        var third = folder.Entries.Single().Read(new ReadOptions("III")).Recording!.Samples;
        for (var i = 0; i < third.Length; i++) Assert.Equal((Two[i] - One[i]) * 0.0025, third[i], 1e-5);
    }

    [Fact]
    public void Tables_of_the_files_own_are_read_and_switched()
    {
        // Table 1: "0" is 0, "10" goes to table 2, "11" with 12 bits more is 100 and these. Table 2: "1" is -3, "0" goes back.
        byte[] tables =
        [
            2, 0, 3, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 0, 2, 0, 1, 0, 0, 0, 2, 14, 1, 100, 0, 3, 0, 0, 0,
            2, 0, 1, 1, 1, 253, 255, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0,
        ];
        var encoder = new ScpEncoder { Tables = tables, Codes = Code };
        int[] samples = [0, -3, 100, 90, 2000, -1800, 0, -3, -3];
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("a.scp", encoder.File((1, samples))));
        Assert.Equal(samples.Select(value => (float)(value * 0.0025)), folder.Entries.Single().Read(new ReadOptions()).Recording!.Samples);

        static string Code(int value) => value switch { 0 => "0", -3 => "1010", _ => "11" + Convert.ToString((value - 100) & 0xFFF, 2).PadLeft(12, '0') };
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void A_reference_beat_is_put_back_where_it_was_subtracted(int differences, bool isHuffman)
    {
        // Beats at the start, in the middle, longer than the reference and over the end; one of another type, of which nothing was subtracted.
        var encoder = new ScpEncoder
        {
            Differences = differences,
            Codes = isHuffman ? ScpEncoder.StandardCode : null,
            Tables = isHuffman ? ScpEncoder.StandardTable : null,
            Reference = Beat([(0, 1, 10, 60), (0, 211, 260, 400), (1, 500, 520, 600), (0, 900, 902, 1800), (0, 4950, 4990, 5100)]),
        };
        var file = encoder.File((1, One), (2, Two));
        Assert.NotEqual(new ScpEncoder().File((1, One), (2, Two))[^20..], file[^20..]);
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("a.scp", file));
        Assert.Equal(One.Select(value => (float)(value * 0.0025)), folder.Entries.Single().Read(new ReadOptions("I")).Recording!.Samples);
        Assert.Equal(Two.Select(value => (float)(value * 0.0025)), folder.Entries.Single().Read(new ReadOptions("II")).Recording!.Samples);
    }

    private static ReferenceBeat Beat((int Type, int Start, int Fiducial, int End)[] places) =>
        new(40, [[.. Enumerable.Range(0, 300).Select(i => 900 - (3 * i))], [.. Enumerable.Range(0, 300).Select(i => i % 50)]], places);

    [SkippableFact]
    public void The_sample_file_is_read_as_its_bytes_say()
    {
        var path = SharedData.PathOf("formats", "scp", "demo.scp");
        var bytes = File.ReadAllBytes(path);
        using var folder = RecordingFolder.Open(path);
        string[] names = ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"];
        for (var lead = 0; lead < names.Length; lead++)
        {
            // Section 6 begins at byte 386: header, 6 bytes, 8 lengths of 20,000; steps of 183 nV, 1000 us from sample to sample.
            var recording = folder.Entries.Single().Read(new ReadOptions(names[lead])).Recording!;
            Assert.Equal((1000.0, "12-678-QW"), (recording.Fs, recording.Group));
            var at = 386 + 16 + 6 + 16 + (20_000 * lead);
            Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (float)(BitConverter.ToInt16(bytes, at + (2 * i)) * 183e-6)), recording.Samples);
        }
    }

    [Fact]
    public void What_is_broken_or_not_read_is_refused()
    {
        var whole = new ScpEncoder().File((1, One), (2, Two));
        Refused([], "a.scp cannot be read: it is no SCP-ECG file: it does not begin with the section of pointers");
        Refused(whole[..^10], "its section 6 lies beyond the file's end: get the file again");
        Refused(Changed(whole, whole.Length - 100), "the checksum of its section 6 does not fit: get the file again");
        Refused(Changed(whole, 30), "the checksum of its section 0 does not fit: get the file again");
        Refused(new ScpEncoder { Flags = 5 }.File((1, One)), "a.scp is compressed by subtraction of a reference beat, and lacks section 4 or section 5");
        Refused(new ScpEncoder { Reference = Beat([(0, 5, 9, 20)]) with { Microseconds = 4000 } }.File((1, One), (2, Two)), "of another sampling frequency");
        Refused(new ScpEncoder { Reference = Beat([(0, 5, 9, 20), (0, 20, 30, 40)]) }.File((1, One), (2, Two)), "section 4, of the reference beat, is damaged");
        Refused(new ScpEncoder { Bimodal = 1 }.File((1, One)), "a.scp is compressed with two sampling frequencies (bimodal), which is not read");
        Refused(new ScpEncoder { Differences = 3 }.File((1, One)), "differences of order 3, which cannot be");
        Refused(
            new ScpEncoder { Tables = ScpEncoder.StandardTable, Codes = _ => "1111111111" }.File((1, One)),
            "a.scp cannot be read: its Huffman codes are damaged: get the file again");

        // Without checksums, nothing else is believed either.
        var without = new ScpEncoder { HasChecksums = false }.File((1, One), (2, Two));
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("b.scp", without));
        Assert.Equal(5000, folder.Entries.Single().Read(new ReadOptions()).Recording!.Samples.Length);
        var count = without.AsSpan().IndexOf((byte[])[2, 4, 1, 0, 0, 0, 0x88, 0x13]) + 6;
        Refused(Changed(without, count), "where it announces");

        static byte[] Changed(byte[] bytes, int at)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            return changed;
        }

        static void Refused(byte[] file, string message)
        {
            using var temp = new TemporaryFolder();
            using var folder = RecordingFolder.Open(temp.Write("a.scp", file));
            Assert.Contains(message, folder.Entries.Single().Read(new ReadOptions()).Rejection!.Message, StringComparison.Ordinal);
        }
    }
}
