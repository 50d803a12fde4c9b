using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Live;

/// <summary>Reads a message of a device, binary or JSON: told by its first byte.</summary>
public static class ChunkMessage
{
    /// <summary>Samples in a message, at most.</summary>
    public const int MostSamples = 200_000;

    private static readonly DateTimeOffset _earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

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

        error = Fault(chunk);
        return error is null;
    }

    private static string? Fault(SampleChunk chunk)
    {
        if (!(chunk.Fs is >= Preprocess.Preprocessor.LowestFs and <= Preprocess.Preprocessor.HighestFs))
            return FormattableString.Invariant($"a sampling frequency of {chunk.Fs} Hz is outside {Preprocess.Preprocessor.LowestFs} to {Preprocess.Preprocessor.HighestFs} Hz");
        if (chunk.Sequence < 0)
            return FormattableString.Invariant($"the sequence number {chunk.Sequence} is negative");
        if (chunk.FirstSample < _earliest || chunk.FirstSample > _latest)
            return "the first sample's time is not between the years 2000 and 2200";
        if (chunk.Millivolts.Length > MostSamples)
            return FormattableString.Invariant($"{chunk.Millivolts.Length} samples are more than {MostSamples}; send smaller chunks");
        return chunk.Millivolts.Length == 0 && !chunk.End ? "there are no samples in it" : null;
    }
}
