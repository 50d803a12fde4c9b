using System.Buffers.Binary;
using System.Numerics;

namespace Mina.Streaming.Recordings.Formats.Wfdb.Flac;

/// <summary>
/// The bits of a FLAC stream, from its start to its end. The bytes from <see cref="Mark"/> on are kept, so that a frame's checksums can be made
/// of them; memory is that of the longest frame.
/// </summary>
internal sealed class FlacBits(Stream stream)
{
    // Bytes behind the last one that was read, so that eight can always be taken at once.
    private const int Padding = 8;

    // Eight channels of 65,535 samples have 2 MB in the longest way to write them that an encoder chooses.
    private const int MaxFrameBytes = 16 << 20;

    private byte[] _buffer = new byte[(64 << 10) + Padding];
    private int _count;
    private int _mark;
    private long _bit;
    private long _dropped;

    /// <summary>The byte of the stream that is read next, for messages.</summary>
    public long Position => _dropped + (_bit >> 3);

    /// <summary>The bytes from the mark to the one that is read next.</summary>
    public ReadOnlySpan<byte> SinceMark => _buffer.AsSpan(_mark, (int)(_bit >> 3) - _mark);

    /// <summary>Sets the mark to the byte that is read next; what lies before it is forgotten.</summary>
    public void Mark() => _mark = (int)(_bit >> 3);

    /// <summary>Whether the stream ends here.</summary>
    public bool IsAtEnd() => !TryFill(1);

    /// <summary>Passes over the bits up to the next whole byte.</summary>
    public void AlignToByte() => _bit = (_bit + 7) & ~7L;

    /// <summary>Passes over bytes.</summary>
    public void Skip(long bytes)
    {
        for (; bytes > 0; bytes--)
        {
            Read(8);
            Mark();
        }
    }

    /// <summary>The next bits as a number, 0 to 32 of them.</summary>
    /// <exception cref="EndOfStreamException">The stream ends before.</exception>
    public uint Read(int bits)
    {
        if (bits == 0) return 0;
        Require(bits);
        var value = (uint)(Next() >> (64 - bits));
        _bit += bits;
        return value;
    }

    /// <summary>The next bits as a number in two's complement, 0 to 32 of them.</summary>
    /// <exception cref="EndOfStreamException">The stream ends before.</exception>
    public int ReadSigned(int bits) => bits == 0 ? 0 : (int)Read(bits) << (32 - bits) >> (32 - bits);

    /// <summary>How many zeros come before the next one; the one is passed over too.</summary>
    /// <exception cref="EndOfStreamException">The stream ends before.</exception>
    public int ReadUnary()
    {
        var zeros = 0;
        while (true)
        {
            Require(1);
            var left = (int)Math.Min(56, (8L * _count) - _bit);
            var run = Math.Min(left, BitOperations.LeadingZeroCount(Next()));
            zeros = checked(zeros + run);
            _bit += run;
            if (run == left) continue;
            _bit++;
            return zeros;
        }
    }

    // At least 57 bits from the one that is read next on.
    private ulong Next() => BinaryPrimitives.ReadUInt64BigEndian(_buffer.AsSpan((int)(_bit >> 3))) << (int)(_bit & 7);

    private void Require(int bits)
    {
        if (_bit + bits > 8L * _count && !TryFill(bits)) throw new EndOfStreamException("it ends within a FLAC frame");
    }

    private bool TryFill(int bits)
    {
        while (_bit + bits > 8L * _count)
        {
            if (_mark > 0)
            {
                _buffer.AsSpan(_mark, _count - _mark).CopyTo(_buffer);
                (_count, _bit, _dropped, _mark) = (_count - _mark, _bit - (8L * _mark), _dropped + _mark, 0);
            }

            if (_count + Padding == _buffer.Length)
            {
                if (_buffer.Length >= MaxFrameBytes) throw new IOException("it has a FLAC frame of more than 16 MB, as no encoder writes it");
                Array.Resize(ref _buffer, (2 * (_buffer.Length - Padding)) + Padding);
            }

            var read = stream.Read(_buffer, _count, _buffer.Length - Padding - _count);
            if (read == 0) return false;
            _count += read;
            _buffer.AsSpan(_count, Padding).Clear();
        }

        return true;
    }
}
