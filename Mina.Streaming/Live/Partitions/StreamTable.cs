using System.Collections.Concurrent;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// The streams that there are, by name, and whether there may be one more. When there are as many as are allowed, those that hold no place
/// (<see cref="IStreamFold{TState, TEvent, TOutput}.TakesPlace"/>) do not count. Every member may be used from any thread.
/// </summary>
/// <param name="maxStreams">The largest number of streams that hold a place.</param>
/// <param name="takesPlace">Whether a stream holds a place now.</param>
/// <param name="create">A new stream.</param>
internal sealed class StreamTable<TState, TEvent, TOutput>(
    int maxStreams, Func<TState, bool> takesPlace, Func<string, OwnedStream<TState, TEvent, TOutput>> create)
    where TState : class
    where TOutput : class
{
    private readonly ConcurrentDictionary<string, OwnedStream<TState, TEvent, TOutput>> _streams = new(StringComparer.Ordinal);
    private readonly Lock _adding = new();
    private volatile bool _closed;

    /// <summary>Whether no stream is added any more.</summary>
    public bool IsClosed => _closed;

    /// <summary>All streams.</summary>
    public IEnumerable<KeyValuePair<string, OwnedStream<TState, TEvent, TOutput>>> All => _streams;

    /// <summary>A stream; null where there is none of that name.</summary>
    public OwnedStream<TState, TEvent, TOutput>? Find(string stream) => _streams.GetValueOrDefault(stream);

    /// <summary>A stream, which is added where there is none of that name; null where there may be no more, or the table is closed.</summary>
    /// <param name="stream">The name.</param>
    /// <param name="ignoresLimit">Whether it is added however many there are.</param>
    public OwnedStream<TState, TEvent, TOutput>? FindOrAdd(string stream, bool ignoresLimit = false)
    {
        if (_streams.TryGetValue(stream, out var found))
            return found;
        lock (_adding)
        {
            if (_closed)
                return null;
            if (_streams.TryGetValue(stream, out found))
                return found;
            if (!ignoresLimit && _streams.Count >= maxStreams && _streams.Values.Count(owned => takesPlace(owned.State)) >= maxStreams)
                return null;
            return _streams[stream] = create(stream);
        }
    }

    /// <summary>Adds a stream of an earlier run, if there is none of that name.</summary>
    public bool TryAdd(OwnedStream<TState, TEvent, TOutput> stream) => _streams.TryAdd(stream.Name, stream);

    /// <summary>Removes the streams that are over and for which nothing waits; one that sends again starts from the beginning.</summary>
    /// <returns>Their names and last states.</returns>
    public IReadOnlyList<KeyValuePair<string, TState>> Remove(Func<TState, bool> isOver)
    {
        var removed = new List<KeyValuePair<string, TState>>();
        foreach (var (name, owned) in _streams)
        {
            if (TryRemove(owned, isOver))
                removed.Add(KeyValuePair.Create(name, owned.State));
        }

        return removed;
    }

    /// <summary>Removes a stream if it is over and nothing waits for it.</summary>
    public bool TryRemove(OwnedStream<TState, TEvent, TOutput> owned, Func<TState, bool> isOver)
    {
        if (!owned.TryRemove(isOver))
            return false;
        _streams.TryRemove(KeyValuePair.Create(owned.Name, owned));
        return true;
    }

    /// <summary>Adds no more streams.</summary>
    /// <returns>Whether this call closed it.</returns>
    public bool Close()
    {
        lock (_adding)
        {
            var first = !_closed;
            _closed = true;
            return first;
        }
    }
}
