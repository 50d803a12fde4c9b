namespace Mina.Streaming.Recordings.Sources;

/// <summary>
/// A file of a zip as it is unpacked, from its start to its end: exactly the bytes that the zip's directory promises. A broken zip is
/// an <see cref="IOException"/> that names the file.
/// </summary>
/// <param name="inner">The bytes as they are unpacked.</param>
/// <param name="length">How many bytes the zip's directory promises.</param>
/// <param name="location">The file, for messages.</param>
/// <param name="onDispose">Called once, when the stream is disposed.</param>
internal sealed class ZipEntryStream(Stream inner, long length, string location, Action onDispose) : Stream
{
    private long _position;
    private bool _disposed;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>The exception that says that a file of a zip is broken.</summary>
    public static IOException Broken(string location, Exception e) =>
        new($"{location} cannot be unpacked ({e.Message.TrimEnd('.')}): unpack it with another program, or get the zip again", e);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var most = (int)Math.Min(buffer.Length, length - _position);
        if (most == 0) return 0;
        try
        {
            var got = inner.Read(buffer[..most]);
            if (got == 0) throw new EndOfStreamException();
            _position += got;
            return got;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or EndOfStreamException)
        {
            throw Broken(location, e);
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            inner.Dispose();
            onDispose();
        }

        base.Dispose(disposing);
    }
}
