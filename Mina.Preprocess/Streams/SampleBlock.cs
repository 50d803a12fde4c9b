using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mina.Preprocess.Streams;

/// <summary>
/// A stretch of samples that does not change any more. Samples that are multiples of a step, as those of a converter of up to 16 bits are, take
/// two bytes each, and others are floats. Either way each bit of each sample is kept.
/// </summary>
internal sealed class SampleBlock
{
    private const short Missing = short.MinValue;

    private readonly float[]? _samples;
    private readonly short[]? _multiples;

    private SampleBlock(float[]? samples, short[]? multiples, SampleStep step) => (_samples, _multiples, Step) = (samples, multiples, step);

    /// <summary>The step of the multiples; the default value where the samples are floats.</summary>
    public SampleStep Step { get; }

    /// <summary>The number of samples.</summary>
    public int Length => _samples?.Length ?? _multiples!.Length;

    /// <summary>Makes a block.</summary>
    /// <param name="samples">The samples, which belong to the block from now on.</param>
    /// <param name="hint">The hint from the stream's block before; it becomes the hint for the next block.</param>
    public static SampleBlock Pack(float[] samples, ref SampleStep hint)
    {
        var rented = ArrayPool<int>.Shared.Rent(samples.Length);
        var multiples = rented.AsSpan(0, samples.Length);
        try
        {
            var found = SampleStep.Find(samples, hint, multiples)?.ToFactor(samples, multiples);
            hint = SampleStep.Next(hint, found);
            return found is { } step && ToShorts(multiples) is { } shorts ? new SampleBlock(null, shorts, step) : new SampleBlock(samples, null, default);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    /// <summary>Copies samples.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="to">Receives as many samples as it is long; the block must have them.</param>
    public void CopyTo(int from, Span<float> to)
    {
        if (_samples is not null)
        {
            _samples.AsSpan(from, to.Length).CopyTo(to);
            return;
        }

        var multiples = _multiples.AsSpan(from, to.Length);
        var done = Step.Divides ? 0 : Multiply(multiples, to);
        for (var i = done; i < to.Length; i++)
            to[i] = multiples[i] == Missing ? float.NaN : Step.ToMillivolts(multiples[i]);
    }

    /// <summary>Writes the block: its step, or 0 where the samples are floats, and the samples or the differences of their multiples.</summary>
    public void Write(SnapshotWriter to)
    {
        to.Write(Step.Value);
        to.Write(Step.Divides);
        if (_multiples is null)
        {
            to.Write(_samples);
            return;
        }

        var multiples = ArrayPool<int>.Shared.Rent(_multiples.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(SampleDifferences.MaxBytes * _multiples.Length);
        for (var i = 0; i < _multiples.Length; i++)
            multiples[i] = _multiples[i] == Missing ? SampleStep.Missing : _multiples[i];
        to.Write(_multiples.Length);
        to.WriteBytes(bytes.AsSpan(0, SampleDifferences.Write(multiples.AsSpan(0, _multiples.Length), bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
        ArrayPool<int>.Shared.Return(multiples);
    }

    /// <summary>Reads a block.</summary>
    /// <exception cref="InvalidDataException">This is no block.</exception>
    public static SampleBlock Read(SnapshotReader from)
    {
        var step = new SampleStep(from.ReadDouble(), from.ReadBoolean());
        if (step.Value == 0)
            return new SampleBlock(from.ReadSamples(), null, default);
        var count = from.ReadInt32();
        var bytes = from.ReadBytes();
        // A sample takes a byte at least.
        if (count < 0 || count > bytes.Length)
            throw Wrong();
        var multiples = new int[count];
        SampleDifferences.Read(bytes, multiples);
        return new SampleBlock(null, ToShorts(multiples) ?? throw Wrong(), step);
    }

    // Null where one of them needs more than 16 bits.
    private static short[]? ToShorts(ReadOnlySpan<int> multiples)
    {
        var shorts = new short[multiples.Length];
        for (var i = 0; i < shorts.Length; i++)
        {
            if (multiples[i] == SampleStep.Missing)
                shorts[i] = Missing;
            else if (multiples[i] is > Missing and <= short.MaxValue)
                shorts[i] = (short)multiples[i];
            else
                return null;
        }

        return shorts;
    }

    private static InvalidDataException Wrong() => new("The snapshot of a stream holds samples that cannot be read.");

    // Multiplies as many as fit whole registers, in double precision and rounded to float, as SampleStep.ToMillivolts does. Returns their number.
    private int Multiply(ReadOnlySpan<short> multiples, Span<float> to)
    {
        ref var source = ref MemoryMarshal.GetReference(multiples);
        ref var target = ref MemoryMarshal.GetReference(to);
        var step = Vector256.Create(Step.Value);
        var missing = Vector128.Create(Missing);
        var whole = multiples.Length & ~7;
        for (var i = 0; i < whole; i += 8)
        {
            var eight = Vector128.LoadUnsafe(ref source, (nuint)i);
            var (low, high) = Vector128.Widen(eight);
            var (a, b) = Vector128.Widen(low);
            var (c, d) = Vector128.Widen(high);
            var first = Vector256.Narrow(
                Vector256.ConvertToDouble(Vector256.Create(a, b)) * step, Vector256.ConvertToDouble(Vector256.Create(c, d)) * step);
            var absent = Vector128.Equals(eight, missing);
            var (absentLow, absentHigh) = Vector128.Widen(absent);
            first = Vector256.ConditionalSelect(Vector256.Create(absentLow, absentHigh).AsSingle(), Vector256.Create(float.NaN), first);
            first.StoreUnsafe(ref target, (nuint)i);
        }

        return whole;
    }
}
