using System.Buffers.Binary;
using System.Numerics;

namespace Mina.Streaming.Log;

/// <summary>CRC-32C (Castagnoli), which processors compute: it finds every flipped bit and every burst of up to 32.</summary>
internal static class Checksum
{
    /// <summary>The checksum of bytes, or of more of them after an earlier checksum.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint earlier = 0)
    {
        var crc = ~earlier;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
