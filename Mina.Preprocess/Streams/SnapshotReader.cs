using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mina.Preprocess.Streams;

/// <summary>Reads what a <see cref="SnapshotWriter"/> wrote, of this version or an earlier one.</summary>
public sealed class SnapshotReader
{
    private readonly byte[] _bytes;
    private int _at = 8;
    private int _end;

    /// <summary>Checks a snapshot and begins to read it.</summary>
    /// <param name="bytes">The whole snapshot.</param>
    /// <param name="maxVersion">The latest layout that the caller knows.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of a later version; the message says which.</exception>
    public SnapshotReader(byte[] bytes, int maxVersion)
    {
        _bytes = bytes;
        _end = bytes.Length - SnapshotWriter.ChecksumLength;
        if (_end < _at || !bytes.AsSpan().StartsWith("MINS"u8))
            throw new InvalidDataException("This is no snapshot of a stream: it does not begin with MINS.");
        if (!SHA256.HashData(bytes.AsSpan(0, _end)).AsSpan(0, SnapshotWriter.ChecksumLength).SequenceEqual(bytes.AsSpan(_end)))
            throw new InvalidDataException("The snapshot of a stream is damaged: its checksum is another.");
        Version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        if (Version < 1 || Version > maxVersion)
            throw new InvalidDataException($"The snapshot of a stream has version {Version} of the layout; this program reads 1 to {maxVersion}.");
    }

    /// <summary>The version of the layout.</summary>
    public int Version { get; }

    /// <summary>Whether the section, or the snapshot, has more fields, which tells whether those of a later version are there.</summary>
    public bool HasMore => _at < _end;

    /// <summary>Reads a section; what the caller does not read of it is skipped.</summary>
    public T Section<T>(Func<T> fields)
    {
        var length = ReadInt32();
        var outer = _end;
        if (length < 0 || length > outer - _at)
            throw Short();
        _end = _at + length;
        var read = fields();
        (_at, _end) = (_end, outer);
        return read;
    }

    /// <summary>Reads a Boolean.</summary>
    public bool ReadBoolean() => Next(1)[0] != 0;

    /// <summary>Reads an integer of 32 bits.</summary>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Next(sizeof(int)));

    /// <summary>Reads an integer of 64 bits.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Next(sizeof(long)));

    /// <summary>Reads a float, with all its bits.</summary>
    public float ReadSingle() => BinaryPrimitives.ReadSingleLittleEndian(Next(sizeof(float)));

    /// <summary>Reads a double, with all its bits.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Next(sizeof(double)));

    /// <summary>Reads a double or null.</summary>
    public double? ReadDoubleOrNull() => (ReadBoolean(), ReadDouble()) is (true, var value) ? value : null;

    /// <summary>Reads an integer of 64 bits or null.</summary>
    public long? ReadInt64OrNull() => (ReadBoolean(), ReadInt64()) is (true, var value) ? value : null;

    /// <summary>Reads an instant in UTC.</summary>
    public DateTimeOffset ReadTime() => TimeOf(ReadInt64());

    /// <summary>Reads an instant in UTC or null.</summary>
    public DateTimeOffset? ReadTimeOrNull() => ReadInt64OrNull() is { } ticks ? TimeOf(ticks) : null;

    /// <summary>Reads text, as a <see cref="BinaryWriter"/> writes it.</summary>
    public string ReadString()
    {
        var length = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = Next(1)[0];
            length |= (part & 0x7f) << shift;
            if (part < 0x80)
                break;
        }

        return System.Text.Encoding.UTF8.GetString(Next(length));
    }

    /// <summary>Reads samples, with all their bits.</summary>
    public float[] ReadSamples()
    {
        var count = ReadInt32();
        if (count < 0 || count > (_end - _at) / sizeof(float))
            throw Short();
        var samples = new float[count];
        var bytes = Next(sizeof(float) * count);
        for (var i = 0; i < count; i++)
            samples[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(sizeof(float) * i)..]);
        return samples;
    }

    /// <summary>Reads bytes that were written with their number before them. The span is valid as long as the snapshot.</summary>
    public ReadOnlySpan<byte> ReadBytes() => Next(ReadInt32());

    private static DateTimeOffset TimeOf(long ticks) => ticks >= DateTimeOffset.MinValue.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw new InvalidDataException($"The snapshot of a stream holds {ticks}, which is no time.");

    private static InvalidDataException Short() => new("The snapshot of a stream ends before its fields do.");

    private ReadOnlySpan<byte> Next(int length)
    {
        if (length < 0 || length > _end - _at)
            throw Short();
        _at += length;
        return _bytes.AsSpan(_at - length, length);
    }
}
