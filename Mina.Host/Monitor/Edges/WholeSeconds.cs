namespace Mina.Host.Monitor.Edges;

/// <summary>
/// Cuts a growing recording into chunks of a second from its beginning, however it grows: the same chunks with the same numbers when it is
/// read again after a restart, so that what came before is known as such.
/// </summary>
internal sealed class WholeSeconds
{
    private readonly List<float> _rest = [];
    private DateTimeOffset _first;
    private double _fs;
    private long _sequence;

    /// <summary>Takes samples.</summary>
    /// <param name="first">When the first of them was taken.</param>
    /// <param name="fs">Hz.</param>
    /// <param name="millivolts">The samples.</param>
    /// <returns>The seconds that are whole now, and what was left over where the samples do not follow it.</returns>
    public IEnumerable<SampleChunk> Take(DateTimeOffset first, double fs, float[] millivolts)
    {
        var chunks = new List<SampleChunk>();
        if (_rest.Count > 0 && (fs != _fs || (first - Next).Duration() > TimeSpan.FromSeconds(1 / fs)))
            chunks.AddRange(Rest());
        if (_rest.Count == 0)
            _first = first;
        (_fs, var length) = (fs, Math.Max(1, (int)fs));
        _rest.AddRange(millivolts);
        var begin = _first;
        var at = 0;
        for (; at + length <= _rest.Count; at += length)
            chunks.Add(new SampleChunk(_sequence++, begin.AddSeconds(at / fs), fs, [.. _rest.GetRange(at, length)]));
        _rest.RemoveRange(0, at);
        _first = begin.AddSeconds(at / fs);
        return chunks;
    }

    /// <summary>What is left over, where the recording grows no more.</summary>
    public IEnumerable<SampleChunk> Rest()
    {
        if (_rest.Count == 0)
            return [];
        var chunk = new SampleChunk(_sequence++, _first, _fs, [.. _rest]);
        _first = Next;
        _rest.Clear();
        return [chunk];
    }

    /// <summary>The recording was started over: what is left over, and the end.</summary>
    public IEnumerable<SampleChunk> End(DateTimeOffset at)
    {
        SampleChunk[] rest = [.. Rest()];
        return _fs > 0 ? [.. rest, new SampleChunk(_sequence++, at, _fs, [], End: true)] : rest;
    }

    private DateTimeOffset Next => _first.AddSeconds(_rest.Count / _fs);
}
