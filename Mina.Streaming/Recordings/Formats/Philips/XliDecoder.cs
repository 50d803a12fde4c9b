using System.Buffers.Binary;

namespace Mina.Streaming.Recordings.Formats.Philips;

/// <summary>
/// Philips' XLI compression: a chunk a lead, packed by LZW with codes of ten bits, which hold the upper bytes of all samples and then the lower ones;
/// from the third on they are second differences. Not published; found by the sierra-ecg-tools (Watford 2011).
/// </summary>
internal static class XliDecoder
{
    /// <summary>The most samples that a lead has: 35 minutes at 500 Hz. A few bytes can pack any number of equal ones.</summary>
    public const int MaxSamples = 1 << 20;

    private const int HeaderBytes = 8;
    private const int CodeBits = 10;
    private const int MaxCode = (1 << CodeBits) - 2;

    // Differences are stored above this, so that their upper bytes are mostly equal.
    private const int Bias = 64;

    /// <summary>The chunks of a waveform, in the order of its leads.</summary>
    /// <exception cref="IOException">A chunk is longer than the rest of the waveform.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Chunks(ReadOnlyMemory<byte> waveform)
    {
        var chunks = new List<ReadOnlyMemory<byte>>();
        while (waveform.Length >= HeaderBytes)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(waveform.Span);
            if (length < 0 || length > waveform.Length - HeaderBytes) throw Damaged();
            chunks.Add(waveform[..(HeaderBytes + length)]);
            waveform = waveform[(HeaderBytes + length)..];
        }

        return chunks;
    }

    /// <summary>Decodes a chunk.</summary>
    /// <param name="chunk">The chunk with its header.</param>
    /// <param name="samples">How many samples the lead has, at most <see cref="MaxSamples"/>.</param>
    /// <exception cref="IOException">The chunk holds fewer samples, or codes that no encoder writes.</exception>
    public static int[] Decode(ReadOnlySpan<byte> chunk, int samples)
    {
        var bytes = new byte[2 * samples];
        Unpack(chunk[HeaderBytes..], bytes);
        var values = new int[samples];
        for (var i = 0; i < samples; i++) values[i] = (short)((bytes[i] << 8) | bytes[samples + i]);
        int difference = BinaryPrimitives.ReadInt16LittleEndian(chunk[6..]);
        for (var i = 2; i < samples; i++)
        {
            var value = (short)((2 * values[i - 1]) - values[i - 2] - difference);
            (difference, values[i]) = (values[i] - Bias, value);
        }

        return values;
    }

    /// <summary>LZW: each code stands for a string; each but the first adds one, of the string before and the first byte of its own.</summary>
    private static void Unpack(ReadOnlySpan<byte> packed, Span<byte> bytes)
    {
        // A string is another and a last byte.
        var (others, lasts, lengths) = (new int[MaxCode + 1], new byte[MaxCode + 1], new int[MaxCode + 1]);
        for (var code = 0; code < 256; code++) (lasts[code], lengths[code]) = ((byte)code, 1);
        var (next, before, done, bits) = (256, -1, 0, 0L);
        while (done < bytes.Length)
        {
            if (bits + CodeBits > packed.Length * 8L || CodeAt(packed, bits) is not (<= MaxCode and var code)) throw Damaged();
            bits += CodeBits;
            if (before >= 0 && next <= MaxCode)
            {
                // The string that is being added may be the very one that is used.
                var first = FirstOf(code == next ? before : code, others, lengths, lasts);
                (others[next], lasts[next], lengths[next]) = (before, first, lengths[before] + 1);
                next++;
            }

            if (code >= next) throw Damaged();
            var length = lengths[code];
            for (var (at, one) = (done + length - 1, code); at >= done; at--, one = others[one])
            {
                if (at < bytes.Length) bytes[at] = lasts[one];
            }

            (done, before) = (done + length, code);
        }
    }

    private static byte FirstOf(int code, int[] others, int[] lengths, byte[] lasts)
    {
        while (lengths[code] > 1) code = others[code];
        return lasts[code];
    }

    private static int CodeAt(ReadOnlySpan<byte> packed, long bit)
    {
        var at = (int)(bit / 8);
        var word = (packed[at] << 16) | ((at + 1 < packed.Length ? packed[at + 1] : 0) << 8) | (at + 2 < packed.Length ? packed[at + 2] : 0);
        return (word >> (24 - CodeBits - (int)(bit % 8))) & ((1 << CodeBits) - 1);
    }

    private static IOException Damaged() => new("its waveform is no XLI to its end: export it again");
}
