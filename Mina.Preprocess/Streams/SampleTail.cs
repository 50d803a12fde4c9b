namespace Mina.Preprocess.Streams;

/// <summary>
/// The last samples of a stream at 300 Hz, as a value: adding samples returns a new one that shares almost all of its memory, and the old one
/// does not change. So any thread can read it, a waiting window can keep it, and it can be written down. Of the 60 s before the samples it knows
/// what windows are normalised by.
/// </summary>
public sealed class SampleTail
{
    private const int Block = SampleMoments.Block;
    private const int Trailing = Preprocessor.LiveSeconds * Shapes.Fs;

    private readonly SampleBlock[] _blocks;         // full ones, oldest first
    private readonly BlockSummary[] _summaries;     // of these blocks, and before them of blocks that are gone
    private readonly float[] _rest;                 // fewer samples than a block
    private readonly SampleStep _hint;              // for the next block

    private SampleTail(long first, SampleBlock[] blocks, BlockSummary[] summaries, float[] rest, SampleStep hint) =>
        (First, _blocks, _summaries, _rest, _hint) = (first, blocks, summaries, rest, hint);

    /// <summary>A tail without samples, whose first will be at position 0.</summary>
    public static SampleTail Empty { get; } = new(0, [], [], [], default);

    /// <summary>The position of the first sample that is kept, a multiple of 500.</summary>
    public long First { get; }

    /// <summary>The number of samples that are kept.</summary>
    public int Count => (_blocks.Length * Block) + _rest.Length;

    /// <summary>The position after the last sample.</summary>
    public long End => First + Count;

    private long FirstSummary => First - ((_summaries.Length - _blocks.Length) * (long)Block);

    /// <summary>Makes a tail from samples that were written down.</summary>
    /// <param name="first">The position of the first, a multiple of 500.</param>
    /// <param name="samples">All samples that were kept.</param>
    public static SampleTail From(long first, ReadOnlySpan<float> samples) => new SampleTail(first, [], [], [], default).Add(samples, samples.Length);

    /// <summary>Adds samples at the end, and drops those at the beginning that are no longer needed.</summary>
    /// <param name="samples">The samples that follow.</param>
    /// <param name="kept">The smallest number of samples to keep, where there are so many.</param>
    public SampleTail Add(ReadOnlySpan<float> samples, int kept)
    {
        if (_rest.Length + samples.Length < Block)
            return new SampleTail(First, _blocks, _summaries, Join(_rest, samples), _hint);
        var closed = (_rest.Length + samples.Length) / Block;
        var left = _rest.Length + samples.Length - (closed * Block);
        var gone = Math.Clamp((((_blocks.Length + closed) * Block) + left - kept) / Block, 0, _blocks.Length + closed);
        var blocks = new SampleBlock[_blocks.Length + closed - gone];
        var forgotten = Math.Max(0, _summaries.Length + closed - (blocks.Length + (Trailing / Block)));
        var summaries = new BlockSummary[_summaries.Length + closed - forgotten];
        var hint = _hint;
        if (gone < _blocks.Length)
            Array.Copy(_blocks, gone, blocks, 0, _blocks.Length - gone);
        if (forgotten < _summaries.Length)
            Array.Copy(_summaries, forgotten, summaries, 0, _summaries.Length - forgotten);
        for (var i = 0; i < closed; i++)
        {
            var begins = (i * Block) - _rest.Length;
            var block = i == 0 ? Join(_rest, samples[..(Block - _rest.Length)]) : samples.Slice(begins, Block).ToArray();
            if (_summaries.Length + i - forgotten is >= 0 and var summary)
                summaries[summary] = BlockSummary.Of(block);
            if (_blocks.Length + i - gone is >= 0 and var to)
                blocks[to] = SampleBlock.Pack(block, ref hint);
        }

        return new SampleTail(First + (gone * Block), blocks, summaries, samples[^left..].ToArray(), hint);
    }

    /// <summary>
    /// Whether mean, deviation and range of the trailing 60 s, or of all samples where there are fewer, can be told for a window that ends at a
    /// position; the window's samples must be there too.
    /// </summary>
    /// <param name="end">The position after the window's last sample.</param>
    internal bool Covers(long end) => end - Shapes.Window >= First && end <= End && (IsSummed(end) || Begin(end) >= First);

    /// <summary>Mean and deviation by which a window that ends at a position is normalised (<see cref="LiveStatistics"/>).</summary>
    /// <param name="end">A position that is covered.</param>
    internal (double Mean, double Deviation) Statistics(long end)
    {
        if (!IsSummed(end))
            return LiveStatistics.ComputeAll(Samples(Begin(end), end));
        Span<SampleMoments> moments = stackalloc SampleMoments[(int)(end - Begin(end)) / Block];
        var summaries = Summaries(end);
        for (var i = 0; i < moments.Length; i++)
            moments[i] = summaries[i].Moments;
        return LiveStatistics.Compute(moments, isPartial: false);
    }

    /// <summary>Whether the trailing 60 s before a position are the same to within the resolution of a float.</summary>
    /// <param name="end">A position that is covered.</param>
    internal bool IsFlat(long end)
    {
        if (!IsSummed(end))
            return Quality.IsFlat(Samples(Begin(end), end));
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var summary in Summaries(end))
            (low, high) = (Math.Min(low, summary.Low), Math.Max(high, summary.High));
        return Quality.IsFlat(low, high);
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

    /// <summary>Writes the samples down, in a byte or two each where they are multiples of a step, and what is known of those before them.</summary>
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
        var before = _summaries.Length - _blocks.Length;
        to.Write(before);
        foreach (var (moments, low, high) in _summaries.AsSpan(0, before))
        {
            to.Write(moments.Count);
            to.Write(moments.Mean);
            to.Write(moments.Squares);
            to.Write(low);
            to.Write(high);
        }
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
        var hint = new SampleStep(from.ReadDouble(), from.ReadBoolean());
        var summaries = new List<BlockSummary>();
        // Up to layout 2 all that was needed of the past was there as samples.
        for (var count = from.Version > 2 ? from.ReadInt32() : 0; summaries.Count < count;)
        {
            var moments = new SampleMoments(from.ReadInt32(), from.ReadDouble(), from.ReadDouble());
            summaries.Add(new BlockSummary(moments, from.ReadSingle(), from.ReadSingle()));
        }

        var samples = new float[Block];
        foreach (var block in blocks)
        {
            block.CopyTo(0, samples);
            summaries.Add(BlockSummary.Of(samples));
        }

        return new SampleTail(first, [.. blocks], [.. summaries], rest, hint);
    }

    private static long Begin(long end) => Math.Max(0, end - Trailing);

    // Whether the summaries alone tell all of the trailing 60 s.
    private bool IsSummed(long end) => end % Block == 0 && Begin(end) >= FirstSummary && end <= First + (_blocks.Length * Block);

    private ReadOnlySpan<BlockSummary> Summaries(long end) =>
        _summaries.AsSpan((int)(Begin(end) - FirstSummary) / Block, (int)(end - Begin(end)) / Block);

    private float[] Samples(long from, long to)
    {
        var samples = new float[to - from];
        CopyTo(from, samples);
        return samples;
    }

    private static float[] Join(float[] a, ReadOnlySpan<float> b)
    {
        var both = new float[a.Length + b.Length];
        a.CopyTo(both, 0);
        b.CopyTo(both.AsSpan(a.Length));
        return both;
    }
}
