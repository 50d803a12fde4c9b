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
public sealed class ChunkOrder
{
    /// <summary>Chunks held at most: a chunk that comes later than so many after its turn is a gap.</summary>
    public const int Window = 4;

    /// <summary>The number 0, so many chunks after it came, is not a repetition any more: the device was switched on again.</summary>
    public const int Repeats = 64;

    private readonly SortedDictionary<long, SampleChunk> _early = [];
    private long? _next;
    private (long Sequence, DateTimeOffset FirstSample)? _last;
    private DateTimeOffset _until;
    private bool _gap;

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
        if (_next is not { } next)
        {
            if (_last == (chunk.Sequence, chunk.FirstSample))
            {
                // The device's last chunk again.
                Repeated++;
                return ready;
            }

            Deliver(chunk, ChunkPlace.Next, ready);
        }
        else if ((chunk.Sequence < next - Window && chunk.FirstSample >= _until) || (chunk.Sequence == 0 && next > Repeats))
        {
            // Samples that are later than all before, under a number that is long past.
            Flush(ready);
            Deliver(chunk, ChunkPlace.Restart, ready);
        }
        else if (chunk.Sequence < next || _early.ContainsKey(chunk.Sequence))
        {
            Repeated++;
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

        return ready;
    }

    /// <summary>Gives up on what is missing: the stream has stopped.</summary>
    public IReadOnlyList<OrderedChunk> Flush()
    {
        var ready = new List<OrderedChunk>();
        Flush(ready);
        return ready;
    }

    private void Flush(List<OrderedChunk> ready) => Settle(ready, all: true);

    private void Settle(List<OrderedChunk> ready, bool all)
    {
        while (_early.Count > 0)
        {
            var (sequence, chunk) = _early.First();
            if (sequence != _next)
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
        var first = _early.First().Key;
        Missing += first - _next!.Value;
        _next = first;
        _gap = true;
    }

    private void Deliver(SampleChunk chunk, ChunkPlace place, List<OrderedChunk> ready)
    {
        ready.Add(new OrderedChunk(chunk, place));
        _next = chunk.End ? null : chunk.Sequence + 1;
        _last = (chunk.Sequence, chunk.FirstSample);
        _until = chunk.Until;
        _gap = false;
    }
}
