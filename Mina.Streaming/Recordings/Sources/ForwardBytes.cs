namespace Mina.Streaming.Recordings.Sources;

/// <summary>
/// Ranges of a stream's bytes, asked for from its start to its end. Only the range that was asked for last is kept, so that memory
/// does not depend on the stream's length, and the stream need not be able to seek.
/// </summary>
internal sealed class ForwardBytes(Stream stream) : IDisposable
{
    private byte[] _buffer = new byte[4096];
    private long _start;
    private int _count;

    /// <summary>Gives a range.</summary>
    /// <param name="from">The range's first byte: not before the one asked for last.</param>
    /// <param name="count">How many bytes.</param>
    /// <returns>The bytes, until the next call.</returns>
    /// <exception cref="IOException">The stream ends before the range does, or cannot be read.</exception>
    public ReadOnlySpan<byte> Read(long from, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, _start);
        var dropped = (int)Math.Min(from - _start, _count);
        if (_buffer.Length < count)
        {
            var larger = new byte[count];
            _buffer.AsSpan(dropped, _count - dropped).CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(dropped, _count - dropped).CopyTo(_buffer);
        }

        (_start, _count) = (_start + dropped, _count - dropped);
        Skip(from - _start);
        if (_count < count)
        {
            stream.ReadExactly(_buffer, _count, count - _count);
            _count = count;
        }

        return _buffer.AsSpan(0, count);
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private void Skip(long bytes)
    {
        _start += bytes;
        if (bytes > 0 && stream.CanSeek)
        {
            stream.Seek(bytes, SeekOrigin.Current);
            return;
        }

        while (bytes > 0)
        {
            var part = (int)Math.Min(bytes, _buffer.Length);
            stream.ReadExactly(_buffer, 0, part);
            bytes -= part;
        }
    }
}
