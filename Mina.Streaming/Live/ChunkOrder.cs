namespace Mina.Streaming.Live;

/// <summary>What became of a chunk's place in its stream.</summary>
public enum ChunkPlace
{
    /// <summary>It follows the one before, at once or after waiting.</summary>
    Next,

    /// <summary>Chunks before it never came.</summary>
    AfterGap,

    /// <summary>The device counts anew.</summary>
    Restart,
}

/// <summary>A chunk whose turn it is.</summary>
public readonly record struct OrderedChunk(SampleChunk Chunk, ChunkPlace Place);

/// <summary>
/// Puts chunks in the order of their sequence numbers: drops repeated ones, holds early ones until those before them have come or
/// <see cref="Window"/> later ones have. One stream, one thread at a time.
/// </summary>
/// <remarks>
/// A chunk with the end flag ends a session; whatever waits behind it begins the next one. The same last chunk again, at any later
/// time, is a repetition: brokers redeliver it after a reconnect.
/// </remarks>
public sealed class ChunkOrder
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

    private readonly SortedDictionary<long, SampleChunk> _early = [];
    private long? _next;
    private (long Sequence, DateTimeOffset FirstSample)? _begin;
    private (long Sequence, DateTimeOffset FirstSample)? _end;
    private DateTimeOffset _until;
    private bool _gap;
    private int _repeatedInRow;

    /// <summary>Chunks that came twice, or too late.</summary>
    public long Repeated { get; private set; }

    /// <summary>Chunks that never came in time.</summary>
    public long Missing { get; private set; }

    /// <summary>The sequence number that is due; null before the first chunk.</summary>
    public long? Next => _next;

    /// <summary>Takes a chunk as it came.</summary>
    /// <returns>The chunks whose turn it is now.</returns>
    public IReadOnlyList<OrderedChunk> Take(SampleChunk chunk)
    {
        var ready = new List<OrderedChunk>();
        if (IsRepeated(chunk) && ++_repeatedInRow <= Repeats)
        {
            Repeated++;
            return ready;
        }

        if (_repeatedInRow > Repeats || IsRestart(chunk))
        {
            Flush(ready);
            Deliver(chunk, ChunkPlace.Restart, ready);
        }
        else if (_next is null)
        {
            Deliver(chunk, ChunkPlace.Next, ready);
        }
        else
        {
            _early.Add(chunk.Sequence, chunk);
            Settle(ready, all: chunk.End);
            if (_early.Count > Window)
            {
                Skip();
                Settle(ready, all: false);
            }
        }

        _repeatedInRow = 0;
        return ready;
    }

    /// <summary>Gives up on what is missing: the stream has stopped.</summary>
    public IReadOnlyList<OrderedChunk> Flush()
    {
        var ready = new List<OrderedChunk>();
        Flush(ready);
        return ready;
    }

    /// <summary>Forgets what waits and which number is due: the next chunk begins.</summary>
    public void Reset()
    {
        _early.Clear();
        (_next, _begin, _end, _gap, _repeatedInRow) = (null, null, null, false, 0);
    }

    /// <summary>Whether it came before, or so late that its place is taken.</summary>
    private bool IsRepeated(SampleChunk chunk)
    {
        if (_begin == (chunk.Sequence, chunk.FirstSample) || _end == (chunk.Sequence, chunk.FirstSample))
            return true;
        // Those just before a last chunk that overtook them.
        if (_next is not { } next)
            return _end is { } end && chunk.Sequence < end.Sequence && chunk.Sequence >= end.Sequence - Window && chunk.FirstSample < end.FirstSample;
        return (chunk.Sequence < next || _early.ContainsKey(chunk.Sequence)) && !IsRestart(chunk);
    }

    /// <summary>Whether the device counts from another number: samples later than all before under a number long past, 0, or one far ahead.</summary>
    private bool IsRestart(SampleChunk chunk) => _next is { } next
        && ((chunk.Sequence < next - Window && chunk.FirstSample >= _until) || (chunk.Sequence == 0 && next > Repeats) || chunk.Sequence - next > MaxSkip);

    private void Flush(List<OrderedChunk> ready) => Settle(ready, all: true);

    private void Settle(List<OrderedChunk> ready, bool all)
    {
        while (_early.Count > 0)
        {
            var (sequence, chunk) = _early.First();
            if (_next is { } due && sequence != due)
            {
                if (!all)
                    return;
                Skip();
            }

            _early.Remove(sequence);
            Deliver(chunk, _gap ? ChunkPlace.AfterGap : ChunkPlace.Next, ready);
        }
    }

    private void Skip()
    {
        if (_next is not { } due)
            return;
        var first = _early.First().Key;
        Missing += first - due;
        _next = first;
        _gap = true;
    }

    private void Deliver(SampleChunk chunk, ChunkPlace place, List<OrderedChunk> ready)
    {
        ready.Add(new OrderedChunk(chunk, place));
        if (_next is null || place == ChunkPlace.Restart)
            _begin = (chunk.Sequence, chunk.FirstSample);
        _next = chunk.End || chunk.Sequence == long.MaxValue ? null : chunk.Sequence + 1;
        if (chunk.End)
            _end = (chunk.Sequence, chunk.FirstSample);
        _until = chunk.Until;
        _gap = false;
    }
}
