using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Mina.Streaming.Recordings.Formats.Matlab;

/// <summary>
/// Reads MATLAB files of level 5 (MathWorks: "MAT-File Format", versions 5 to 7): matrices of real numbers, and structures of one element; all
/// else is passed over. What is packed may become no larger than an ECG does.
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

    // A file of zeros packs without limit; a real recording to a half or a tenth.
    private const long UncheckedBytes = 64L << 20;
    private const int MaxRatio = 50;
    private const long MaxBytes = 1L << 30;

    private readonly bool _isBigEndian;
    private readonly long _maxUnpacked;
    private long _unpacked;

    private MatlabFile(bool isBigEndian, long bytes) =>
        (_isBigEndian, _maxUnpacked) = (isBigEndian, Math.Min(MaxBytes, Math.Max(UncheckedBytes, bytes * MaxRatio)));

    /// <summary>Whether a file begins as one of level 5.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> start) =>
        start.Length >= HeaderBytes && start.StartsWith("MATLAB 5.0"u8) && (IsEnd(start, "IM"u8) || IsEnd(start, "MI"u8));

    /// <summary>Whether a file begins as one of version 7.3, which is HDF5.</summary>
    public static bool IsHdf5(ReadOnlySpan<byte> start) => start.StartsWith("MATLAB 7.3"u8) || start.StartsWith("\x89HDF\r\n"u8);

    /// <summary>Reads the variables.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="IOException">The file is damaged, or unpacks to more than an ECG does.</exception>
    public static IReadOnlyList<MatlabValue> Read(ReadOnlyMemory<byte> bytes)
    {
        var file = new MatlabFile(IsEnd(bytes.Span, "MI"u8), bytes.Length);
        var values = new List<MatlabValue>();
        for (var rest = bytes[HeaderBytes..]; rest.Length >= 8 && values.Count < MaxVariables;)
        {
            var (type, data) = file.Next(ref rest, isTop: true);
            if (type == Packed)
            {
                data = file.Unpack(data);
                (type, data) = file.Next(ref data, isTop: true);
            }

            if (type == Matrix && file.MatrixOf(data, null, 0) is { } value) values.Add(value);
        }

        return values;
    }

    private static bool IsEnd(ReadOnlySpan<byte> start, ReadOnlySpan<byte> mark) => start.Slice(126, 2).SequenceEqual(mark);

    /// <summary>Takes the next element: a type, a number of bytes, the bytes, and what fills them up to eight; short ones lie in eight bytes.</summary>
    private (int Type, ReadOnlyMemory<byte> Data) Next(ref ReadOnlyMemory<byte> from, bool isTop = false)
    {
        if (from.Length < 8) throw Damaged();
        var first = Word(from.Span);
        var (type, length, start) = ((int)first, (long)Word(from.Span[4..]), 8);
        if (first >> 16 != 0) (type, length, start) = ((int)(first & 0xFFFF), first >> 16, 4);
        if (length > from.Length - start || (start == 4 && length > 4)) throw Damaged();
        var data = from.Slice(start, (int)length);
        // Packed elements are not filled up, and others need not be at the end.
        var end = start == 4 ? 8 : type == Packed && isTop ? start + length : (start + length + 7) / 8 * 8;
        from = from[(int)Math.Min(end, from.Length)..];
        return (type, data);
    }

    private MatlabValue? MatrixOf(ReadOnlyMemory<byte> data, string? name, int depth)
    {
        if (data.Length == 0) return null;
        var (_, flags) = Next(ref data);
        var (_, sizes) = Next(ref data);
        var (_, text) = Next(ref data);
        if (flags.Length < 8 || sizes.Length < 8) throw Damaged();
        var (kind, isComplex) = ((int)(Word(flags.Span) & 0xFF), (Word(flags.Span) & 0x800) != 0);
        var (rows, columns) = ((int)Word(sizes.Span), (int)Word(sizes.Span[4..]));
        name ??= Encoding.Latin1.GetString(text.Span);
        if (sizes.Length != 8 || rows < 0 || columns < 0 || isComplex) return null;
        if (kind == StructureClass) return depth < MaxDepth && rows == 1 && columns == 1 ? new(name, 1, 1, null, false, FieldsOf(data, depth)) : null;
        if (kind is < 6 or > 15) return null;
        var (type, bytes) = Next(ref data);
        if (MatlabNumbers.SizeOf(type) == 0 || bytes.Length % MatlabNumbers.SizeOf(type) != 0) throw Damaged();
        var numbers = new MatlabNumbers(type, bytes, _isBigEndian);
        return (long)rows * columns == numbers.Count ? new(name, rows, columns, numbers, kind >= 8, []) : throw Damaged();
    }

    private List<MatlabValue> FieldsOf(ReadOnlyMemory<byte> data, int depth)
    {
        var (_, width) = Next(ref data);
        var (_, names) = Next(ref data);
        if (width.Length < 4 || Word(width.Span) is not (> 0 and <= 256 and var bytes) || names.Length / bytes > MaxFields) throw Damaged();
        var fields = new List<MatlabValue>();
        for (var i = 0; i < names.Length / (int)bytes; i++)
        {
            var name = names.Span.Slice(i * (int)bytes, (int)bytes);
            var (type, field) = Next(ref data);
            var end = name.IndexOf((byte)0);
            if (type == Matrix && MatrixOf(field, Encoding.Latin1.GetString(end < 0 ? name : name[..end]), depth + 1) is { } value) fields.Add(value);
        }

        return fields;
    }

    private ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> packed)
    {
        using var unpacked = new MemoryStream();
        using var stream = new ZLibStream(new MemoryStream(packed.ToArray(), writable: false), CompressionMode.Decompress);
        var part = new byte[64 << 10];
        try
        {
            for (int read; (read = stream.Read(part)) > 0;)
            {
                if ((_unpacked += read) > _maxUnpacked)
                    throw new IOException(FormattableString.Invariant($"it unpacks to more than {_maxUnpacked} bytes, as no ECG does"));
                unpacked.Write(part, 0, read);
            }
        }
        catch (InvalidDataException e)
        {
            throw new IOException("its packed variables are damaged: get the file again", e);
        }

        return unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length);
    }

    private uint Word(ReadOnlySpan<byte> bytes) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static IOException Damaged() => new("it is no MATLAB file of level 5 to its end: get the file again");
}
