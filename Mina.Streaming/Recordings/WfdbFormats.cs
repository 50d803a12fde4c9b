using System.Buffers.Binary;

namespace Mina.Streaming.Recordings;

/// <summary>
/// A WFDB storage format (signal(5) of the WFDB Applications Guide): random access to the samples of a block of bytes.
/// Static, so that a loop over a format compiles to straight code.
/// </summary>
internal interface IWfdbFormat
{
    /// <summary>The value that marks a missing sample.</summary>
    static abstract int Missing { get; }

    /// <summary>Bytes of the smallest group of whole samples: writers may fill the last one up.</summary>
    static abstract int GroupBytes { get; }

    /// <summary>How many whole samples so many bytes hold.</summary>
    static abstract long Capacity(long bytes);

    /// <summary>How many bytes so many samples take.</summary>
    static abstract long BytesOf(long samples);

    /// <summary>Sample number <paramref name="index"/>.</summary>
    static abstract int Read(ReadOnlySpan<byte> bytes, int index);
}

/// <summary>16-bit two's complement, little-endian.</summary>
internal readonly struct Format16 : IWfdbFormat
{
    public static int Missing => short.MinValue;

    public static int GroupBytes => 2;

    public static long Capacity(long bytes) => bytes / 2;

    public static long BytesOf(long samples) => samples * 2;

    public static int Read(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * index)..]);
}

/// <summary>16-bit two's complement, big-endian.</summary>
internal readonly struct Format61 : IWfdbFormat
{
    public static int Missing => short.MinValue;

    public static int GroupBytes => 2;

    public static long Capacity(long bytes) => bytes / 2;

    public static long BytesOf(long samples) => samples * 2;

    public static int Read(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt16BigEndian(bytes[(2 * index)..]);
}

/// <summary>16-bit offset binary, little-endian.</summary>
internal readonly struct Format160 : IWfdbFormat
{
    public static int Missing => short.MinValue;

    public static int GroupBytes => 2;

    public static long Capacity(long bytes) => bytes / 2;

    public static long BytesOf(long samples) => samples * 2;

    public static int Read(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * index)..]) - 32768;
}

/// <summary>24-bit two's complement, little-endian.</summary>
internal readonly struct Format24 : IWfdbFormat
{
    public static int Missing => -(1 << 23);

    public static int GroupBytes => 3;

    public static long Capacity(long bytes) => bytes / 3;

    public static long BytesOf(long samples) => samples * 3;

    public static int Read(ReadOnlySpan<byte> bytes, int index)
    {
        var b = bytes.Slice(3 * index, 3);
        return ((b[0] << 8) | (b[1] << 16) | (b[2] << 24)) >> 8;
    }
}

/// <summary>32-bit two's complement, little-endian.</summary>
internal readonly struct Format32 : IWfdbFormat
{
    public static int Missing => int.MinValue;

    public static int GroupBytes => 4;

    public static long Capacity(long bytes) => bytes / 4;

    public static long BytesOf(long samples) => samples * 4;

    public static int Read(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * index)..]);
}

/// <summary>8-bit offset binary.</summary>
internal readonly struct Format80 : IWfdbFormat
{
    public static int Missing => -128;

    public static int GroupBytes => 1;

    public static long Capacity(long bytes) => bytes;

    public static long BytesOf(long samples) => samples;

    public static int Read(ReadOnlySpan<byte> bytes, int index) => bytes[index] - 128;
}

/// <summary>12-bit two's complement, two samples in three bytes; a last odd sample in two.</summary>
internal readonly struct Format212 : IWfdbFormat
{
    public static int Missing => -2048;

    public static int GroupBytes => 3;

    public static long Capacity(long bytes) => bytes / 3 * 2 + (bytes % 3 == 2 ? 1 : 0);

    public static long BytesOf(long samples) => samples / 2 * 3 + samples % 2 * 2;

    public static int Read(ReadOnlySpan<byte> bytes, int index)
    {
        var at = index / 2 * 3;
        var b1 = bytes[at + 1];
        return (index & 1) == 0
            ? (bytes[at] | (b1 << 8)) << 20 >> 20
            : (bytes[at + 2] | (b1 << 4 & 0xF00)) << 20 >> 20;
    }
}

/// <summary>
/// 10-bit two's complement, three samples in two 16-bit words: bits 1-10 of the first, bits 1-10 of the second,
/// and the third in their top five bits, the lower half in the first word.
/// </summary>
internal readonly struct Format310 : IWfdbFormat
{
    public static int Missing => -512;

    public static int GroupBytes => 4;

    public static long Capacity(long bytes) => bytes / 4 * 3 + (bytes % 4 >= 2 ? 1 : 0);

    public static long BytesOf(long samples) => samples / 3 * 4 + samples % 3 * 2;

    public static int Read(ReadOnlySpan<byte> bytes, int index)
    {
        var (group, part) = Math.DivRem(index, 3);
        var at = 4 * group;
        if (part < 2) return Word(bytes, at + 2 * part) >> 1 << 22 >> 22;
        return (Word(bytes, at) >> 11 | Word(bytes, at + 2) >> 11 << 5) << 22 >> 22;
    }

    private static int Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}

/// <summary>10-bit two's complement, three samples in the lower 30 bits of a 32-bit word.</summary>
internal readonly struct Format311 : IWfdbFormat
{
    public static int Missing => -512;

    public static int GroupBytes => 4;

    public static long Capacity(long bytes) => bytes / 4 * 3 + (bytes % 4 is var rest && rest >= 2 ? rest - 1 : 0);

    public static long BytesOf(long samples) => samples / 3 * 4 + (samples % 3 is var rest && rest > 0 ? rest + 1 : 0);

    public static int Read(ReadOnlySpan<byte> bytes, int index)
    {
        // two neighbouring bytes hold any of the three: bits 0-9, 10-19, 20-29
        var (group, part) = Math.DivRem(index, 3);
        var word = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(4 * group + part)..]);
        return word >> (2 * part) << 22 >> 22;
    }
}
