namespace Mina.Preprocess.Streams;

/// <summary>How a chunk follows the one before it.</summary>
public enum ChunkPlace
{
    /// <summary>It follows the one before it, whether it came in order or had to wait.</summary>
    Next,

    /// <summary>Chunks before it never came.</summary>
    AfterGap,

    /// <summary>The device began to count from another number.</summary>
    Restart,
}

/// <summary>A chunk whose turn it is.</summary>
public readonly record struct OrderedChunk(SampleChunk Chunk, ChunkPlace Place);

/// <summary>The number and the time of a chunk, by which its repetition is recognised.</summary>
public readonly record struct ChunkId(long Sequence, DateTimeOffset FirstSample)
{
    internal static ChunkId From(SampleChunk chunk) => new(chunk.Sequence, chunk.FirstSample);
}

/// <summary>
/// Puts chunks in the order of their sequence numbers: drops repeated ones, holds early ones until those before them have come or
/// <see cref="Window"/> later ones have. This is a value: taking a chunk returns a new one.
/// </summary>
/// <remarks>
/// A chunk with the end flag ends a session; whatever waits behind it begins the next one. The same last chunk again, at any later
/// time, is a repetition: brokers redeliver it after a reconnect.
/// </remarks>
public sealed record ChunkOrder
{
    /// <summary>The largest number of early chunks that are held. A chunk that is still missing when so many later ones have come is a gap.</summary>
    public const int Window = 4;

    /// <summary>
    /// A chunk number 0 that comes this many chunks after the first one, or this many repetitions in a row, are not repetitions: the device
    /// was switched on again.
    /// </summary>
    public const int Repeats = 64;

    /// <summary>
    /// A chunk that is over this much earlier than the first and the last one of a count does not belong to it. After <see cref="Window"/> of
    /// them in a row the device was switched on again, with a clock that has forgotten the time.
    /// </summary>
    private static readonly TimeSpan OtherTime = TimeSpan.FromHours(1);

    /// <summary>A number that is further ahead than this is not a gap: the device began to count from another number.</summary>
    public const long MaxSkip = 1_000_000;

    /// <summary>The order before the first chunk.</summary>
    public static ChunkOrder Start { get; } = new();

    /// <summary>The number of chunks that came twice, or too late.</summary>
    public long Repeated { get; init; }

    /// <summary>The number of chunks that did not come in time.</summary>
    public long Missing { get; init; }

    /// <summary>The sequence number that is due; null before the first chunk and after a last one.</summary>
    public long? Next { get; init; }

    /// <summary>The early chunks, in the order of their numbers.</summary>
    public IReadOnlyList<SampleChunk> Early { get; init; } = [];

    internal ChunkId? First { get; init; }

    internal ChunkId? Last { get; init; }

    /// <summary>Where the numbers before these ended: the number that would have been due, and when.</summary>
    internal ChunkId? Previous { get; init; }

    internal DateTimeOffset Until { get; init; }

    internal bool Gap { get; init; }

    internal int RepeatedInRow { get; init; }

    /// <summary>Takes a chunk as it came.</summary>
    /// <param name="chunk">The chunk, which keeps to <see cref="ChunkLimits"/>.</param>
    /// <param name="ready">Receives the chunks whose turn it is now.</param>
    public ChunkOrder Take(SampleChunk chunk, List<OrderedChunk> ready)
    {
        var repeated = IsRepeated(chunk);
        if (repeated && RepeatedInRow < (IsOfOtherTime(chunk) ? Window : Repeats))
            return this with { Repeated = Repeated + 1, RepeatedInRow = RepeatedInRow + 1 };
        var order = RepeatedInRow == 0 ? this : this with { RepeatedInRow = 0 };
        if (repeated || IsRestart(chunk))
            return order.Flush(ready).Deliver(chunk, ChunkPlace.Restart, ready);
        if (Next is not { } next || (Early.Count == 0 && chunk.Sequence == next))
            return order.Deliver(chunk, order.Gap ? ChunkPlace.AfterGap : ChunkPlace.Next, ready);
        order = order with { Early = [.. order.Early.Append(chunk).OrderBy(early => early.Sequence)] };
        order = order.Settle(ready, all: chunk.End);
        return order.Early.Count > Window ? order.Skip().Settle(ready, all: false) : order;
    }

