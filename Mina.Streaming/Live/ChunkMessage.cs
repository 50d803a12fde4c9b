using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Live;

/// <summary>Reads a message of a device: binary, or JSON when it begins with a brace.</summary>
public static class ChunkMessage
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads one.</summary>
    /// <param name="message">The whole payload.</param>
    /// <param name="chunk">What it says.</param>
    /// <param name="error">Else: what is wrong with it, in one sentence, without anything of its content but numbers.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out SampleChunk? chunk, [NotNullWhen(false)] out string? error)
    {
        if (message.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            if (!ChunkJson.TryRead(message, out chunk, out error))
                return false;
        }
        else if (!ChunkBinary.TryRead(message, out chunk, out error))
        {
            return false;
        }

        error = FaultOf(chunk);
        return error is null;
    }

    // Devices that live by another century have no clock; recordings may be older.
    private static string? FaultOf(SampleChunk chunk) =>
        chunk.FirstSample < Earliest || chunk.FirstSample > Latest
            ? "the first sample's time is not between the years 2000 and 2200"
            : ChunkLimits.FaultOf(chunk);
}
