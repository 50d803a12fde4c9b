namespace Mina.Preprocess.Streams;

/// <summary>How a chunk follows the one before it.</summary>
public enum ChunkPlace
{
    /// <summary>It follows the one before, at once or after waiting.</summary>
    Next,

    /// <summary>Chunks before it never came.</summary>
    AfterGap,

    /// <summary>The device counts from another number now.</summary>
    Restart,
}

/// <summary>A chunk whose turn it is.</summary>
public readonly record struct OrderedChunk(SampleChunk Chunk, ChunkPlace Place);

/// <summary>A chunk's number and time, by which a repeated one is known.</summary>
public readonly record struct ChunkId(long Sequence, DateTimeOffset FirstSample)
{
    internal static ChunkId From(SampleChunk chunk) => new(chunk.Sequence, chunk.FirstSample);
}

/// <summary>
/// Puts chunks in the order of their sequence numbers: drops repeated ones, holds early ones until those before them have come or
/// <see cref="Window"/> later ones have. A value: taking a chunk makes another one.
/// </summary>
/// <remarks>
/// A chunk with the end flag ends a session; whatever waits behind it begins the next one. The same last chunk again, at any later
/// time, is a repetition: brokers redeliver it after a reconnect.
/// </remarks>
public sealed record ChunkOrder
{
    /// <summary>Chunks held at most: a chunk that comes later than so many after its turn is a gap.</summary>
    public const int Window = 4;

    /// <summary>
    /// The number 0, so many chunks after it came, is not a repetition any more, and neither are so many repetitions in a row: the
    /// device was switched on again.
    /// </summary>
    public const int Repeats = 64;

    /// <summary>A number that is further ahead than this is no gap: the device counts from another number now.</summary>
    public const long MaxSkip = 1_000_000;

    /// <summary>Before the first chunk.</summary>
    public static ChunkOrder Start { get; } = new();

    /// <summary>Chunks that came twice, or too late.</summary>
    public long Repeated { get; init; }

    /// <summary>Chunks that never came in time.</summary>
    public long Missing { get; init; }

    /// <summary>The sequence number that is due; null before the first chunk and after a last one.</summary>
    public long? Next { get; init; }

    /// <summary>Early chunks, by their numbers.</summary>
    public IReadOnlyList<SampleChunk> Early { get; init; } = [];

    internal ChunkId? First { get; init; }

    internal ChunkId? Last { get; init; }

    /// <summary>Where the numbers before these ended: the number that would have been due, and when.</summary>
    internal ChunkId? Previous { get; init; }

    internal DateTimeOffset Until { get; init; }

    internal bool Gap { get; init; }

    internal int RepeatedInRow { get; init; }

    /// <summary>Takes a chunk as it came.</summary>
    /// <param name="chunk">Within <see cref="ChunkLimits"/>.</param>
    /// <param name="ready">Gets the chunks whose turn it is now.</param>
    public ChunkOrder Take(SampleChunk chunk, List<OrderedChunk> ready)
    {
        var repeated = IsRepeated(chunk);
        if (repeated && RepeatedInRow < Repeats)
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

    /// <summary>Gives up on what is missing: the stream has stopped.</summary>
    public ChunkOrder Flush(List<OrderedChunk> ready) => Settle(ready, all: true);

    /// <summary>Whether it came before, or so late that its place is taken.</summary>
    private bool IsRepeated(SampleChunk chunk)
    {
        var id = ChunkId.From(chunk);
        if (First == id || Last == id || IsOfPrevious(chunk))
            return true;
        // Those just before a last chunk that overtook them.
        if (Next is not { } next)
            return Last is { } last && chunk.Sequence < last.Sequence && chunk.Sequence >= last.Sequence - Window && chunk.FirstSample < last.FirstSample;
        return (chunk.Sequence < next || Early.Any(early => early.Sequence == chunk.Sequence)) && !IsRestart(chunk);
    }

    /// <summary>
    /// Whether it is of the numbers before these: close to their end, earlier than their end and than all of these. One that comes just
    /// when its number is due is taken for new: a clock that went back would look the same.
    /// </summary>
    private bool IsOfPrevious(SampleChunk chunk) => Previous is { } previous && First is { } first && Next is { } next
        && chunk.Sequence > next && chunk.Sequence < previous.Sequence && chunk.Sequence >= previous.Sequence - Repeats
        && chunk.FirstSample < previous.FirstSample && chunk.FirstSample < first.FirstSample;

    /// <summary>Whether the device counts from another number: samples later than all before under a number long past, 0, or one far ahead.</summary>
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
