using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Mina.Preprocess.Streams;

/// <summary>
/// Writes values down for a later version of this program: "MINS", the version of the layout, the fields, and eight bytes of SHA-256 over
/// all of it; little-endian. What a later version adds goes to the end of a section, so that this version can skip it.
/// </summary>
public sealed class SnapshotWriter
{
    internal const int ChecksumLength = 8;

    // A monitor of a thousand streams writes thirty of these a second, of some 25 kB each: the buffer is lent.
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(64 << 10);
    private int _length;

    /// <summary>Begins a snapshot.</summary>
    /// <param name="version">Of the layout that is written.</param>
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

    /// <summary>A truth value.</summary>
    public void Write(bool value) => Next(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>A number.</summary>
    public void Write(int value) => BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), value);

    /// <summary>A number.</summary>
    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), value);

    /// <summary>A number, with all its bits.</summary>
    public void Write(float value) => BinaryPrimitives.WriteSingleLittleEndian(Next(sizeof(float)), value);

    /// <summary>A number, with all its bits.</summary>
    public void Write(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Next(sizeof(double)), value);

    /// <summary>A number that there may be.</summary>
    public void Write(double? value)
    {
        Write(value.HasValue);
        Write(value.GetValueOrDefault());
    }

    /// <summary>A number that there may be.</summary>
    public void Write(long? value)
    {
        Write(value.HasValue);
        Write(value.GetValueOrDefault());
    }

    /// <summary>An instant in UTC.</summary>
    public void Write(DateTimeOffset value) => Write(value.UtcTicks);

    /// <summary>An instant that there may be.</summary>
    public void Write(DateTimeOffset? value) => Write(value?.UtcTicks);

    /// <summary>Words: UTF-8, with the number of bytes before it, seven bits a byte.</summary>
    public void Write(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        var left = (uint)count;
        for (; left >= 0x80; left >>= 7)
            Next(1)[0] = (byte)(left | 0x80);
        Next(1)[0] = (byte)left;
        Encoding.UTF8.GetBytes(value, Next(count));
    }

    /// <summary>Samples, with all their bits.</summary>
    public void Write(ReadOnlySpan<float> samples)
    {
        Write(samples.Length);
        var bytes = Next(sizeof(float) * samples.Length);
        for (var i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes[(sizeof(float) * i)..], samples[i]);
    }

    /// <summary>Bytes, with their number before them.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Write(bytes.Length);
        bytes.CopyTo(Next(bytes.Length));
    }

    /// <summary>All that was written, with its checksum. Nothing is written after it.</summary>
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
