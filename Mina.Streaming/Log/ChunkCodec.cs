using System.Buffers;
using System.Runtime.InteropServices;

namespace Mina.Streaming.Log;

/// <summary>
/// Chunks as few bytes, and back without a changed bit. Times and counters are written as differences from what the chunk before lets
/// expect; samples as differences of multiples of their step where they have one (<see cref="SampleStep"/>), one byte each as a rule, else as
/// floats, each exclusive-or the one before, first bytes first, which compress well.
/// </summary>
internal static class ChunkCodec
{
    private const int End = 1;
    private const int SameFs = 2;
    private const int Stepped = 4;
    private const int SameStep = 8;
    private const int Divides = 16;

    /// <summary>What is known of the chunk before; the default value: nothing.</summary>
    public struct Context
    {
        public long Sequence;
        public long Until;
        public long Arrived;
        public double Fs;
        public SampleStep Step;
    }

    /// <summary>Writes a chunk and makes it the context of the next.</summary>
    /// <returns>A hint for the stream's next chunk.</returns>
    public static SampleStep Write(ByteWriter to, ref Context context, long arrived, SampleChunk chunk, SampleStep hint)
    {
        var samples = chunk.Millivolts;
        var multiples = ArrayPool<int>.Shared.Rent(samples.Length);
        var step = SampleStep.Find(samples, hint, multiples);
        var sameFs = BitConverter.DoubleToInt64Bits(context.Fs) == BitConverter.DoubleToInt64Bits(chunk.Fs);
        var sameStep = step == context.Step;
        to.WriteByte((byte)((chunk.End ? End : 0) | (sameFs ? SameFs : 0) | (step is null ? 0 : Stepped) | (sameStep ? SameStep : 0)
            | (step is { Divides: true } ? Divides : 0)));
        to.WriteSigned(unchecked(chunk.Sequence - context.Sequence - 1));
        to.WriteSigned(chunk.FirstSample.UtcTicks - context.Until);
        to.WriteSigned(arrived - context.Arrived);
        if (!sameFs)
            to.WriteDouble(chunk.Fs);
        to.WriteUnsigned((ulong)samples.Length);
        if (step is { } found)
        {
            if (!sameStep)
                to.WriteDouble(found.Value);
            WriteMultiples(to, multiples.AsSpan(0, samples.Length));
            context.Step = found;
        }
        else
        {
            WriteFloats(to, samples);
        }

        ArrayPool<int>.Shared.Return(multiples);
        context.Sequence = chunk.Sequence;
        context.Until = ChunkTime.UntilTicks(chunk);
        context.Arrived = arrived;
        context.Fs = chunk.Fs;
        return SampleStep.Next(hint, step);
    }

    /// <summary>Reads a chunk and makes it the context of the next.</summary>
    /// <exception cref="InvalidDataException">This is no chunk.</exception>
    public static (DateTimeOffset Arrived, SampleChunk Chunk) Read(ref ByteReader from, ref Context context)
    {
        var flags = from.ReadByte();
        var sequence = unchecked(context.Sequence + from.ReadSigned() + 1);
        var first = TimeAt(context.Until + from.ReadSigned());
        var arrived = TimeAt(context.Arrived + from.ReadSigned());
        var fs = (flags & SameFs) != 0 ? context.Fs : from.ReadDouble();
        var samples = new float[from.ReadCount()];
        if ((flags & Stepped) != 0)
        {
            context.Step = (flags & SameStep) != 0 ? context.Step : new SampleStep(from.ReadDouble(), (flags & Divides) != 0);
            ReadMultiples(ref from, context.Step, samples);
        }
        else
        {
            ReadFloats(ref from, samples);
        }

        var chunk = new SampleChunk(sequence, first, fs, samples, (flags & End) != 0);
        context.Sequence = sequence;
        context.Until = ChunkTime.UntilTicks(chunk);
        context.Arrived = arrived.UtcTicks;
        context.Fs = fs;
        return (arrived, chunk);
    }

    private static DateTimeOffset TimeAt(long ticks) => ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw new InvalidDataException("a time is out of range");

    private static void WriteMultiples(ByteWriter to, ReadOnlySpan<int> multiples)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(SampleDifferences.MaxBytes * multiples.Length);
        to.WriteBytes(bytes.AsSpan(0, SampleDifferences.Write(multiples, bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private static void ReadMultiples(ref ByteReader from, SampleStep step, Span<float> samples)
    {
        var rented = ArrayPool<int>.Shared.Rent(samples.Length);
        try
        {
            var multiples = rented.AsSpan(0, samples.Length);
            _ = from.ReadBytes(SampleDifferences.Read(from.Rest, multiples));
            for (var i = 0; i < samples.Length; i++)
                samples[i] = step.ToMillivolts(multiples[i]);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private static void WriteFloats(ByteWriter to, ReadOnlySpan<float> samples)
    {
        var bits = MemoryMarshal.Cast<float, uint>(samples);
        var count = samples.Length;
        var planes = to.Next(sizeof(float) * count);
        uint before = 0;
        for (var i = 0; i < count; i++)
        {
            var changed = bits[i] ^ before;
            before = bits[i];
            for (var plane = 0; plane < sizeof(float); plane++)
                planes[(plane * count) + i] = (byte)(changed >> (24 - (8 * plane)));
        }
    }

    private static void ReadFloats(ref ByteReader from, Span<float> samples)
    {
        var count = samples.Length;
        var planes = from.ReadBytes(checked(sizeof(float) * count));
        uint before = 0;
        for (var i = 0; i < count; i++)
        {
            for (var plane = 0; plane < sizeof(float); plane++)
                before ^= (uint)planes[(plane * count) + i] << (24 - (8 * plane));
            samples[i] = BitConverter.UInt32BitsToSingle(before);
        }
    }
}
