namespace Mina.Preprocess.Streams;

/// <summary>
/// The last samples of a stream at 300 Hz, as a value: adding samples returns a new one that shares almost all of its memory, and the old one
/// does not change. So any thread can read it, a waiting window can keep it, and it can be written down.
/// </summary>
public sealed class SampleTail
{
    // A block is as long as a stride, so that no block is cut where a window ends.
    private const int Block = 500;

    private readonly SampleBlock[] _blocks;   // full ones, oldest first
    private readonly float[] _rest;           // fewer samples than a block
    private readonly SampleStep _hint;        // for the next block

    private SampleTail(long first, SampleBlock[] blocks, float[] rest, SampleStep hint) => (First, _blocks, _rest, _hint) = (first, blocks, rest, hint);

    /// <summary>A tail without samples, whose first will be at position 0.</summary>
    public static SampleTail Empty { get; } = new(0, [], [], default);

    /// <summary>The position of the first sample that is kept.</summary>
    public long First { get; }

    /// <summary>The number of samples that are kept.</summary>
    public int Count => (_blocks.Length * Block) + _rest.Length;

    /// <summary>The position after the last sample.</summary>
    public long End => First + Count;

    /// <summary>Makes a tail from samples that were written down.</summary>
    /// <param name="first">The position of the first, a multiple of 500.</param>
    /// <param name="samples">All samples that were kept.</param>
    public static SampleTail From(long first, ReadOnlySpan<float> samples) => new SampleTail(first, [], [], default).Add(samples, samples.Length);

    /// <summary>Adds samples at the end, and drops those at the beginning that are no longer needed.</summary>
    /// <param name="samples">The samples that follow.</param>
    /// <param name="kept">The smallest number of samples to keep, where there are so many.</param>
    public SampleTail Add(ReadOnlySpan<float> samples, int kept)
    {
        if (_rest.Length + samples.Length < Block)
            return new SampleTail(First, _blocks, Join(_rest, samples), _hint);
        var closed = (_rest.Length + samples.Length) / Block;
        var left = _rest.Length + samples.Length - (closed * Block);
        var gone = Math.Clamp((((_blocks.Length + closed) * Block) + left - kept) / Block, 0, _blocks.Length + closed);
        var blocks = new SampleBlock[_blocks.Length + closed - gone];
        var hint = _hint;
        if (gone < _blocks.Length)
            Array.Copy(_blocks, gone, blocks, 0, _blocks.Length - gone);
        for (var i = 0; i < closed; i++)
        {
            var to = _blocks.Length + i - gone;
            var begins = (i * Block) - _rest.Length;
            if (to >= 0)
                blocks[to] = SampleBlock.Pack(i == 0 ? Join(_rest, samples[..(Block - _rest.Length)]) : samples.Slice(begins, Block).ToArray(), ref hint);
        }

        return new SampleTail(First + (gone * Block), blocks, samples[^left..].ToArray(), hint);
    }

    /// <summary>Copies the samples from a position on.</summary>
    /// <param name="from">The position of the first of them, from <see cref="First"/> to <see cref="End"/>.</param>
    /// <param name="to">Receives as many samples as it is long; the tail must have them.</param>
    public void CopyTo(long from, Span<float> to)
    {
        var at = (int)(from - First);
        ArgumentOutOfRangeException.ThrowIfNegative(at, nameof(from));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(at + to.Length, Count, nameof(to));
        while (to.Length > 0)
        {
            var block = at / Block;
            var first = at - (block * Block);
            var some = Math.Min((block < _blocks.Length ? Block : _rest.Length) - first, to.Length);
            if (block < _blocks.Length)
                _blocks[block].CopyTo(first, to[..some]);
            else
                _rest.AsSpan(first, some).CopyTo(to);
            to = to[some..];
            at += some;
        }
    }

    /// <summary>Writes the samples down, in a byte or two each where they are multiples of a step.</summary>
    internal void Write(SnapshotWriter to)
    {
        to.Write(First);
        to.Write(_blocks.Length);
        foreach (var block in _blocks)
            block.Write(to);
        to.Write(_rest);
        // So that what is packed from here on is packed the same way after a restore.
        to.Write(_hint.Value);
        to.Write(_hint.Divides);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">These are no samples, or the snapshot ends before they do.</exception>
    internal static SampleTail Read(SnapshotReader from)
    {
        var first = from.ReadInt64();
        var blocks = new List<SampleBlock>();
        for (var count = from.ReadInt32(); blocks.Count < count;)
        {
            var block = SampleBlock.Read(from);
            blocks.Add(block.Length == Block ? block : throw new InvalidDataException($"The snapshot of a stream has a block of {block.Length} samples."));
        }

        var rest = from.ReadSamples();
        if (rest.Length >= Block)
            throw new InvalidDataException($"The snapshot of a stream has {rest.Length} samples after its last block.");
        return new SampleTail(first, [.. blocks], rest, new SampleStep(from.ReadDouble(), from.ReadBoolean()));
    }

    private static float[] Join(float[] a, ReadOnlySpan<float> b)
    {
        var both = new float[a.Length + b.Length];
        a.CopyTo(both, 0);
        b.CopyTo(both.AsSpan(a.Length));
        return both;
    }
}
