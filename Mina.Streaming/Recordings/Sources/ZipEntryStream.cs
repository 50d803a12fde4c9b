namespace Mina.Streaming.Recordings.Sources;

/// <summary>
/// A file of a zip as it is unpacked, from its start to its end: exactly the bytes that the zip's directory promises. A broken zip is
/// an <see cref="IOException"/> that names the file.
/// </summary>
/// <param name="inner">The bytes as they are unpacked.</param>
/// <param name="length">How many bytes the zip's directory promises.</param>
/// <param name="location">The file, for messages.</param>
/// <param name="onDispose">Called once, when the stream is disposed.</param>
internal sealed class ZipEntryStream(Stream inner, long length, string location, Action onDispose) : ForwardStream
{
    private bool _disposed;

    /// <inheritdoc/>
    public override long Length => length;

    /// <summary>The exception that says that a file of a zip is broken.</summary>
    public static IOException Broken(string location, Exception e) =>
        new($"{location} cannot be unpacked ({e.Message.TrimEnd('.')}): unpack it with another program, or get the zip again", e);

    /// <inheritdoc/>
    protected override int ReadNext(Span<byte> buffer)
    {
        var most = (int)Math.Min(buffer.Length, length - Position);
        if (most == 0) return 0;
        try
        {
            var got = inner.Read(buffer[..most]);
            if (got == 0) throw new EndOfStreamException();
            return got;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or EndOfStreamException)
        {
            throw Broken(location, e);
        }
    }

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
