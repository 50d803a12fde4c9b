using System.Buffers.Binary;
using System.Text;

namespace Mina.Tests;

/// <summary>Writes DICOM waveform files (PS3.5, PS3.10), in explicit or implicit little endian, with lengths known or not.</summary>
internal sealed class DicomEncoder(bool isExplicit, bool hasLengths)
{
    /// <summary>A group's element in the waveform sequence.</summary>
    public byte[] Group(
        string originality, double fs, string label, (string Code, string Unit, string Step, string Correction, string Baseline)[] channels, short[] samples,
        string delay = "0", string skew = "0") =>
    [
        .. Text(0x00181068, "DS", delay),
        .. Text(0x003A0004, "CS", originality), .. Number(0x003A0005, "US", 2, channels.Length),
        .. Number(0x003A0010, "UL", 4, samples.Length / channels.Length),
        .. Text(0x003A001A, "DS", FormattableString.Invariant($"{fs}")), .. Text(0x003A0020, "SH", label),
        .. Sequence(0x003A0200, [.. channels.Select(channel => (byte[])
        [
            .. Sequence(0x003A0208, [[.. Text(0x00080100, "SH", channel.Code), .. Text(0x00080102, "SH", "MDC"), .. Text(0x00080104, "LO", "a lead")]]),
            .. Text(0x003A0210, "DS", channel.Step), .. Sequence(0x003A0211, [[.. Text(0x00080100, "SH", channel.Unit)]]),
            .. Text(0x003A0212, "DS", channel.Correction), .. Text(0x003A0213, "DS", channel.Baseline), .. Text(0x003A0214, "DS", skew),
            .. Number(0x003A021A, "US", 2, 16),
        ])]),
        .. Number(0x54001004, "US", 2, 16), .. Text(0x54001006, "CS", "SS"), .. Element(0x5400100A, "OW", [0, 0x80]),
        .. Element(0x54001010, "OW", [.. samples.SelectMany(BitConverter.GetBytes)]),
    ];

    /// <summary>A file of groups.</summary>
    public byte[] File(params byte[][] groups)
    {
        var syntax = new DicomEncoder(true, true).Text(0x00020010, "UI", isExplicit ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2", '\0');
        return
        [
            .. new byte[128], .. "DICM"u8, .. new DicomEncoder(true, true).Number(0x00020000, "UL", 4, syntax.Length), .. syntax,
            .. Text(0x0008002A, "DT", "20251224101112.500000"), .. Sequence(0x00081115, [[.. Text(0x00080100, "SH", "other")]]),
            .. Text(0x00100020, "LO", "P7"), .. Sequence(0x54000100, groups),
        ];
    }

    private byte[] Text(uint tag, string kind, string text, char fill = ' ') =>
        Element(tag, kind, Encoding.ASCII.GetBytes(text.Length % 2 == 0 ? text : text + fill));

    private byte[] Number(uint tag, string kind, int bytes, int value) => Element(tag, kind, BitConverter.GetBytes(value)[..bytes]);

    private byte[] Sequence(uint tag, byte[][] items)
    {
        byte[] content = [.. items.SelectMany(item => (byte[])
            [.. Tag(0xFFFEE000), .. Length(item), .. item, .. hasLengths ? [] : (byte[])[.. Tag(0xFFFEE00D), 0, 0, 0, 0]])];
        byte[] head = isExplicit ? [.. Tag(tag), (byte)'S', (byte)'Q', 0, 0] : Tag(tag);
        return [.. head, .. Length(content), .. content, .. hasLengths ? [] : (byte[])[.. Tag(0xFFFEE0DD), 0, 0, 0, 0]];

        byte[] Length(byte[] of) => hasLengths ? BitConverter.GetBytes(of.Length) : [255, 255, 255, 255];
    }

    private byte[] Element(uint tag, string kind, byte[] value)
    {
        if (!isExplicit) return [.. Tag(tag), .. BitConverter.GetBytes(value.Length), .. value];
        byte[] head = [.. Tag(tag), .. Encoding.ASCII.GetBytes(kind)];
        return kind[0] == 'O'
            ? [.. head, 0, 0, .. BitConverter.GetBytes(value.Length), .. value]
            : [.. head, .. BitConverter.GetBytes((short)value.Length), .. value];
    }

    private static byte[] Tag(uint tag)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), (ushort)tag);
        return bytes;
    }
}
