using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mina.Preprocess.Streams;

/// <summary>
/// Writes values down for a later version of this program: "MINS", the version of the layout, the fields, and eight bytes of SHA-256 over
/// all of it; little-endian. What a later version adds goes to the end of a section, so that this version can skip it.
/// </summary>
public sealed class SnapshotWriter
{
    internal const int ChecksumLength = 8;

    private readonly MemoryStream _bytes = new();
    private readonly BinaryWriter _writer;

    /// <summary>Begins a snapshot.</summary>
    /// <param name="version">Of the layout that is written.</param>
    public SnapshotWriter(int version)
    {
        _writer = new BinaryWriter(_bytes);
        _writer.Write("MINS"u8);
        _writer.Write(version);
    }

    /// <summary>Writes fields that belong together, with their length, so that an older version can skip what it does not know of them.</summary>
    public void Section(Action fields)
    {
        var at = _bytes.Position;
        _writer.Write(0);
        fields();
        var end = _bytes.Position;
        _bytes.Position = at;
        _writer.Write((int)(end - at - sizeof(int)));
        _bytes.Position = end;
    }

    /// <summary>A truth value.</summary>
    public void Write(bool value) => _writer.Write(value);

    /// <summary>A number.</summary>
    public void Write(int value) => _writer.Write(value);

    /// <summary>A number.</summary>
    public void Write(long value) => _writer.Write(value);

    /// <summary>A number, with all its bits.</summary>
    public void Write(float value) => _writer.Write(value);

    /// <summary>A number, with all its bits.</summary>
    public void Write(double value) => _writer.Write(value);

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

    /// <summary>Words.</summary>
    public void Write(string value) => _writer.Write(value);

    /// <summary>Samples, with all their bits.</summary>
    public void Write(ReadOnlySpan<float> samples)
    {
        Write(samples.Length);
        var bytes = new byte[sizeof(float) * samples.Length];
        for (var i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float) * i), samples[i]);
        _writer.Write(bytes);
    }

    /// <summary>All that was written, with its checksum.</summary>
    public byte[] ToArray()
    {
        _writer.Flush();
        var bytes = _bytes.ToArray();
        return [.. bytes, .. SHA256.HashData(bytes).AsSpan(0, ChecksumLength)];
    }
}
