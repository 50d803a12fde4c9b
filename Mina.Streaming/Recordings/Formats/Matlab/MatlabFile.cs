using System.Buffers.Binary;
using System.Text;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Matlab;

/// <summary>
/// Finds the variables of MATLAB files of level 5 (MathWorks: "MAT-File Format", versions 5 to 7): matrices of real numbers, and structures of one
/// element; all else is passed over. Numbers stay in the file, and only where they lie is kept. What is packed may become no larger than an ECG does.
/// </summary>
internal sealed class MatlabFile
{
    /// <summary>The text, the version and the order of bytes with which a file begins.</summary>
    public const int HeaderBytes = 128;

    private const int Matrix = 14;
    private const int Packed = 15;
    private const int StructureClass = 2;
    private const int MaxDepth = 3;
    private const int MaxVariables = 1000;
    private const int MaxFields = 200;
    private const int MaxName = 256;

    private readonly ForwardBytes _bytes;
    private readonly bool _isBigEndian;
    private readonly (long At, long Length)? _packed;

    private MatlabFile(ForwardBytes bytes, bool isBigEndian, (long At, long Length)? packed) => (_bytes, _isBigEndian, _packed) = (bytes, isBigEndian, packed);

    /// <summary>Whether a file begins as one of level 5.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> start) =>
        start.Length >= HeaderBytes && start.StartsWith("MATLAB 5.0"u8) && (IsEnd(start, "IM"u8) || IsEnd(start, "MI"u8));

    /// <summary>Whether a file begins as one of version 7.3, which is HDF5.</summary>
    public static bool IsHdf5(ReadOnlySpan<byte> start) => start.StartsWith("MATLAB 7.3"u8) || start.StartsWith("\x89HDF\r\n"u8);

    /// <summary>Finds the variables.</summary>
    /// <param name="bytes">The file, which begins as one of level 5.</param>
    /// <param name="length">Bytes that it has.</param>
    /// <exception cref="IOException">The file is damaged, or unpacks to more than an ECG does.</exception>
    public static IReadOnlyList<MatlabValue> Find(ForwardBytes bytes, long length)
    {
        var file = new MatlabFile(bytes, IsEnd(bytes.Read(0, HeaderBytes), "MI"u8), null);
        var (values, unpacked) = (new List<MatlabValue>(), 0L);
        for (long at = HeaderBytes; length - at >= 8 && values.Count < MaxVariables;)
        {
            var element = file.Next(ref at, length, isTop: true);
            var value = element.Type == Packed ? file.Unpacked(element, length, ref unpacked) : file.VariableOf(element);
            if (value is not null) values.Add(value);
        }

        return values;
    }

    /// <summary>Opens numbers that were found, to be read from the first to the last.</summary>
    /// <param name="file">The file, from its start; it must stay open.</param>
    /// <param name="length">Bytes that it has.</param>
    /// <param name="place">Where the numbers lie.</param>
    /// <returns>What holds <see cref="MatlabPlace.At"/>.</returns>
    public static ForwardBytes Open(ForwardBytes file, long length, MatlabPlace place) =>
        place.Packed is var (at, bytes) ? new ForwardBytes(new MatlabUnpacking(file, at, bytes, 0, MatlabUnpacking.MostOf(length))) : file;

    private static bool IsEnd(ReadOnlySpan<byte> start, ReadOnlySpan<byte> mark) => start.Slice(126, 2).SequenceEqual(mark);

    private MatlabValue? Unpacked(Element packed, long length, ref long unpacked)
    {
        using var stream = new MatlabUnpacking(_bytes, packed.At, packed.Length, unpacked, MatlabUnpacking.MostOf(length));
        using var bytes = new ForwardBytes(stream);
        var inner = new MatlabFile(bytes, _isBigEndian, (packed.At, packed.Length));
        try
        {
            long at = 0;
            var element = inner.Next(ref at, long.MaxValue, isTop: true);
            var value = inner.VariableOf(element);
            // All of it must be there.
            bytes.Read(element.At + element.Length, 0);
            return value;
        }
        catch (EndOfStreamException)
        {
            throw Damaged();
        }
        finally
        {
            unpacked += stream.Position;
        }
    }

