using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Live;

/// <summary>The unit that samples are sent in.</summary>
public enum ChunkUnit : byte
{
    /// <summary>Millivolts.</summary>
    Millivolt,

    /// <summary>Microvolts.</summary>
    Microvolt,

    /// <summary>Volts.</summary>
    Volt,
}

/// <summary>
/// The binary message, version 1; little-endian: 0 "MINA", 4 version (1), 5 sample type (0 int16, 1 float32), 6 unit (0 mV, 1 uV,
/// 2 V), 7 flags (bit 0: last chunk), 8 int64 sequence number, 16 int64 first sample's time in microseconds since 1970 (UTC),
/// 24 float64 fs in Hz, 32 float64 gain, 40 samples. A sample times the unit over the gain is its voltage. Missing: int16 -32768,
/// float NaN.
/// </summary>
public static class ChunkBinary
{
    /// <summary>Bytes before the samples.</summary>
    public const int HeaderLength = 40;

    private const byte Version = 1;
    private const byte Int16 = 0;
    private const byte Float32 = 1;

    /// <summary>Millivolts that one of a unit is.</summary>
    internal static double MillivoltsPer(ChunkUnit unit) => unit switch
    {
        ChunkUnit.Microvolt => 0.001,
        ChunkUnit.Volt => 1000,
        _ => 1,
    };

    /// <summary>Writes a message of floats in mV, so that the samples arrive bit for bit.</summary>
    public static byte[] Write(SampleChunk chunk)
    {
        var message = new byte[HeaderLength + (4 * chunk.Millivolts.Length)];
        WriteHeader(message, chunk, Float32, 1);
        for (var i = 0; i < chunk.Millivolts.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(message.AsSpan(HeaderLength + (4 * i)), chunk.Millivolts[i]);
        return message;
    }

    /// <summary>Writes a message of 16-bit integers, as an analogue-to-digital converter gives them.</summary>
    /// <param name="chunk">The chunk; its samples are rounded to multiples of 1 / gain mV.</param>
    /// <param name="gain">Converter steps for each millivolt.</param>
    public static byte[] WriteInt16(SampleChunk chunk, double gain)
    {
        var message = new byte[HeaderLength + (2 * chunk.Millivolts.Length)];
        WriteHeader(message, chunk, Int16, gain);
        for (var i = 0; i < chunk.Millivolts.Length; i++)
        {
            var v = chunk.Millivolts[i] * gain;
            var step = double.IsFinite(v) ? (short)Math.Clamp(Math.Round(v), short.MinValue + 1, short.MaxValue) : short.MinValue;
            BinaryPrimitives.WriteInt16LittleEndian(message.AsSpan(HeaderLength + (2 * i)), step);
        }

        return message;
    }

    /// <summary>Reads a message.</summary>
    /// <param name="message">The whole payload.</param>
    /// <param name="chunk">The chunk, in mV; null where the message is wrong.</param>
    /// <param name="error">What is wrong with the message, in one sentence; null where it is right.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out SampleChunk? chunk, [NotNullWhen(false)] out string? error)
    {
        chunk = null;
        if (message.Length < HeaderLength || !message.StartsWith("MINA"u8))
        {
            error = "this is neither a chunk (it would begin with MINA and a header of 40 bytes) nor JSON";
            return false;
        }

        var (version, type, unit, flags) = (message[4], message[5], message[6], message[7]);
        var micros = BinaryPrimitives.ReadInt64LittleEndian(message[16..]);
        var gain = BinaryPrimitives.ReadDoubleLittleEndian(message[32..]);
        var samples = message[HeaderLength..];
        error = version != Version ? $"version {version} of the message is not known; this program reads version {Version}"
            : type > Float32 ? $"sample type {type} is not known (0 int16, 1 float32)"
            : unit > (byte)ChunkUnit.Volt ? $"unit {unit} is not known (0 mV, 1 uV, 2 V)"
            : samples.Length % (type == Int16 ? 2 : 4) != 0 ? $"{samples.Length} bytes of samples are no whole number of them"
            : !(gain > 0) || !double.IsFinite(gain) ? "the gain is not a positive number"
            : micros is > 8_000_000_000_000_000 or < -8_000_000_000_000_000 ? "the first sample's time is not between the years 2000 and 2200"
            : null;
        if (error is not null)
            return false;
        var scale = MillivoltsPer((ChunkUnit)unit) / gain;
        var millivolts = type == Int16 ? ReadInt16(samples, scale) : ReadFloat32(samples, scale);
        chunk = new SampleChunk(
            BinaryPrimitives.ReadInt64LittleEndian(message[8..]),
            DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond),
            BinaryPrimitives.ReadDoubleLittleEndian(message[24..]),
            millivolts,
            (flags & 1) != 0);
        return true;
    }

    private static void WriteHeader(Span<byte> message, SampleChunk chunk, byte type, double gain)
    {
        "MINA"u8.CopyTo(message);
        message[4] = Version;
        message[5] = type;
        message[6] = (byte)ChunkUnit.Millivolt;
        message[7] = (byte)(chunk.End ? 1 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(message[8..], chunk.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(message[16..], (chunk.FirstSample - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteDoubleLittleEndian(message[24..], chunk.Fs);
        BinaryPrimitives.WriteDoubleLittleEndian(message[32..], gain);
    }

    private static float[] ReadInt16(ReadOnlySpan<byte> samples, double scale)
    {
        var millivolts = new float[samples.Length / 2];
        for (var i = 0; i < millivolts.Length; i++)
        {
            var v = BinaryPrimitives.ReadInt16LittleEndian(samples[(2 * i)..]);
            millivolts[i] = v == short.MinValue ? float.NaN : (float)(v * scale);
        }

        return millivolts;
    }

    private static float[] ReadFloat32(ReadOnlySpan<byte> samples, double scale)
    {
        var millivolts = new float[samples.Length / 4];
        for (var i = 0; i < millivolts.Length; i++)
        {
            var v = BinaryPrimitives.ReadSingleLittleEndian(samples[(4 * i)..]);
            millivolts[i] = !float.IsFinite(v) ? float.NaN : scale == 1 ? v : (float)(v * scale);
        }

        return millivolts;
    }
}
