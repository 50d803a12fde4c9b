using System.Numerics;

namespace Mina.Streaming.Recordings.Formats.Wfdb.Flac;

/// <summary>
/// Decodes a FLAC stream frame by frame, from its start to its end, in the memory of one frame (RFC 9639). Checksums are compared, so that a
/// damaged frame is an <see cref="IOException"/> and never samples.
/// </summary>
internal sealed class FlacStream : IDisposable
{
    /// <summary>Samples of a channel that the smallest frame of a file may hold, for each of its bytes.</summary>
    public const int MaxSamplesPerByte = 65535 / 10;

    private const int StreamInfoBytes = 34;
    private const int MaxMetadataBlocks = 1000;

    private readonly Stream _stream;
    private readonly FlacBits _bits;
    private readonly int[][] _samples;

    /// <summary>Opens a stream: reads what comes before the frames.</summary>
    /// <exception cref="IOException">It is no FLAC stream, or one with more than 24 bits.</exception>
    public FlacStream(Stream stream)
    {
        (_stream, _bits) = (stream, new FlacBits(stream));
        try
        {
            if (_bits.Read(32) != 0x664C6143) throw new IOException("it is no FLAC stream, as its header says it is");
            for (var blocks = 0; ; blocks++)
            {
                var (isLast, kind, bytes) = (_bits.Read(1) == 1, _bits.Read(7), (int)_bits.Read(24));
                if (blocks == 0 && (kind != 0 || bytes != StreamInfoBytes)) throw Damaged(_bits, "it does not begin with the description of its samples");
                if (blocks == 0) ReadInfo();
                else _bits.Skip(bytes);
                if (isLast) break;
                if (blocks == MaxMetadataBlocks) throw Damaged(_bits, "its metadata do not end");
            }
        }
        catch (EndOfStreamException e)
        {
            throw new IOException("it ends before its first FLAC frame", e);
        }

        _samples = new int[Channels][];
        Array.Fill(_samples, []);
    }

    /// <summary>How many channels it has, 1 to 8.</summary>
    public int Channels { get; private set; }

    /// <summary>Bits of a sample, 4 to 24.</summary>
    public int Width { get; private set; }

    /// <summary>Samples of each channel, as the stream says it; 0 where it does not.</summary>
    public long Length { get; private set; }

    /// <summary>Samples of each channel in the frame that was read last.</summary>
    public int FrameLength { get; private set; }

    /// <summary>The exception that says where a stream is damaged.</summary>
    public static IOException Damaged(FlacBits bits, string how) => new($"its FLAC stream is damaged at byte {bits.Position} ({how})");

    /// <summary>A channel's samples in the frame that was read last.</summary>
    public ReadOnlySpan<int> Channel(int index) => _samples[index].AsSpan(0, FrameLength);

