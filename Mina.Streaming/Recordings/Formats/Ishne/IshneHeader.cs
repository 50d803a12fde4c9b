using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Ishne;

/// <summary>
/// The header of an ISHNE Holter file (Badilini 1998: "The ISHNE Holter standard output file format"): 8 bytes of magic, a checksum, a block of
/// 512 bytes, and a block of text of any length. Immutable.
/// </summary>
internal sealed class IshneHeader
{
    /// <summary>Bytes up to the text block.</summary>
    public const int FixedBytes = 522;

    /// <summary>The largest header that is read, its text among it.</summary>
    public const int MaxBytes = 16 << 20;

    private const int CheckedFrom = 10;
    private const int MaxLeads = 12;

    // Lead codes 0 to 19 of the standard; those of V1 to V6 are 11 to 16.
    private static readonly string[] Names =
        ["", "", "X", "Y", "Z", "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6", "ES", "AS", "AI"];

    /// <summary>The leads' names; a bipolar lead that the file says no more of has a number: <c>ECG1</c>.</summary>
    public required IReadOnlyList<string> Leads { get; init; }

    /// <summary>Nanovolts of one step of each lead.</summary>
    public required IReadOnlyList<int> Nanovolts { get; init; }

    /// <summary>Sampling frequency, Hz.</summary>
    public required int Fs { get; init; }

    /// <summary>Samples, as the header says it: of each lead or, as some recorders count, of all together; 0 where it does not.</summary>
    public required int Samples { get; init; }

    /// <summary>Where the first sample is.</summary>
    public required int DataOffset { get; init; }

    /// <summary>When the recording started; null where the header holds no such date.</summary>
    public required DateTime? Start { get; init; }

    /// <summary>The patient's identification; null where it is empty.</summary>
    public required string? Patient { get; init; }

    /// <summary>Whether a file's first bytes are those of an ISHNE file.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> start) => start.StartsWith("ISHNE1.0"u8);

    /// <summary>Where the first sample is, by the header's fixed part; null where that cannot be.</summary>
    public static int? DataOffsetIn(ReadOnlySpan<byte> bytes) =>
        Int32(bytes, 22) is var offset and >= FixedBytes and <= MaxBytes ? offset : null;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">All bytes before the first sample.</param>
    /// <param name="header">The header.</param>
    /// <param name="error">What is wrong, as the rest of a sentence that says that the file has no usable header.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IshneHeader? header, [NotNullWhen(false)] out string? error)
    {
        header = null;
        // A program that does not make the checksum leaves it at 0.
        var sum = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (sum != 0 && sum != Checksum(bytes[CheckedFrom..]))
        {
            error = "its checksum does not fit: get the file again";
            return false;
        }

        var (leads, fs, samples) = (Int16(bytes, 156), Int16(bytes, 272), Int32(bytes, 14));
        if (leads is < 1 or > MaxLeads || fs < 1 || samples < 0)
        {
            error = leads is < 1 or > MaxLeads
                ? $"it says that it has {leads} leads, where the format has 1 to {MaxLeads}"
                : fs < 1 ? $"it gives {fs} Hz as the sampling frequency" : $"it gives {samples} as the number of samples";
            return false;
        }

        var (names, nanovolts) = (new string[leads], new int[leads]);
        for (var i = 0; i < leads; i++)
        {
            var code = Int16(bytes, 158 + (2 * i));
            names[i] = code >= 0 && code < Names.Length && Names[code].Length > 0 ? Names[code] : $"ECG{i + 1}";
            nanovolts[i] = Int16(bytes, 206 + (2 * i));
        }

        header = new IshneHeader
        {
            Leads = names,
            Nanovolts = nanovolts,
            Fs = fs,
            Samples = samples,
            DataOffset = bytes.Length,
            Start = StartIn(bytes),
            Patient = Text(bytes.Slice(108, 20)) is { Length: > 0 } id ? id : null,
        };
        error = null;
        return true;
    }

    /// <summary>The checksum of CCITT: polynomial 0x1021, from 0xFFFF on, most significant bit first.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        ushort sum = 0xFFFF;
        foreach (var value in bytes)
        {
            sum ^= (ushort)(value << 8);
            for (var i = 0; i < 8; i++) sum = (ushort)((sum << 1) ^ ((sum & 0x8000) != 0 ? 0x1021 : 0));
        }

        return sum;
    }

    private static DateTime? StartIn(ReadOnlySpan<byte> bytes)
    {
        var (day, month, year) = (Int16(bytes, 138), Int16(bytes, 140), Int16(bytes, 142));
        var (hour, minute, second) = (Int16(bytes, 150), Int16(bytes, 152), Int16(bytes, 154));
        return year is >= 1900 and < 2200 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60
                ? new DateTime(year, month, day, hour, minute, second)
                : null;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return PlainText.Clean(Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]).Trim());
    }

    private static int Int16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt16LittleEndian(bytes[at..]);

    private static int Int32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
}
