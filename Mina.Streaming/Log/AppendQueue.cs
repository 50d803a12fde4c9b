namespace Mina.Streaming.Log;

/// <summary>
/// The appends that wait for the disk. Those of one stream stay in order; between streams the ones that send little come first: a small
/// append of a stream for which nothing waits does not stand behind the megabytes of others, which take turns.
/// </summary>
/// <remarks>Not thread-safe: the writer's lock guards it.</remarks>
internal sealed class AppendQueue
{
    // A device sends a second or a few at a time, some hundred bytes.
    private const int MaxSmallBytes = 16 << 10;

    private readonly Dictionary<string, Queue<PendingAppend>> _streams = new(StringComparer.Ordinal);
    private readonly Queue<string> _fresh = new();
    private readonly Queue<string> _turns = new();
    private bool _turnIsDue;

    /// <summary>Appends that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that wait.</summary>
    public long Bytes { get; private set; }

    /// <summary>When the append that is taken next began to wait, by the stopwatch; 0: none waits.</summary>
    public long Since => Count == 0 ? 0 : _streams[_fresh.Count > 0 ? _fresh.Peek() : _turns.Peek()].Peek().Since;

    /// <summary>Adds an append.</summary>
    public void Add(PendingAppend append)
    {
        Count++;
        Bytes += append.Body.Length;
        if (_streams.TryGetValue(append.Stream, out var waiting))
        {
            waiting.Enqueue(append);
            return;
        }

        _streams[append.Stream] = new Queue<PendingAppend>([append]);
        (append.Body.Length <= MaxSmallBytes ? _fresh : _turns).Enqueue(append.Stream);
    }

    /// <summary>Takes appends until they have so many bytes; at least one, and at least one of a stream that sends much, if such wait.</summary>
    /// <param name="batch">Receives them.</param>
    /// <param name="maxBytes">As soon as they have so many bytes, no more are taken.</param>
    /// <param name="offset">The offset of the first.</param>
    /// <returns>The offset after the last.</returns>
    public long Take(List<PendingAppend> batch, int maxBytes, long offset)
    {
        _turnIsDue = true;
        for (long bytes = 0; bytes < maxBytes && Count > 0;)
        {
            var next = Take();
            next.Offset = offset++;
            bytes += next.Body.Length;
            batch.Add(next);
        }

        return offset;
    }

    private PendingAppend Take()
    {
        var ring = _fresh.Count == 0 || (_turnIsDue && _turns.Count > 0) ? _turns : _fresh;
        _turnIsDue &= ring == _fresh;
        var stream = ring.Dequeue();
        var waiting = _streams[stream];
        var append = waiting.Dequeue();
        Count--;
        Bytes -= append.Body.Length;
        if (waiting.Count > 0)
            _turns.Enqueue(stream);
        else
            _streams.Remove(stream);
        return append;
    }
}
