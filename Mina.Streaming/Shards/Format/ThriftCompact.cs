namespace Mina.Streaming.Shards;

/// <summary>A struct of Thrift's compact protocol, field by field, so that it can be written as it was read.</summary>
/// <param name="Fields">The fields in the order of their ids.</param>
internal sealed record ThriftStruct(List<ThriftField> Fields)
{
    /// <summary>The value of a field; null where the struct has no such field.</summary>
    public object? this[int id] => Fields.Find(field => field.Id == id)?.Value;

    /// <summary>Replaces the whole number in a field, if the struct has that field.</summary>
    public void Change(int id, Func<long, long> change)
    {
        if (Fields.Find(field => field.Id == id) is { Value: long value } field)
            field.Value = change(value);
    }
}

/// <summary>A field of a struct.</summary>
internal sealed class ThriftField(int id, byte type, object value)
{
    public int Id => id;

    public byte Type => type;

    /// <summary>long, byte[] (text, bytes and the 8 bytes of a double), bool, <see cref="ThriftList"/> or <see cref="ThriftStruct"/>.</summary>
    public object Value { get; set; } = value;
}

/// <summary>A list of values of one type.</summary>
internal sealed record ThriftList(byte Type, List<object> Values);

/// <summary>Thrift's compact protocol, which Parquet's footers are in (thrift-compact-protocol.md of Apache Thrift).</summary>
internal static class ThriftCompact
{
    private const byte True = 1, False = 2, Byte = 3, Short = 4, Int = 5, Long = 6, Double = 7, Binary = 8, List = 9, Set = 10, Struct = 12;

    /// <summary>Reads one struct.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a struct.</exception>
    public static ThriftStruct Read(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        return (ThriftStruct)Read(bytes, ref at, Struct);
    }

    /// <summary>Writes one struct.</summary>
    public static byte[] Write(ThriftStruct value)
    {
        var bytes = new List<byte>();
        Write(bytes, Struct, value);
        return [.. bytes];
    }

    private static object Read(ReadOnlySpan<byte> bytes, ref int at, byte type)
    {
        switch (type)
        {
            case True or False:
                return bytes[at++] == True;
            case Byte:
                return (long)(sbyte)bytes[at++];
            case Short or Int or Long:
                var coded = Varint(bytes, ref at);
                return (long)(coded >> 1) ^ -(long)(coded & 1);
            case Double:
                at += 8;
                return bytes[(at - 8)..at].ToArray();
            case Binary:
                var length = (int)Varint(bytes, ref at);
                at += length;
                return bytes[(at - length)..at].ToArray();
            case List or Set:
                var header = bytes[at++];
                var count = header >> 4 == 15 ? (int)Varint(bytes, ref at) : header >> 4;
                var list = new ThriftList((byte)(header & 15), new List<object>(count));
                for (var i = 0; i < count; i++)
                    list.Values.Add(Read(bytes, ref at, list.Type));
                return list;
            case Struct:
                var result = new ThriftStruct([]);
                var id = 0;
                while (bytes[at++] is var field and not 0)
                {
                    if (field >> 4 != 0)
                        id += field >> 4;
                    else
                        id = (int)(long)Read(bytes, ref at, Short);
                    var fieldType = (byte)(field & 15);
                    result.Fields.Add(new ThriftField(id, fieldType, fieldType is True or False ? fieldType == True : Read(bytes, ref at, fieldType)));
                }

                return result;
            default:
                throw new InvalidDataException($"Type {type} of Thrift's compact protocol is not known here.");
        }
    }

    private static void Write(List<byte> bytes, byte type, object value)
    {
        switch (value)
        {
            case bool truth:
                bytes.Add(truth ? True : False);
                break;
            case long number when type == Byte:
                bytes.Add((byte)number);
                break;
            case long number:
                WriteVarint(bytes, (ulong)((number << 1) ^ (number >> 63)));
                break;
            case byte[] raw:
                if (type == Binary)
                    WriteVarint(bytes, (ulong)raw.Length);
                bytes.AddRange(raw);
                break;
            case ThriftList list:
                bytes.Add((byte)((Math.Min(list.Values.Count, 15) << 4) | list.Type));
                if (list.Values.Count >= 15)
                    WriteVarint(bytes, (ulong)list.Values.Count);
                foreach (var item in list.Values)
                    Write(bytes, list.Type, item);
                break;
            case ThriftStruct fields:
                var id = 0;
                foreach (var field in fields.Fields)
                {
                    var delta = field.Id - id;
                    bytes.Add((byte)((delta is > 0 and < 16 ? delta << 4 : 0) | field.Type));
                    if (delta is not (> 0 and < 16))
                        Write(bytes, Short, (long)field.Id);
                    if (field.Value is not bool)
                        Write(bytes, field.Type, field.Value);
                    id = field.Id;
                }

                bytes.Add(0);
                break;
            default:
                throw new InvalidDataException($"{value.GetType()} is no value of Thrift's.");
        }
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }

    private static void WriteVarint(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
