using System.Buffers.Binary;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>
/// How one of WFDB's storage formats packs samples into bytes (signal(5) of the WFDB Applications Guide). Samples come in groups
/// that take a whole number of bytes. Pure.
/// </summary>
/// <param name="format">The format's number in the header.</param>
/// <param name="missing">The value that marks a missing sample.</param>
/// <param name="bytesOfFirst">Bytes that the first 1, 2, ... samples of a group take; the last is those of a whole group.</param>
internal abstract class WfdbCodec(int format, int missing, params int[] bytesOfFirst)
{
    /// <summary>The storage formats that are read.</summary>
    public static IReadOnlyList<WfdbCodec> All { get; } =
    [
        new WfdbCodec<Signed8>(8, int.MinValue, 1),
        new WfdbCodec<Signed16LittleEndian>(16, short.MinValue, 2),
        new WfdbCodec<Signed24>(24, -(1 << 23), 3),
        new WfdbCodec<Signed32>(32, int.MinValue, 4),
        new WfdbCodec<Signed16BigEndian>(61, short.MinValue, 2),
        new WfdbCodec<Offset8>(80, -128, 1),
        new WfdbCodec<Offset16>(160, short.MinValue, 2),
        new WfdbCodec<TwoOf12Bits>(212, -2048, 2, 3),
        new WfdbCodec<ThreeOf10BitsInWords>(310, -512, 2, 4, 4),
        new WfdbCodec<ThreeOf10BitsInRow>(311, -512, 2, 3, 4),
    ];

    /// <summary>The format's number in the header.</summary>
    public int Format => format;

    /// <summary>The value that marks a missing sample.</summary>
    public int Missing => missing;

    /// <summary>Samples of a group.</summary>
    public int GroupSamples => bytesOfFirst.Length;

    /// <summary>Bytes of a group; writers may fill the last one up.</summary>
    public int GroupBytes => bytesOfFirst[^1];

    /// <summary>The codec of a storage format; null when it is not supported.</summary>
    public static WfdbCodec? Find(int format) => All.FirstOrDefault(codec => codec.Format == format);

    /// <summary>Whether each sample is the difference to the one before it of the same signal, so that reading begins at the file's start.</summary>
    public bool IsDifferences => format == 8;

    /// <summary>How many whole samples are in so many bytes.</summary>
    public long Capacity(long bytes)
    {
        var (groups, rest) = Math.DivRem(bytes, GroupBytes);
        var more = 0;
        while (bytesOfFirst[more] <= rest) more++;
        return (groups * GroupSamples) + more;
    }

    /// <summary>How many bytes so many samples take.</summary>
    public long BytesOf(long samples)
    {
        var (groups, rest) = Math.DivRem(samples, GroupSamples);
        return (groups * GroupBytes) + (rest == 0 ? 0 : bytesOfFirst[rest - 1]);
    }

    /// <summary>Decodes samples of one signal to physical units.</summary>
    /// <param name="block">Bytes from the start of a group on.</param>
    /// <param name="first">Index in the block of the signal's first sample in the first frame.</param>
    /// <param name="within">How many of the signal's samples in the first frame are passed over.</param>
    /// <param name="perFrame">The signal's samples in a frame.</param>
    /// <param name="frameSamples">All signals' samples in a frame.</param>
    /// <param name="baseline">ADC value of 0 physical units.</param>
    /// <param name="gain">ADC units per physical unit.</param>
    /// <param name="to">Takes (adc - baseline) / gain of each sample; NaN where it is missing.</param>
    public abstract void Decode(ReadOnlySpan<byte> block, int first, int within, int perFrame, int frameSamples, double baseline, double gain, Span<float> to);
}

/// <summary>A codec, by how one sample is read; generic so that the loop over samples compiles to straight code.</summary>
internal sealed class WfdbCodec<TSample>(int format, int missing, params int[] bytesOfFirst) : WfdbCodec(format, missing, bytesOfFirst)
    where TSample : struct, IWfdbSample
{
    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<byte> block, int first, int within, int perFrame, int frameSamples, double baseline, double gain, Span<float> to)
    {
        var (at, k, gap) = (first, within, Missing);
        for (var i = 0; i < to.Length; i++)
        {
            var adc = TSample.Read(block, at + k);
            to[i] = adc == gap ? float.NaN : (float)((adc - baseline) / gain);
            if (++k < perFrame) continue;
            (at, k) = (at + frameSamples, 0);
        }
    }
}

/// <summary>Reads one sample out of a block of bytes.</summary>
internal interface IWfdbSample
{
    /// <summary>The sample of that index, as the ADC gave it.</summary>
    static abstract int Read(ReadOnlySpan<byte> bytes, int index);
}

/// <summary>8-bit two's complement: a difference, of which none is missing.</summary>
internal readonly struct Signed8 : IWfdbSample
{
    public static int Read(ReadOnlySpan<byte> bytes, int index) => (sbyte)bytes[index];
}

/// <summary>16-bit two's complement, little-endian.</summary>
internal readonly struct Signed16LittleEndian : IWfdbSample
{
    public static int Read(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * index)..]);
}

/// <summary>16-bit two's complement, big-endian.</summary>
internal readonly struct Signed16BigEndian : IWfdbSample
{
    public static int Read(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt16BigEndian(bytes[(2 * index)..]);
}

/// <summary>16-bit offset binary, little-endian.</summary>
internal readonly struct Offset16 : IWfdbSample
{
    public static int Read(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * index)..]) - 32768;
}

/// <summary>24-bit two's complement, little-endian.</summary>
internal readonly struct Signed24 : IWfdbSample
{
    public static int Read(ReadOnlySpan<byte> bytes, int index)
    {
        var b = bytes.Slice(3 * index, 3);
        return ((b[0] << 8) | (b[1] << 16) | (b[2] << 24)) >> 8;
    }
}

/// <summary>32-bit two's complement, little-endian.</summary>
internal readonly struct Signed32 : IWfdbSample
{
    public static int Read(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * index)..]);
}

/// <summary>8-bit offset binary.</summary>
internal readonly struct Offset8 : IWfdbSample
{
    public static int Read(ReadOnlySpan<byte> bytes, int index) => bytes[index] - 128;
}

/// <summary>12-bit two's complement, two samples in three bytes; a last odd sample in two.</summary>
internal readonly struct TwoOf12Bits : IWfdbSample
{
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
internal readonly struct ThreeOf10BitsInWords : IWfdbSample
{
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
internal readonly struct ThreeOf10BitsInRow : IWfdbSample
{
    public static int Read(ReadOnlySpan<byte> bytes, int index)
    {
        // Two neighbouring bytes hold any of the three: bits 0-9, 10-19, 20-29.
        var (group, part) = Math.DivRem(index, 3);
        var word = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(4 * group + part)..]);
        return word >> (2 * part) << 22 >> 22;
    }
}
