using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Live;

/// <summary>Reads a message of a device: binary, or JSON when it begins with a brace.</summary>
public static class ChunkMessage
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a message.</summary>
    /// <param name="message">The whole payload.</param>
    /// <param name="chunk">The chunk, in mV; null where the message is wrong.</param>
    /// <param name="error">What is wrong with the message, in one sentence that repeats nothing of its content but numbers; null where it is right.</param>
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

    // A device whose time is in another century has no clock that was set.
    private static string? FaultOf(SampleChunk chunk) =>
        chunk.FirstSample < Earliest || chunk.FirstSample > Latest
            ? "the first sample's time is not between the years 2000 and 2200"
            : ChunkLimits.FaultOf(chunk);
}
