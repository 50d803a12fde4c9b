using System.Buffers.Binary;
using System.Text;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Dicom;

/// <summary>An element of a data set: its tag, and where its value lies.</summary>
/// <param name="Tag">Group and element number.</param>
/// <param name="Offset">The value's first byte in the file.</param>
/// <param name="Length">The value's bytes.</param>
/// <param name="Value">The value, where it is short; empty for waveforms, pictures and sequences.</param>
/// <param name="Items">A sequence's items.</param>
internal sealed record DicomElement(uint Tag, long Offset, long Length, byte[] Value, IReadOnlyList<DicomItem> Items)
{
    /// <summary>The value as text, without what fills it up.</summary>
    public string Text => Encoding.Latin1.GetString(Value).Trim(' ', '\0');

    /// <summary>The value as an unsigned number of 16 or 32 bits; null where it is none.</summary>
    public long? Number => Value.Length switch
    {
        2 => BinaryPrimitives.ReadUInt16LittleEndian(Value),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(Value),
        _ => null,
    };
}

/// <summary>A data set, or an item of a sequence.</summary>
internal sealed class DicomItem
{
    /// <summary>The elements, by tag.</summary>
    public Dictionary<uint, DicomElement> Elements { get; } = [];

    /// <summary>An element; null where there is none.</summary>
    public DicomElement? this[uint tag] => Elements.GetValueOrDefault(tag);

    /// <summary>An element's text; empty where there is none.</summary>
    public string Text(uint tag) => this[tag]?.Text ?? "";

    /// <summary>An element's text as a number; null where there is none.</summary>
    public double? Decimal(uint tag) => Numbers.TryDouble(Text(tag), out var value) ? value : null;

    /// <summary>The items of a sequence; none where there is none.</summary>
    public IReadOnlyList<DicomItem> Items(uint tag) => this[tag]?.Items ?? [];
}

/// <summary>
/// Reads the elements of a DICOM file (PS3.5 and PS3.10), in explicit or implicit little endian, passing over large values: depth, number and
/// size of what is kept are bounded, whatever lengths the file claims.
/// </summary>
internal sealed class DicomParser
{
    /// <summary>The file's preamble and magic.</summary>
    public const int PreambleBytes = 132;

    private const uint Undefined = 0xFFFFFFFF;
    private const uint Item = 0xFFFEE000;
    private const uint EndOfItem = 0xFFFEE00D;
    private const uint EndOfSequence = 0xFFFEE0DD;
    private const uint TransferSyntax = 0x00020010;
    private const int MaxDepth = 8;
    private const int MaxElements = 100_000;
    private const int MaxValueBytes = 1024;

    // What implicit files do not say: which of the tags that are looked into hold sequences.
    private static readonly uint[] Sequences = [0x54000100, 0x003A0200, 0x003A0208, 0x003A0211];

    private readonly ForwardBytes _file;
    private readonly long _bytes;
    private long _at;
    private int _elements;

    private DicomParser(ForwardBytes file, long bytes) => (_file, _bytes, _at) = (file, bytes, PreambleBytes);

    /// <summary>Whether a file begins as a DICOM file.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> start) => start.Length >= PreambleBytes && start.Slice(128, 4).SequenceEqual("DICM"u8);

    /// <summary>Reads a file's data set.</summary>
    /// <param name="file">The file.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="syntax">The transfer syntax, as the file says it.</param>
    /// <returns>The data set; null where the transfer syntax is not read.</returns>
    /// <exception cref="IOException">The file is damaged or cut off.</exception>
    public static DicomItem? Read(ForwardBytes file, long bytes, out string syntax)
    {
        var parser = new DicomParser(file, bytes);
        var meta = new DicomItem();
        // The group of the file itself is always explicit.
        while (parser._at + 8 <= bytes && BinaryPrimitives.ReadUInt16LittleEndian(file.Read(parser._at, 2)) == 2)
        {
            if (parser.Next(isExplicit: true, depth: 0) is { } element) meta.Elements[element.Tag] = element;
        }

        syntax = meta.Text(TransferSyntax);
        var isExplicit = syntax == "1.2.840.10008.1.2.1";
        if (!isExplicit && syntax != "1.2.840.10008.1.2") return null;
        var set = new DicomItem();
        while (parser._at < bytes)
        {
            if (parser.Next(isExplicit, depth: 0) is { } element) set.Elements[element.Tag] = element;
        }

        return set;
    }

    private DicomElement? Next(bool isExplicit, int depth)
    {
        if (++_elements > MaxElements || depth > MaxDepth) throw Damaged("it has more elements or deeper sequences than a recording has");
        var tag = Tag();
        if (tag is EndOfItem or EndOfSequence or Item)
        {
            Length32();
            return new DicomElement(tag, _at, 0, [], []);
        }

        long length;
        var (isSequence, isUnknown) = (false, false);
        if (isExplicit)
        {
            var kind = Take(2);
            var (a, b) = ((char)kind[0], (char)kind[1]);
            isSequence = (a, b) is ('S', 'Q');
            isUnknown = (a, b) is ('U', 'N');
            var isLong = isSequence || (a == 'O' && b is 'B' or 'D' or 'F' or 'L' or 'V' or 'W') || (a == 'U' && b is 'N' or 'C' or 'R' or 'T' or 'V')
                || (a, b) is ('S', 'V');
            if (isLong) Take(2);
            length = isLong ? Length32() : BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
        }
        else
        {
            length = Length32();
            isSequence = Sequences.Contains(tag);
        }

        var start = _at;
        if (length == Undefined)
        {
            if (tag == 0x7FE00010) throw Damaged("its picture is compressed");
            // A sequence of which an explicit file does not know the type is written implicitly.
            return new DicomElement(tag, start, 0, [], ItemsTo(null, isExplicit && !isUnknown, depth));
        }

        if (length > _bytes - start) throw Damaged("an element is longer than the rest of the file");
        if (isSequence) return new DicomElement(tag, start, length, [], ItemsTo(start + length, isExplicit, depth));
        var value = length <= MaxValueBytes ? Take((int)length).ToArray() : [];
        _at = start + length;
        return new DicomElement(tag, start, length, value, []);
    }

    private List<DicomItem> ItemsTo(long? end, bool isExplicit, int depth)
    {
        var items = new List<DicomItem>();
        while (end is null || _at < end)
        {
            var tag = Tag();
            var length = Length32();
            if (tag == EndOfSequence) break;
            if (++_elements > MaxElements) throw Damaged("it has more elements or deeper sequences than a recording has");
            if (tag != Item) throw Damaged("a sequence holds something that is no item");
            var item = new DicomItem();
            var itemEnd = length == Undefined ? (long?)null : _at + length;
            if (itemEnd > (end ?? _bytes)) throw Damaged("an item is longer than its sequence");
            while (itemEnd is null || _at < itemEnd)
            {
                if (Next(isExplicit, depth + 1) is not { } element) continue;
                if (element.Tag == EndOfItem) break;
                item.Elements[element.Tag] = element;
            }

            items.Add(item);
        }

        return items;
    }

    private uint Tag()
    {
        var bytes = Take(4);
        return ((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
    }

    private long Length32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes - _at) throw Damaged("it ends within an element");
        var bytes = _file.Read(_at, count);
        _at += count;
        return bytes;
    }

    private IOException Damaged(string how) => new(FormattableString.Invariant($"it is no DICOM file to its end ({how}, at byte {_at}): get the file again"));
}
