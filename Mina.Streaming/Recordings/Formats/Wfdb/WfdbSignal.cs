using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>
/// One signal of a record: where its samples lie in the signal file, and how they become millivolts. Both a finished record and one that
/// grows are read through it.
/// </summary>
/// <param name="header">The record's header.</param>
/// <param name="index">Index of the signal in the header.</param>
/// <param name="codec">The codec of the signal's storage format.</param>
internal sealed class WfdbSignal(WfdbHeader header, int index, WfdbCodec codec)
{
    /// <summary>About how many samples of all signals are decoded from one block of bytes.</summary>
    private const int BlockSamples = 1 << 15;

    // A header may name any length; no file has more.
    private const long MaxBytes = 1L << 60;
    private const int MaxSampleBytes = 8;

    private readonly WfdbLayout _layout = header.LayoutOf(index);

    /// <summary>The signal's line in the header.</summary>
    public WfdbSignalSpec Spec { get; } = header.Signals[index];

    /// <summary>The signal's own sampling frequency in Hz: the record's frames a second times its samples in a frame.</summary>
    public double Fs => header.Fs * Spec.SamplesPerFrame;

    /// <summary>How many whole frames so many bytes of samples hold.</summary>
    public long FramesIn(long bytes) => codec.Capacity(bytes) / _layout.FrameSamples;

    /// <summary>How many bytes so many frames take.</summary>
    public long BytesOf(long frames) => frames <= MaxBytes / MaxSampleBytes / _layout.FrameSamples ? codec.BytesOf(frames * _layout.FrameSamples) : MaxBytes;

    /// <summary>Whether samples are stored as differences: <see cref="Read"/> then gives these, and not mV.</summary>
    public bool IsDifferences => codec.IsDifferences;

    /// <summary>ADC units to mV.</summary>
    public double ToMillivolt(double adc) => (adc - Spec.Baseline) / Spec.StepsPerMillivolt;

    /// <summary>Reads samples in mV; NaN where one is missing.</summary>
    /// <param name="file">The signal file.</param>
    /// <param name="sample">The signal's sample to begin with: not before one that was read from <paramref name="file"/> already.</param>
    /// <param name="to">Takes the samples.</param>
    /// <exception cref="IOException">The file cannot be read, or ends before.</exception>
    public void Read(ForwardBytes file, long sample, Span<float> to)
    {
        var perFrame = Spec.SamplesPerFrame;
        var (baseline, gain) = IsDifferences ? (0, 1) : (Spec.Baseline, Spec.StepsPerMillivolt);
        while (to.Length > 0)
        {
            var (frame, within) = Math.DivRem(sample, perFrame);
            var (group, first) = Math.DivRem((frame + Spec.Skew) * _layout.FrameSamples, codec.GroupSamples);
            var frames = Math.Min(((within + to.Length - 1) / perFrame) + 1, Math.Max(1, BlockSamples / _layout.FrameSamples));
            var count = (int)Math.Min(to.Length, (frames * perFrame) - within);
            var block = file.Read(Spec.ByteOffset + (group * codec.GroupBytes), checked((int)codec.BytesOf(first + (frames * _layout.FrameSamples))));
            codec.Decode(block, (int)first + _layout.Offset, (int)within, perFrame, _layout.FrameSamples, baseline, gain, to[..count]);
            sample += count;
            to = to[count..];
        }
    }
}
