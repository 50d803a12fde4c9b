using System.Buffers.Binary;
using System.Text;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>ISHNE Holter files: what is read, and what is refused with which sentence.</summary>
public class IshneTests
{
    private static readonly short[] Samples = [.. Enumerable.Range(0, 3000).Select(i => (short)((i * 37 % 4001) - 2000))];

    [Theory]
    [InlineData("holter.ecg")]
    [InlineData("HOLTER.ECG")]
    [InlineData("holter")]
    public void Samples_names_start_and_person_are_read(string name)
    {
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write(name, Encode()));
        using var reader = folder.Entries.Single().Open(new ReadOptions()).Reader!;
        Assert.Equal(["ECG1", "V1", "II"], reader.Leads.Select(lead => lead.Name));
        Assert.Equal((2, 200.0, 1000L), (reader.LeadIndex, reader.Lead.Fs, reader.Length));
        Assert.Equal((new DateTime(2026, 2, 28, 23, 59, 58), "P-7"), (reader.Start, reader.Group));
        Assert.Equal(Samples.Where((_, i) => i % 3 == 2).Select(s => (float)(s * 2500 * 1e-6)), Decoding.ReadAll(reader, 77));
    }

    [Fact]
    public void A_header_may_count_all_leads_samples_together_or_none_and_have_text_behind_it()
    {
        foreach (var bytes in new[] { Encode(samples: 3000), Encode(samples: 0), Encode(text: 700), Encode(withChecksum: false) })
            Assert.Equal(1000, Read(bytes).Recording!.Samples.Length);
    }

    [Fact]
    public void What_cannot_be_right_is_refused()
    {
        var bytes = Encode();
        Refused(bytes[..200], "is not a usable ISHNE file: it is shorter than a header");
        Refused([], "is not a usable ISHNE file: it is shorter than a header");
        Refused(bytes[..^100], "holds 983 samples of each lead where its header says 1000: the file is cut off, get it again");
        Refused([.. bytes, .. new byte[60]], "holds 1010 samples of each lead where its header says 1000: the file does not fit its header, get it again");
        Refused(Changed(8, 77), "is not a usable ISHNE file: its checksum does not fit: get the file again");
        Refused(Changed(400, 1), "is not a usable ISHNE file: its checksum does not fit: get the file again");
        Refused(Encode(leads: 0), "it says that it has 0 leads, where the format has 1 to 12");
        Refused(Encode(leads: 13), "it says that it has 13 leads, where the format has 1 to 12");
        Refused(Encode(fs: -5), "it gives -5 Hz as the sampling frequency");
        Refused(Encode(nanovolts: 0), "it gives 0 nV as a step of lead II");
        Refused(Encode(offset: 7), "it says that its samples begin where they cannot");
        Refused(Encode(offset: int.MaxValue), "it says that its samples begin where they cannot");
        Refused(Encode(samples: 0)[..522], "holds no samples: get the file again");

        void Refused(byte[] file, string message) => Assert.EndsWith(message, Read(file).Rejection!.Message);

        byte[] Changed(int at, byte value)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] = value;
            return changed;
        }
    }

    private static ReadOutcome Read(byte[] bytes)
    {
        using var temp = new TemporaryFolder();
        using var folder = RecordingFolder.Open(temp.Write("a.ecg", bytes));
        return folder.Entries.Single().Read(new ReadOptions());
    }

    /// <summary>By the tables of the standard.</summary>
    private static byte[] Encode(int samples = 1000, int leads = 3, int fs = 200, int nanovolts = 2500, int text = 0, int? offset = null,
        bool withChecksum = true)
    {
        var bytes = new byte[522 + text + (2 * Samples.Length)];
        "ISHNE1.0"u8.CopyTo(bytes);
        foreach (var (at, value) in new[] { (10, text), (14, samples), (18, 522), (22, offset ?? 522 + text) })
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        Encoding.Latin1.GetBytes("Müller").CopyTo(bytes, 68);
        Encoding.Latin1.GetBytes("P-7").CopyTo(bytes, 108);
        Words(138, 28, 2, 2026);
        Words(150, 23, 59, 58);
        Words(156, leads, 1, 11, 6);
        Words(206, 1000, 1000, nanovolts);
        Words(272, fs);
        Words(522 + text, [.. Samples.Select(s => (int)s)]);
        if (withChecksum) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Ccitt(bytes.AsSpan(10, 512 + text)));
        return bytes;

        void Words(int at, params int[] values)
        {
            for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(at + (2 * i)), (short)values[i]);
        }
    }

    // As a remainder of polynomials, bit by bit; "123456789" gives 0x29B1.
    private static ushort Ccitt(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0xFFFF;
        foreach (var value in bytes)
        {
            for (var i = 7; i >= 0; i--)
            {
                var top = (sum >> 15 & 1) ^ ((uint)value >> i & 1);
                sum = (sum << 1 & 0xFFFF) ^ (top * 0x1021);
            }
        }

        return (ushort)sum;
    }
}