    /// <summary>Takes the next element: a type, a number of bytes, the bytes, and what fills them up to eight; short ones lie in eight bytes.</summary>
    private Element Next(ref long at, long end, bool isTop = false)
    {
        if (end - at < 8) throw Damaged();
        var head = _bytes.Read(at, 8);
        var first = Word(head);
        var (type, length, start) = ((int)first, (long)Word(head[4..]), 8);
        if (first >> 16 != 0) (type, length, start) = ((int)(first & 0xFFFF), first >> 16, 4);
        if (length > end - at - start || (start == 4 && length > 4)) throw Damaged();
        var data = at + start;
        // Packed elements are not filled up, and others need not be at the end.
        at = Math.Min(end, at + (start == 4 ? 8 : type == Packed && isTop ? start + length : (start + length + 7) / 8 * 8));
        return new Element(type, data, length);
    }

    private MatlabValue? VariableOf(Element element) => element.Type == Matrix ? MatrixOf(element, null, 0) : null;

    private MatlabValue? MatrixOf(Element matrix, string? name, int depth)
    {
        if (matrix.Length == 0) return null;
        var (at, end) = (matrix.At, matrix.At + matrix.Length);
        var flags = Words(Next(ref at, end));
        var sizes = Words(Next(ref at, end));
        var text = Next(ref at, end);
        name ??= Encoding.Latin1.GetString(_bytes.Read(text.At, (int)Math.Min(text.Length, MaxName)));
        if (flags.Length < 2 || sizes.Length < 2) throw Damaged();
        var (kind, isComplex) = ((int)(flags[0] & 0xFF), (flags[0] & 0x800) != 0);
        var (rows, columns) = ((int)sizes[0], (int)sizes[1]);
        if (sizes.Length > 2 || rows < 0 || columns < 0 || isComplex) return null;
        if (kind == StructureClass) return depth < MaxDepth && rows == 1 && columns == 1 ? new(name, 1, 1, null, false, FieldsOf(at, end, depth)) : null;
        if (kind is < 6 or > 15) return null;
        var numbers = Next(ref at, end);
        if (MatlabNumbers.SizeOf(numbers.Type) is var size && (size == 0 || numbers.Length % size != 0)) throw Damaged();
        if ((long)rows * columns != numbers.Length / size) throw Damaged();
        var first = numbers.Length == 0 ? double.NaN : MatlabNumbers.Decode(_bytes.Read(numbers.At, size), numbers.Type, _isBigEndian);
        return new(name, rows, columns, new(numbers.Type, _isBigEndian, numbers.Length / size, first, new(numbers.At, _packed)), kind >= 8, []);
    }

    private List<MatlabValue> FieldsOf(long at, long end, int depth)
    {
        var width = Words(Next(ref at, end));
        var names = Next(ref at, end);
        if (width.Length < 1 || width[0] is not (> 0 and <= MaxName and var bytes) || names.Length / bytes > MaxFields) throw Damaged();
        var list = _bytes.Read(names.At, (int)names.Length).ToArray();
        var fields = new List<MatlabValue>();
        for (var i = 0; i < names.Length / bytes; i++)
        {
            var name = list.AsSpan(i * (int)bytes, (int)bytes);
            var field = Next(ref at, end);
            var zero = name.IndexOf((byte)0);
            if (field.Type == Matrix && MatrixOf(field, Encoding.Latin1.GetString(zero < 0 ? name : name[..zero]), depth + 1) is { } value) fields.Add(value);
        }

        return fields;
    }

    // The first words of an element; three of them tell that there are more than two.
    private uint[] Words(Element element)
    {
        var words = new uint[Math.Min(element.Length / 4, 3)];
        var bytes = _bytes.Read(element.At, 4 * words.Length);
        for (var i = 0; i < words.Length; i++) words[i] = Word(bytes[(4 * i)..]);
        return words;
    }

    private uint Word(ReadOnlySpan<byte> bytes) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static IOException Damaged() => new("it is no MATLAB file of level 5 to its end: get the file again");

    private readonly record struct Element(int Type, long At, long Length);
}
