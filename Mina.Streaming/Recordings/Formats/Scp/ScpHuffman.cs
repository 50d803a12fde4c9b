using System.Buffers.Binary;

namespace Mina.Streaming.Recordings.Formats.Scp;

/// <summary>
/// The Huffman tables of section 2 (EN 1064, 5.5.3). A code's prefix is sent with its lowest bit first; bits that follow the prefix are a number in
/// two's complement, highest bit first, which is added to the base value.
/// </summary>
internal sealed class ScpHuffman
{
    private const int DefaultTable = 19999;
    private const int CodeBytes = 9;
    private const int MaxBits = 32;

    private readonly List<Dictionary<(int Bits, uint Prefix), Code>> _tables = [];

    private ScpHuffman()
    {
    }

    /// <summary>Reads the tables.</summary>
    /// <param name="section">What the section holds.</param>
    /// <exception cref="IOException">The section is damaged.</exception>
    public static ScpHuffman Read(ReadOnlySpan<byte> section)
    {
        var huffman = new ScpHuffman();
        if (section.Length < 2) throw Damaged();
        var tables = BinaryPrimitives.ReadUInt16LittleEndian(section);
        section = section[2..];
        if (tables == DefaultTable)
        {
            huffman._tables.Add(Standard());
            return huffman;
        }

        for (var i = 0; i < tables; i++)
        {
            if (section.Length < 2) throw Damaged();
            var codes = BinaryPrimitives.ReadUInt16LittleEndian(section);
            section = section[2..];
            if (section.Length < codes * CodeBytes) throw Damaged();
            var table = new Dictionary<(int, uint), Code>();
            for (var k = 0; k < codes; k++, section = section[CodeBytes..])
            {
                var (prefixBits, bits) = (section[0], section[1]);
                if (prefixBits is 0 or > MaxBits || bits < prefixBits || bits - prefixBits > MaxBits) throw Damaged();
                var code = new Code(bits - prefixBits, section[2] == 0, BinaryPrimitives.ReadInt16LittleEndian(section[3..]));
                table[(prefixBits, BinaryPrimitives.ReadUInt32LittleEndian(section[5..]))] = code;
            }

            huffman._tables.Add(table);
        }

        return huffman._tables.Count > 0 ? huffman : throw Damaged();
    }

    /// <summary>Decodes numbers.</summary>
    /// <param name="bytes">The codes.</param>
    /// <param name="count">How many numbers there are.</param>
    /// <exception cref="IOException">There are fewer, or a code is in no table.</exception>
    public int[] Decode(ReadOnlySpan<byte> bytes, int count)
    {
        // Each number takes at least a bit.
        if (count > bytes.Length * 8L) throw Damaged();
        var (numbers, table, bit) = (new int[count], _tables[0], 0L);
        for (var i = 0; i < count;)
        {
            var code = Next(table, bytes, ref bit);
            if (code.IsSwitch)
            {
                if (code.Value < 1 || code.Value > _tables.Count) throw Damaged();
                table = _tables[code.Value - 1];
                continue;
            }

            numbers[i++] = code.Value + NumberAt(bytes, ref bit, code.MoreBits);
        }

        return numbers;
    }

    private static Code Next(Dictionary<(int, uint), Code> table, ReadOnlySpan<byte> bytes, ref long bit)
    {
        var prefix = 0u;
        for (var bits = 0; bits < MaxBits;)
        {
            prefix |= BitAt(bytes, bit++) << bits;
            if (table.TryGetValue((++bits, prefix), out var code)) return code;
        }

        throw Damaged();
    }

    private static int NumberAt(ReadOnlySpan<byte> bytes, ref long bit, int bits)
    {
        var value = 0u;
        for (var i = 0; i < bits; i++) value = (value << 1) | BitAt(bytes, bit++);
        return bits is 0 or MaxBits ? (int)value : (int)(value << (MaxBits - bits)) >> (MaxBits - bits);
    }

    private static uint BitAt(ReadOnlySpan<byte> bytes, long bit) =>
        bit / 8 < bytes.Length ? (uint)(bytes[(int)(bit / 8)] >> (int)(7 - (bit % 8))) & 1 : throw Damaged();

    /// <summary>0 is "0"; n, up to 8, is n ones, "0" and the sign; nine ones and "0" come before 8 bits of a number, ten ones before 16.</summary>
    private static Dictionary<(int, uint), Code> Standard()
    {
        var table = new Dictionary<(int, uint), Code> { [(1, 0)] = new(0, false, 0), [(10, 511)] = new(8, false, 0), [(10, 1023)] = new(16, false, 0) };
        for (var n = 1; n <= 8; n++)
        {
            var ones = (1u << n) - 1;
            table[(n + 2, ones)] = new(0, false, (short)n);
            table[(n + 2, ones | (1u << (n + 1)))] = new(0, false, (short)-n);
        }

        return table;
    }

    private static IOException Damaged() => new("its Huffman codes are damaged: get the file again");

    /// <summary>What a prefix stands for.</summary>
    private readonly record struct Code(int MoreBits, bool IsSwitch, short Value);
}
