namespace Mina.Host.Monitor.Edges;

/// <summary>
/// Cuts a growing recording into chunks of one second from its beginning, however it grows. When the recording is read again after a restart,
/// the chunks and their numbers are the same, so that the monitor recognises those it has had.
/// </summary>
internal sealed class WholeSeconds
{
    private readonly List<float> _rest = [];
    private DateTimeOffset _first;
    private double _fs;
    private long _sequence;

    /// <summary>Takes samples.</summary>
    /// <param name="first">The time of the first of the samples.</param>
    /// <param name="fs">The sampling frequency, Hz.</param>
    /// <param name="millivolts">The samples, mV.</param>
    /// <returns>The seconds that are complete now, preceded by the remainder where the new samples do not follow it.</returns>
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

    /// <summary>Takes the remainder as a chunk, where the recording has stopped growing.</summary>
    public IEnumerable<SampleChunk> Rest()
    {
        if (_rest.Count == 0)
            return [];
        var chunk = new SampleChunk(_sequence++, _first, _fs, [.. _rest]);
        _first = Next;
        _rest.Clear();
        return [chunk];
    }

    /// <summary>Takes the remainder and a last chunk, where the recording was started again.</summary>
    public IEnumerable<SampleChunk> End(DateTimeOffset at)
    {
        SampleChunk[] rest = [.. Rest()];
        return _fs > 0 ? [.. rest, new SampleChunk(_sequence++, at, _fs, [], End: true)] : rest;
    }

    private DateTimeOffset Next => _first.AddSeconds(_rest.Count / _fs);
}
