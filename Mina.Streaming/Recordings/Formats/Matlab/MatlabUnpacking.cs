using System.IO.Compression;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Matlab;

/// <summary>What a packed element of a MATLAB file unpacks to; trouble is an <see cref="IOException"/>.</summary>
/// <param name="file">The file.</param>
/// <param name="at">The element's first packed byte.</param>
/// <param name="length">Its packed bytes.</param>
/// <param name="before">What elements before it have unpacked to, in bytes.</param>
/// <param name="most">What all of them may unpack to (<see cref="MostOf"/>).</param>
internal sealed class MatlabUnpacking(ForwardBytes file, long at, long length, long before, long most) : ForwardStream
{
    // A file of zeros packs without limit; a real recording to a half or a tenth.
    private const long UncheckedBytes = 64L << 20;
    private const int MaxRatio = 50;

    private readonly ZLibStream _stream = new(new Part(file, at, length), CompressionMode.Decompress);

    /// <summary>The most bytes that the elements of a file of a recording unpack to.</summary>
    /// <param name="bytes">Bytes of the file.</param>
    public static long MostOf(long bytes) => Math.Max(UncheckedBytes, bytes * MaxRatio);

    /// <inheritdoc/>
    protected override int ReadNext(Span<byte> buffer)
    {
        try
        {
            var read = _stream.Read(buffer);
            return before + Position + read <= most
                ? read
                : throw new IOException(FormattableString.Invariant($"it unpacks to more than {most} bytes, as no ECG does"));
        }
        catch (InvalidDataException e)
        {
            throw new IOException("its packed variables are damaged: get the file again", e);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _stream.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A part of a file.</summary>
    private sealed class Part(ForwardBytes file, long at, long length) : ForwardStream
    {
        private const int MaxBytes = 1 << 14;

        protected override int ReadNext(Span<byte> buffer)
        {
            var some = (int)Math.Min(Math.Min(buffer.Length, MaxBytes), length - Position);
            file.Read(at + Position, some).CopyTo(buffer);
            return some;
        }
    }
}
