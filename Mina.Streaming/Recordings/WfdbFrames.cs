namespace Mina.Streaming.Recordings;

/// <summary>Where in a signal file a format keeps its samples: for reading some of them from anywhere. Pure.</summary>
internal abstract class WfdbFrames
{
    /// <summary>Of a storage format; null: it is not supported.</summary>
    public static WfdbFrames? Of(int format) => format switch
    {
        16 => new Frames<Format16>(),
        24 => new Frames<Format24>(),
        32 => new Frames<Format32>(),
        61 => new Frames<Format61>(),
        80 => new Frames<Format80>(),
        160 => new Frames<Format160>(),
        212 => new Frames<Format212>(),
        310 => new Frames<Format310>(),
        311 => new Frames<Format311>(),
        _ => null,
    };

    /// <summary>How many whole samples so many bytes hold.</summary>
    public abstract long Capacity(long bytes);

    /// <summary>The byte to read from so as to get a sample, and that sample's number among those that begin there.</summary>
    public abstract (long Byte, int Index) Place(long sample);

    /// <summary>How many bytes so many samples take, from the start of a group.</summary>
    public abstract long BytesOf(long samples);

    /// <summary>A sample of a block of bytes; null where it is missing.</summary>
    public abstract int? Read(ReadOnlySpan<byte> bytes, int index);

    private sealed class Frames<TFormat> : WfdbFrames
        where TFormat : struct, IWfdbFormat
    {
        private static readonly long Group = TFormat.Capacity(TFormat.GroupBytes);

        public override long Capacity(long bytes) => TFormat.Capacity(bytes);

        public override (long Byte, int Index) Place(long sample) => (sample / Group * TFormat.GroupBytes, (int)(sample % Group));

        public override long BytesOf(long samples) => TFormat.BytesOf(samples);

        public override int? Read(ReadOnlySpan<byte> bytes, int index) => TFormat.Read(bytes, index) is var adc && adc == TFormat.Missing ? null : adc;
    }
}
