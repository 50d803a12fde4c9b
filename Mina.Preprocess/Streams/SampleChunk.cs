namespace Mina.Preprocess.Streams;

/// <summary>Some samples of a stream, as a device sent them.</summary>
/// <param name="Sequence">Counts the stream's chunks, from any number on.</param>
/// <param name="FirstSample">When the first of the samples was taken, UTC.</param>
/// <param name="Fs">Hz.</param>
/// <param name="Millivolts">NaN: missing.</param>
/// <param name="End">The device says that this is its last chunk: what waits for more is settled.</param>
public sealed record SampleChunk(long Sequence, DateTimeOffset FirstSample, double Fs, float[] Millivolts, bool End = false)
{
    /// <summary>Time from the first sample to the next chunk's.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Millivolts.Length / Fs);

    /// <summary>When the next chunk's first sample is due.</summary>
    public DateTimeOffset Until => FirstSample + Duration;
}
