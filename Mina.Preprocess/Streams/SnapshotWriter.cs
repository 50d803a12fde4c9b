using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Mina.Preprocess.Streams;

/// <summary>
/// Writes values for a later run or version of this program: "MINS", the version of the layout, the fields, and the first eight bytes of the
/// SHA-256 of all of these, little-endian. A later version adds fields at the end of a section, where this version can skip them.
/// </summary>
public sealed class SnapshotWriter
{
    internal const int ChecksumLength = 8;

    // A monitor of a thousand streams writes thirty of these a second, of some 25 kB each: the buffer is lent.
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(64 << 10);
    private int _length;

    /// <summary>Begins a snapshot.</summary>
    /// <param name="version">The version of the layout that is written.</param>
    public SnapshotWriter(int version)
    {
        "MINS"u8.CopyTo(Next(4));
        Write(version);
    }

    /// <summary>Writes fields that belong together, with their length, so that an older version can skip what it does not know of them.</summary>
    public void Section(Action fields)
    {
        var at = _length;
        Write(0);
        fields();
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), _length - at - sizeof(int));
    }

    /// <summary>Writes a Boolean.</summary>
    public void Write(bool value) => Next(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>Writes an integer of 32 bits.</summary>
    public void Write(int value) => BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), value);

    /// <summary>Writes an integer of 64 bits.</summary>
    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), value);

    /// <summary>Writes a float, with all its bits.</summary>
    public void Write(float value) => BinaryPrimitives.WriteSingleLittleEndian(Next(sizeof(float)), value);

    /// <summary>Writes a double, with all its bits.</summary>
    public void Write(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Next(sizeof(double)), value);

    /// <summary>Writes a double or null.</summary>
    public void Write(double? value)
    {
        Write(value.HasValue);
        Write(value.GetValueOrDefault());
    }

    /// <summary>Writes an integer of 64 bits or null.</summary>
    public void Write(long? value)
    {
        Write(value.HasValue);
        Write(value.GetValueOrDefault());
    }

    /// <summary>Writes an instant in UTC.</summary>
    public void Write(DateTimeOffset value) => Write(value.UtcTicks);

    /// <summary>Writes an instant in UTC or null.</summary>
    public void Write(DateTimeOffset? value) => Write(value?.UtcTicks);

    /// <summary>Writes text as UTF-8, with the number of bytes before it, seven bits a byte.</summary>
    public void Write(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        var left = (uint)count;
        for (; left >= 0x80; left >>= 7)
            Next(1)[0] = (byte)(left | 0x80);
        Next(1)[0] = (byte)left;
        Encoding.UTF8.GetBytes(value, Next(count));
    }

    /// <summary>Writes samples, with all their bits.</summary>
    public void Write(ReadOnlySpan<float> samples)
    {
        Write(samples.Length);
        var bytes = Next(sizeof(float) * samples.Length);
        for (var i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes[(sizeof(float) * i)..], samples[i]);
    }

    /// <summary>Writes bytes, with their number before them.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Write(bytes.Length);
        bytes.CopyTo(Next(bytes.Length));
    }

    /// <summary>Returns all that was written, with its checksum. Nothing can be written afterwards.</summary>
    public byte[] ToArray()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_bytes.AsSpan(0, _length), hash);
        byte[] all = [.. _bytes.AsSpan(0, _length), .. hash[..ChecksumLength]];
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        return all;
    }

    private Span<byte> Next(int count)
    {
        if (_bytes.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _length, _length + count));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        var next = _bytes.AsSpan(_length, count);
        _length += count;
        return next;
    }
}