    /// <summary>Reads the next frame; false at the end.</summary>
    /// <exception cref="IOException">The stream is damaged, or ends within the frame.</exception>
    public bool Read()
    {
        _bits.Mark();
        FrameLength = 0;
        if (_bits.IsAtEnd()) return false;
        var (length, layout) = ReadFrameHeader();
        for (var i = 0; i < Channels; i++)
        {
            if (_samples[i].Length < length) _samples[i] = new int[length];
            // The difference of two channels needs a bit more than either.
            FlacSubframe.Decode(_bits, Width + (IsDifference(layout, i) ? 1 : 0), _samples[i].AsSpan(0, length));
        }

        _bits.AlignToByte();
        var sum = Crc16(_bits.SinceMark);
        if (_bits.Read(16) != sum) throw Damaged(_bits, "a frame's checksum differs");
        if (layout >= 8) Join(_samples[0].AsSpan(0, length), _samples[1].AsSpan(0, length), layout);
        FrameLength = length;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static bool IsDifference(int layout, int channel) => layout >= 8 && channel == (layout == 9 ? 0 : 1);

    private static void Join(Span<int> first, Span<int> second, int layout)
    {
        for (var i = 0; i < first.Length; i++)
        {
            switch (layout)
            {
                case 8: // left and difference
                    second[i] = first[i] - second[i];
                    break;
                case 9: // difference and right
                    first[i] += second[i];
                    break;
                default: // mean and difference
                    var sum = (first[i] << 1) | (second[i] & 1);
                    (first[i], second[i]) = ((sum + second[i]) >> 1, (sum - second[i]) >> 1);
                    break;
            }
        }
    }

    private void ReadInfo()
    {
        _bits.Read(32); // the smallest and the largest block
        _bits.Read(24); // the smallest frame
        _bits.Read(24); // the largest frame
        _bits.Read(20); // the sampling frequency of audio: that of the recording is in its header
        (Channels, Width) = ((int)_bits.Read(3) + 1, (int)_bits.Read(5) + 1);
        Length = ((long)_bits.Read(4) << 32) | _bits.Read(32);
        _bits.Skip(16); // the samples' MD5
        if (Width is < 4 or > 24) throw new IOException($"its FLAC stream has samples of {Width} bits, and 4 to 24 are read");
    }

    /// <summary>A frame's number of samples, and how its channels are coded: one by one up to 7, else with a difference.</summary>
    private (int Length, int Layout) ReadFrameHeader()
    {
        // 14 bits of synchronisation, a reserved one, and whether frames have different lengths.
        if (_bits.Read(16) >> 1 != 0x7FFC) throw Damaged(_bits, "a frame does not begin as one");
        var (size, rate, layout, width) = ((int)_bits.Read(4), (int)_bits.Read(4), (int)_bits.Read(4), (int)_bits.Read(3));
        var isReserved = _bits.Read(1) == 1;
        ReadNumber();
        var length = size switch
        {
            1 => 192,
            >= 2 and <= 5 => 576 << (size - 2),
            6 => (int)_bits.Read(8) + 1,
            7 => (int)_bits.Read(16) + 1,
            >= 8 => 256 << (size - 8),
            _ => 0,
        };
        if (rate is 12) _bits.Read(8);
        if (rate is 13 or 14) _bits.Read(16);
        if (isReserved || length is 0 or > 65535 || rate == 15 || layout > 10) throw Damaged(_bits, "a frame's header holds reserved values");
        if ((layout < 8 ? layout + 1 : 2) != Channels) throw Damaged(_bits, "a frame has another number of channels than the stream");
        int[] widths = [Width, 8, 12, 0, 16, 20, 24, 32];
        if (widths[width] != Width) throw Damaged(_bits, "a frame has samples of another width than the stream");
        var sum = Crc8(_bits.SinceMark);
        if (_bits.Read(8) != sum) throw Damaged(_bits, "the checksum of a frame's header differs");
        return (length, layout);
    }

    // The frame's or its first sample's number, written as UTF-8 does, in up to seven bytes.
    private void ReadNumber()
    {
        var first = _bits.Read(8);
        var more = BitOperations.LeadingZeroCount(~(first << 24));
        if (more is 1 or > 7) throw Damaged(_bits, "a frame's number is not written as one");
        for (; more > 1; more--)
        {
            if (_bits.Read(8) >> 6 != 2) throw Damaged(_bits, "a frame's number is not written as one");
        }
    }

    private static byte Crc8(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (var value in bytes) sum = Crc8Table[sum ^ value];
        return sum;
    }

    private static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        ushort sum = 0;
        foreach (var value in bytes) sum = (ushort)((sum << 8) ^ Crc16Table[(sum >> 8) ^ value]);
        return sum;
    }

    private static readonly byte[] Crc8Table = [.. Enumerable.Range(0, 256).Select(i => (byte)Divide(i, 0x07, 8))];

    private static readonly ushort[] Crc16Table = [.. Enumerable.Range(0, 256).Select(i => (ushort)Divide(i << 8, 0x8005, 16))];

    private static int Divide(int value, int polynomial, int bits)
    {
        for (var i = 0; i < 8; i++) value = (value << 1) ^ ((value >> (bits - 1) & 1) == 1 ? polynomial : 0);
        return value & ((1 << bits) - 1);
    }
}
