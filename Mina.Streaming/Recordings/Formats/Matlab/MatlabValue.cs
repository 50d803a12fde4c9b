namespace Mina.Streaming.Recordings.Formats.Matlab;

/// <summary>A variable, or a field of a structure, of a MATLAB file: numbers, or a structure of one element.</summary>
/// <param name="Name">The variable's or field's name.</param>
/// <param name="Rows">Rows of the matrix.</param>
/// <param name="Columns">Columns of the matrix.</param>
/// <param name="Numbers">The real parts, column by column; null where it holds no numbers.</param>
/// <param name="IsInteger">Whether it is of one of MATLAB's classes of whole numbers.</param>
/// <param name="Fields">A structure's fields; empty for others.</param>
internal sealed record MatlabValue(string Name, int Rows, int Columns, MatlabNumbers? Numbers, bool IsInteger, IReadOnlyList<MatlabValue> Fields);

/// <summary>Numbers as a MATLAB file stores them, which may be a smaller type than that of the matrix.</summary>
/// <param name="Type">The type of the stored numbers (miINT8 = 1, ...).</param>
/// <param name="Bytes">The numbers, one after the other.</param>
/// <param name="IsBigEndian">The order of their bytes.</param>
internal sealed record MatlabNumbers(int Type, ReadOnlyMemory<byte> Bytes, bool IsBigEndian)
{
    /// <summary>How many there are.</summary>
    public int Count => Bytes.Length / SizeOf(Type);

    /// <summary>Bytes of a number of that type; 0 where it holds none.</summary>
    public static int SizeOf(int type) => type switch { 1 or 2 => 1, 3 or 4 => 2, 5 or 6 or 7 => 4, 9 or 12 or 13 => 8, _ => 0 };

    /// <summary>One of the numbers.</summary>
    public double At(int index)
    {
        var bytes = Bytes.Span.Slice(index * SizeOf(Type), SizeOf(Type));
        Span<byte> ordered = stackalloc byte[8];
        bytes.CopyTo(ordered);
        ordered = ordered[..bytes.Length];
        if (IsBigEndian == BitConverter.IsLittleEndian) ordered.Reverse();
        return Type switch
        {
            1 => (sbyte)ordered[0],
            2 => ordered[0],
            3 => BitConverter.ToInt16(ordered),
            4 => BitConverter.ToUInt16(ordered),
            5 => BitConverter.ToInt32(ordered),
            6 => BitConverter.ToUInt32(ordered),
            7 => BitConverter.ToSingle(ordered),
            9 => BitConverter.ToDouble(ordered),
            12 => BitConverter.ToInt64(ordered),
            _ => BitConverter.ToUInt64(ordered),
        };
    }
}
