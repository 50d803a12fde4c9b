using System.Buffers.Binary;

namespace Mina.Streaming.Recordings.Formats.Matlab;

/// <summary>A variable, or a field of a structure, of a MATLAB file: numbers, or a structure of one element.</summary>
/// <param name="Name">The variable's or field's name.</param>
/// <param name="Rows">Rows of the matrix.</param>
/// <param name="Columns">Columns of the matrix.</param>
/// <param name="Numbers">The real parts, column by column; null where it holds no numbers.</param>
/// <param name="IsInteger">Whether it is of one of MATLAB's classes of whole numbers.</param>
/// <param name="Fields">A structure's fields; empty for others.</param>
internal sealed record MatlabValue(string Name, int Rows, int Columns, MatlabNumbers? Numbers, bool IsInteger, IReadOnlyList<MatlabValue> Fields);

/// <summary>Where numbers lie.</summary>
/// <param name="At">The first byte of them: in the file or, where they are packed, in what their element unpacks to.</param>
/// <param name="Packed">The first byte and the length of that element; null where they are not packed.</param>
internal readonly record struct MatlabPlace(long At, (long At, long Length)? Packed);

/// <summary>Numbers as a MATLAB file stores them, which may be a smaller type than that of the matrix.</summary>
/// <param name="Type">The type of the stored numbers (miINT8 = 1, ...).</param>
/// <param name="IsBigEndian">The order of their bytes.</param>
/// <param name="Count">How many there are.</param>
/// <param name="First">The first of them; NaN where there are none.</param>
/// <param name="Place">Where they lie, one after the other.</param>
internal sealed record MatlabNumbers(int Type, bool IsBigEndian, long Count, double First, MatlabPlace Place)
{
    /// <summary>Bytes of a number.</summary>
    public int Size => SizeOf(Type);

    /// <summary>Bytes of a number of that type; 0 where it holds none.</summary>
    public static int SizeOf(int type) => type switch { 1 or 2 => 1, 3 or 4 => 2, 5 or 6 or 7 => 4, 9 or 12 or 13 => 8, _ => 0 };

    /// <summary>The number that some bytes begin with.</summary>
    /// <param name="bytes">At least as many as the type has.</param>
    /// <param name="type">A type that holds numbers.</param>
    /// <param name="isBigEndian">The order of the bytes.</param>
    public static double Decode(ReadOnlySpan<byte> bytes, int type, bool isBigEndian) => (type, isBigEndian) switch
    {
        (1, _) => (sbyte)bytes[0],
        (2, _) => bytes[0],
        (3, false) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        (3, true) => BinaryPrimitives.ReadInt16BigEndian(bytes),
        (4, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (4, true) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (5, false) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        (5, true) => BinaryPrimitives.ReadInt32BigEndian(bytes),
        (6, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (6, true) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (7, false) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        (7, true) => BinaryPrimitives.ReadSingleBigEndian(bytes),
        (9, false) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        (9, true) => BinaryPrimitives.ReadDoubleBigEndian(bytes),
        (12, false) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        (12, true) => BinaryPrimitives.ReadInt64BigEndian(bytes),
        (_, false) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
    };
}
