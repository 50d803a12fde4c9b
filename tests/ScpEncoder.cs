using System.Text;

namespace Mina.Tests;

/// <summary>Writes SCP-ECG files (EN 1064) of leads of one length, with codes and differences as the tables of the standard have them.</summary>
internal sealed class ScpEncoder
{
    /// <summary>Order of the differences: 0, 1 or 2.</summary>
    public int Differences { get; init; }

    /// <summary>The codes of values, as bits; null: plain numbers of 16 bits.</summary>
    public Func<int, string>? Codes { get; init; }

    /// <summary>What section 2 holds; null: none.</summary>
    public byte[]? Tables { get; init; }

    /// <summary>The flags of section 3.</summary>
    public byte Flags { get; init; } = 4;

    /// <summary>Whether two sampling frequencies are used.</summary>
    public byte Bimodal { get; init; }

    /// <summary>The reference beat that is subtracted before the leads are encoded; null: none.</summary>
    public ReferenceBeat? Reference { get; init; }

    /// <summary>Whether sections have checksums.</summary>
    public bool HasChecksums { get; init; } = true;

    /// <summary>The standard's table, in which a number is as many ones, a zero and its sign, or one of 8 or 16 bits behind ten bits.</summary>
    public static string StandardCode(int value) => value switch
    {
        0 => "0",
        >= -8 and <= 8 => new string('1', Math.Abs(value)) + "0" + (value < 0 ? "1" : "0"),
        >= -128 and <= 127 => "1111111110" + Convert.ToString(value & 0xFF, 2).PadLeft(8, '0'),
        _ => "1111111111" + Convert.ToString(value & 0xFFFF, 2).PadLeft(16, '0'),
    };

    /// <summary>The section of the standard's table.</summary>
    public static byte[] StandardTable => BitConverter.GetBytes((ushort)19999);

    /// <summary>A file.</summary>
    /// <param name="leads">The leads' codes and samples.</param>
    public byte[] File(params (byte Code, int[] Samples)[] leads)
    {
        var data = leads.Select((lead, i) => Encode(Reference?.Subtract(i, lead.Samples) ?? lead.Samples)).ToArray();
        var sections = new List<(int Id, byte[] Content)>
        {
            (1, [2, 4, 0, .. Encoding.Latin1.GetBytes("P-7\0"), 25, 4, 0, 0xD4, 7, 6, 24, 26, 3, 0, 16, 52, 16, 255, 0, 0]),
            (3, [(byte)leads.Length, (byte)(Flags | (Reference is null ? 0 : 1)), .. leads.SelectMany(lead => (byte[])
                [.. BitConverter.GetBytes(1), .. BitConverter.GetBytes(lead.Samples.Length), lead.Code])]),
            (6, [.. U16(2500), .. U16(2000), (byte)Differences, Bimodal, .. data.SelectMany(one => U16(one.Length)), .. data.SelectMany(one => one)]),
        };
        if (Tables is not null) sections.Insert(1, (2, Tables));
        if (Reference is { } beat)
        {
            var beats = beat.Leads.Select(Encode).ToArray();
            sections.Add((4, [.. U16(beat.Leads[0].Length * beat.Microseconds / 1000), .. U16(beat.Fiducial), .. U16(beat.Places.Length),
                .. beat.Places.SelectMany(place => (byte[])[.. U16(place.Type), .. BitConverter.GetBytes(place.Start), .. BitConverter.GetBytes(place.Fiducial),
                    .. BitConverter.GetBytes(place.End)])]));
            sections.Add((5, [.. U16(2500), .. U16(beat.Microseconds), (byte)Differences, 0, .. beats.SelectMany(one => U16(one.Length)),
                .. beats.SelectMany(one => one)]));
        }

        var at = 6 + 16 + (10 * (sections.Count + 1)) + 1;
        List<byte> pointers = [.. Pointer(0, at - 7, 7)];
        foreach (var (id, content) in sections)
        {
            pointers.AddRange(Pointer(id, content.Length + 16, at));
            at += content.Length + 16;
        }

        byte[] rest = [.. BitConverter.GetBytes(at - 1), .. Section(0, [.. pointers]), .. sections.SelectMany(section => Section(section.Id, section.Content))];
        return [.. U16(HasChecksums ? Ccitt(rest) : 0), .. rest];
    }

    private byte[] Section(int id, byte[] content)
    {
        byte[] rest = [.. U16(id), .. BitConverter.GetBytes(content.Length + 16), 13, 13, .. id == 0 ? "SCPECG"u8 : "\0\0\0\0\0\0"u8, .. content];
        return [.. U16(HasChecksums ? Ccitt(rest) : 0), .. rest];
    }

    private byte[] Encode(int[] samples)
    {
        var values = samples.Select((sample, i) => (Differences, i) switch
        {
            (1, > 0) => sample - samples[i - 1],
            (2, > 1) => sample - (2 * samples[i - 1]) + samples[i - 2],
            _ => sample,
        });
        if (Codes is null) return [.. values.SelectMany(value => BitConverter.GetBytes((short)value))];
        return [.. string.Concat(values.Select(Codes)).Chunk(8).Select(bits => Convert.ToByte(new string(bits).PadRight(8, '0'), 2))];
    }

    private static byte[] Pointer(int id, int length, int at) => [.. U16(id), .. BitConverter.GetBytes(length), .. BitConverter.GetBytes(at)];

    private static byte[] U16(int value) => BitConverter.GetBytes((ushort)value);

    // As a remainder of polynomials, bit by bit; "123456789" gives 0x29B1.
    private static int Ccitt(byte[] bytes)
    {
        var sum = 0xFFFF;
        foreach (var value in bytes)
        {
            for (var i = 7; i >= 0; i--) sum = (sum << 1 & 0xFFFF) ^ (((sum >> 15 & 1) ^ (value >> i & 1)) * 0x1021);
        }

        return sum;
    }
}

/// <summary>A reference beat, and where it is subtracted: sections 5 and 4. Samples count from 1.</summary>
/// <param name="Fiducial">The sample of the beat that is laid on a place's fiducial point.</param>
/// <param name="Leads">The beat in each lead.</param>
/// <param name="Places">Type (0: the beat's), start, fiducial point and end, in samples of the rhythm.</param>
internal sealed record ReferenceBeat(int Fiducial, int[][] Leads, (int Type, int Start, int Fiducial, int End)[] Places)
{
    /// <summary>From sample to sample.</summary>
    public int Microseconds { get; init; } = 2000;

    /// <summary>The residual of a lead, sample by sample as the standard defines it.</summary>
    public int[] Subtract(int lead, int[] samples) =>
    [
        .. samples.Select((sample, i) => sample - Places.Where(place => place.Type == 0 && i + 1 >= place.Start && i + 1 <= place.End)
            .Sum(place => Leads[lead].ElementAtOrDefault(i + 1 - place.Fiducial + Fiducial - 1))),
    ];
}