    /// <summary>Stops waiting for missing chunks, because the stream has stopped.</summary>
    public ChunkOrder Flush(List<OrderedChunk> ready) => Settle(ready, all: true);

    /// <summary>Whether the chunk came before, or so late that its place is taken.</summary>
    private bool IsRepeated(SampleChunk chunk)
    {
        var id = ChunkId.From(chunk);
        if (First == id || Last == id || IsOfPrevious(chunk))
            return true;
        // These are the chunks just before a last chunk that overtook them.
        if (Next is not { } next)
            return Last is { } last && chunk.Sequence < last.Sequence && chunk.Sequence >= last.Sequence - Window && chunk.FirstSample < last.FirstSample;
        return (chunk.Sequence < next || Early.Any(early => early.Sequence == chunk.Sequence)) && !IsRestart(chunk);
    }

    /// <summary>
    /// Whether the chunk belongs to the earlier count: its number is close to where that count ended, and it is earlier than that end and than
    /// all chunks of this count. A chunk whose number is due is taken for new, because a clock that went back would look the same.
    /// </summary>
    private bool IsOfPrevious(SampleChunk chunk) => Previous is { } previous && First is { } first && Next is { } next
        && chunk.Sequence > next && chunk.Sequence < previous.Sequence && chunk.Sequence >= previous.Sequence - Repeats
        && chunk.FirstSample < previous.FirstSample && chunk.FirstSample < first.FirstSample;

    /// <summary>Whether the chunk is too early to be a repetition of one that was counted since the device began to count.</summary>
    private bool IsOfOtherTime(SampleChunk chunk) => First is { } first && Next is not null
        && Min(first.FirstSample, Until) - chunk.FirstSample > OtherTime;

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    /// <summary>Whether the device began to count from another number: the samples are later than all before, the number is past, 0, or far ahead.</summary>
    private bool IsRestart(SampleChunk chunk) => Next is { } next
        && ((chunk.Sequence < next - Window && chunk.FirstSample >= Until) || (chunk.Sequence == 0 && next > Repeats) || chunk.Sequence - next > MaxSkip);

    private ChunkOrder Settle(List<OrderedChunk> ready, bool all)
    {
        var order = this;
        while (order.Early.Count > 0)
        {
            var chunk = order.Early[0];
            if (order.Next is { } due && chunk.Sequence != due)
            {
                if (!all)
                    return order;
                order = order.Skip();
            }

            order = order with { Early = [.. order.Early.Skip(1)] };
            order = order.Deliver(chunk, order.Gap ? ChunkPlace.AfterGap : ChunkPlace.Next, ready);
        }

        return order;
    }

    private ChunkOrder Skip() => Next is { } due
        ? this with { Missing = Missing + (Early[0].Sequence - due), Next = Early[0].Sequence, Gap = true }
        : this;

    private ChunkOrder Deliver(SampleChunk chunk, ChunkPlace place, List<OrderedChunk> ready)
    {
        ready.Add(new OrderedChunk(chunk, place));
        var id = ChunkId.From(chunk);
        var begins = Next is null || place == ChunkPlace.Restart;
        return this with
        {
            First = begins ? id : First,
            Previous = !begins ? Previous : Next is { } due ? new ChunkId(due, Until) : Last is { } last ? new ChunkId(last.Sequence, Until) : null,
            Last = chunk.End ? id : Last,
            Next = chunk.End || chunk.Sequence == long.MaxValue ? null : chunk.Sequence + 1,
            Until = chunk.Until,
            Gap = false,
        };
    }
}
