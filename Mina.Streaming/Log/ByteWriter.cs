using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Mina.Streaming.Log;

/// <summary>Bytes that grow: fixed numbers are little-endian, others have seven bits a byte.</summary>
internal sealed class ByteWriter(int capacity = 1024)
{
    private byte[] _bytes = new byte[capacity];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>All that was written; valid until more is.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void WriteByte(byte value) => Next(1)[0] = value;

    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Next(bytes.Length));

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Next(sizeof(uint)), value);

    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Next(sizeof(double)), value);

    public void WriteUnsigned(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            WriteByte((byte)(value | 0x80));
        WriteByte((byte)value);
    }

    /// <summary>Small numbers of either sign take one byte.</summary>
    public void WriteSigned(long value) => WriteUnsigned((ulong)((value << 1) ^ (value >> 63)));

    public void WriteText(string text)
    {
        WriteUnsigned((ulong)Encoding.UTF8.GetByteCount(text));
        _ = Encoding.UTF8.GetBytes(text, Next(Encoding.UTF8.GetByteCount(text)));
    }

    /// <summary>Puts a number over what was written at a place.</summary>
    public void Overwrite(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at), value);

    /// <summary>The next so many bytes, to be filled at once.</summary>
    public Span<byte> Next(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + count))));
        var next = _bytes.AsSpan(Length, count);
        Length += count;
        return next;
    }
}

/// <summary>Reads what a <see cref="ByteWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">Any method: there are not so many bytes.</exception>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>How many bytes were not read yet.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>The bytes that were not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte ReadByte() => ReadBytes(1)[0];

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(sizeof(uint)));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(ReadBytes(sizeof(double)));

    public ulong ReadUnsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("a number is too long");
    }

    public long ReadSigned()
    {
        var value = ReadUnsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A count of things that take at least a byte each.</summary>
    public int ReadCount() => ReadUnsigned() is var count && count <= (ulong)_rest.Length ? (int)count : throw new InvalidDataException("a count is too large");

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes(ReadCount()));

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > _rest.Length || count < 0)
            throw new InvalidDataException("the end is missing");
        var read = _rest[..count];
        _rest = _rest[count..];
        return read;
    }
}
