namespace Mina.Preprocess.Streams;

/// <summary>
/// Encodes samples as the differences of their multiples of a <see cref="SampleStep"/>, in which form the log and the snapshots write them. A
/// missing sample is 0. Any other is one more than the difference from the multiple before, whose sign is the last bit, in seven bits a byte;
/// most samples take one byte.
/// </summary>
internal static class SampleDifferences
{
    /// <summary>The largest number of bytes that a sample takes.</summary>
    public const int MaxBytes = 5;

    /// <summary>Writes samples.</summary>
    /// <param name="multiples">The multiples; <see cref="SampleStep.Missing"/> stands for a missing sample.</param>
    /// <param name="to">Has room for <see cref="MaxBytes"/> each.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Write(ReadOnlySpan<int> multiples, Span<byte> to)
    {
        var (length, before) = (0, 0);
        foreach (var multiple in multiples)
        {
            var code = 0u;
            if (multiple != SampleStep.Missing)
            {
                var difference = multiple - before;
                code = (uint)((difference << 1) ^ (difference >> 31)) + 1;
                before = multiple;
            }

            for (; code >= 0x80; code >>= 7)
                to[length++] = (byte)(code | 0x80);
            to[length++] = (byte)code;
        }

        return length;
    }

    /// <summary>Reads samples.</summary>
    /// <param name="from">The bytes; more may follow.</param>
    /// <param name="multiples">Receives the multiples; its length says how many there are.</param>
    /// <returns>The number of bytes read.</returns>
    /// <exception cref="InvalidDataException">The bytes hold fewer samples.</exception>
    public static int Read(ReadOnlySpan<byte> from, Span<int> multiples)
    {
        var (at, before) = (0, 0);
        for (var i = 0; i < multiples.Length; i++)
        {
            var code = 0u;
            for (var shift = 0; ; shift += 7)
            {
                if (at == from.Length)
                    throw new InvalidDataException("the end is missing");
                if (shift == 7 * MaxBytes)
                    throw new InvalidDataException("a number is too long");
                code |= (uint)(from[at] & 0x7f) << shift;
                if (from[at++] < 0x80)
                    break;
            }

            if (code == 0)
            {
                multiples[i] = SampleStep.Missing;
                continue;
            }

            var folded = code - 1;
            before += (int)(folded >> 1) ^ -(int)(folded & 1);
            multiples[i] = before;
        }

        return at;
    }
}
