namespace Mina.Preprocess.Streams;

/// <summary>The limits that every chunk must keep to, whether it comes from the network, a growing file or a replay.</summary>
public static class ChunkLimits
{
    /// <summary>The largest number of samples in a chunk.</summary>
    public const int MaxSamples = 200_000;

    /// <summary>The longest signal in a chunk, in seconds. All windows of one chunk are cut before those of another stream.</summary>
    public const int MaxSeconds = 300;

    private static readonly DateTimeOffset Earliest = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Says what is wrong with a chunk, in a few words that quote nothing of its content but numbers; null where nothing is.</summary>
    public static string? FaultOf(SampleChunk chunk)
    {
        if (!(chunk.Fs is >= Preprocessor.LowestFs and <= Preprocessor.HighestFs))
            return FormattableString.Invariant($"a sampling frequency of {chunk.Fs} Hz is outside {Preprocessor.LowestFs} to {Preprocessor.HighestFs} Hz");
        if (chunk.Sequence < 0)
            return FormattableString.Invariant($"the sequence number {chunk.Sequence} is negative");
        if (chunk.FirstSample < Earliest || chunk.FirstSample > Latest)
            return "the first sample's time is not between the years 1900 and 2200";
        if (chunk.Millivolts.Length > MaxSamples)
            return FormattableString.Invariant($"{chunk.Millivolts.Length} samples are more than {MaxSamples}; send smaller chunks");
        if (chunk.Millivolts.Length > MaxSeconds * chunk.Fs)
            return FormattableString.Invariant($"{chunk.Millivolts.Length / chunk.Fs:0} s of signal are more than {MaxSeconds}; send smaller chunks");
        return chunk.Millivolts.Length == 0 && !chunk.End ? "there are no samples in it" : null;
    }
}
