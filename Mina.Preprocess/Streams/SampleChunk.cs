namespace Mina.Preprocess.Streams;

/// <summary>Samples of a stream that a device sent together.</summary>
/// <param name="Sequence">The number of the chunk; a stream's numbers may begin anywhere.</param>
/// <param name="FirstSample">When the first of the samples was taken, UTC.</param>
/// <param name="Fs">The sampling frequency in Hz.</param>
/// <param name="Millivolts">The samples in mV; NaN marks a missing one.</param>
/// <param name="End">Whether the device says that this is its last chunk, so that nothing waits for more.</param>
public sealed record SampleChunk(long Sequence, DateTimeOffset FirstSample, double Fs, float[] Millivolts, bool End = false)
{
    /// <summary>The time from the first sample to that of the next chunk.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Millivolts.Length / Fs);

    /// <summary>The time when the first sample of the next chunk is due.</summary>
    public DateTimeOffset Until => FirstSample + Duration;
}
