namespace Mina.Streaming.Tests.Recordings;

/// <summary>
/// Writes FLAC streams (RFC 9639) whose frames take every way there is to code a channel, by chance; written apart from the decoder.
/// </summary>
internal sealed class FlacEncoder(Random random)
{
    private readonly List<byte> _bytes = [];
    private int _bit;
    private int _frameStart;

    /// <summary>Whether the stream says how long it is.</summary>
    public bool SaysLength { get; init; } = true;

    /// <summary>Encodes channels of equal length.</summary>
    public byte[] Encode(int[][] channels, int width, int maxBlock = 700)
    {
        Put("fLaC"u8);
        var length = channels[0].Length;
        var padding = random.Next(2) * 50;
        Bits(padding == 0 ? 1 : 0, 1);
        Bits(0, 7);
        Bits(34, 24);
        Bits(16, 16);
        Bits(65535, 16);
        Bits(0, 24);
        Bits(0, 24);
        Bits(48000, 20);
        Bits(channels.Length - 1, 3);
        Bits(width - 1, 5);
        Bits(0, 4);
        Bits(SaysLength ? length : 0, 32);
        Put(new byte[16]);
        if (padding > 0)
        {
            Bits(1, 1);
            Bits(1, 7);
            Bits(padding, 24);
            Put(new byte[padding]);
        }

        for (int at = 0, number = 0; at < length; number++)
        {
            var size = Math.Min(length - at, random.Next(4) switch { 0 => 192, 1 => 256, _ => random.Next(1, maxBlock) });
            Frame([.. channels.Select(channel => channel[at..(at + size)])], width, random.Next(2) == 0 ? number : 1_000_000 + number);
            at += size;
        }

        return [.. _bytes];
    }

    private void Frame(int[][] channels, int width, int number)
    {
        var (length, layout) = (channels[0].Length, channels.Length - 1);
        if (channels.Length == 2) layout = random.Next(4) switch { 0 => 1, var joined => joined + 7 };
        _frameStart = _bytes.Count;
        Bits(0x7FFC, 15);
        Bits(1, 1);
        Bits(length == 192 ? 1 : length == 256 ? 8 : length <= 256 ? 6 : 7, 4);
        Bits(13, 4);
        Bits(layout, 4);
        Bits(width is 8 or 16 or 24 && random.Next(2) == 0 ? (width / 8) switch { 1 => 1, 2 => 4, _ => 6 } : 0, 3);
        Bits(0, 1);
        Put(Utf8(number));
        if (length is not (192 or 256)) Bits(length - 1, length <= 256 ? 8 : 16);
        Bits(48000, 16);
        Bits(Crc(8, 0x07), 8);
        int[][] coded = layout < 8
            ? channels
            : layout switch
            {
                8 => [channels[0], Difference()],
                9 => [Difference(), channels[1]],
                _ => [[.. channels[0].Zip(channels[1], (a, b) => (a + b) >> 1)], Difference()],
            };
        for (var i = 0; i < coded.Length; i++) Subframe(coded[i], width + (layout >= 8 && i == (layout == 9 ? 0 : 1) ? 1 : 0));
        while (_bit != 0) Bits(0, 1);
        Bits(Crc(16, 0x8005), 16);

        int[] Difference() => [.. channels[0].Zip(channels[1], (a, b) => a - b)];
    }

    private void Subframe(int[] samples, int width)
    {
        var wasted = samples.All(s => (s & 3) == 0) && samples.Any(s => s != 0) ? 2 : 0;
        var kind = samples.All(s => s == samples[0]) && random.Next(2) == 0 ? 0 : random.Next(3) switch
        {
            0 => 1,
            1 => 8 + random.Next(Math.Min(5, samples.Length)),
            _ => 32 + random.Next(Math.Min(32, samples.Length)),
        };
        Bits(0, 1);
        Bits(kind, 6);
        Bits(wasted > 0 ? 1 : 0, 1);
        if (wasted > 0) Bits(1, wasted);
        int[] values = [.. samples.Select(s => s >> wasted)];
        width -= wasted;
        var order = kind switch { 0 => 1, 1 => values.Length, < 32 => kind - 8, _ => kind - 31 };
        foreach (var value in values.Take(order)) Bits(value, width);
        if (kind < 8) return;
        int[][] known = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];
        var (coefficients, shift) = kind < 32 ? (known[order], 0) : ([.. Enumerable.Range(0, order).Select(_ => random.Next(-1, 2))], random.Next(5));
        if (kind >= 32)
        {
            Bits(4, 4);
            Bits(shift, 5);
            foreach (var coefficient in coefficients) Bits(coefficient, 5);
        }

        var residual = values.Select((value, i) =>
            i < order ? 0 : value - (int)(coefficients.Select((c, k) => (long)c * values[i - 1 - k]).Sum() >> shift)).ToArray();
        var wide = random.Next(2);
        Bits(wide, 2);
        var partitionOrder = values.Length % 4 == 0 && values.Length / 4 >= order ? random.Next(3) : 0;
        Bits(partitionOrder, 4);
        var size = values.Length >> partitionOrder;
        for (var part = 0; part < 1 << partitionOrder; part++)
        {
            var inside = residual[Math.Max(order, part * size)..((part + 1) * size)];
            var largest = inside.Length == 0 ? 0u : inside.Max(Fold);
            var best = Math.Max(0, 30 - System.Numerics.BitOperations.LeadingZeroCount(largest | 1));
            if (random.Next(4) == 0 || best > (wide == 1 ? 30 : 14))
            {
                Bits(wide == 1 ? 31 : 15, wide == 1 ? 5 : 4);
                Bits(31, 5);
                foreach (var value in inside) Bits(value, 31);
                continue;
            }

            Bits(best, wide == 1 ? 5 : 4);
            foreach (var value in inside)
            {
                for (var ones = Fold(value) >> best; ones > 0; ones--) Bits(0, 1);
                Bits(1, 1);
                Bits((int)(Fold(value) & ((1u << best) - 1)), best);
            }
        }
    }

    private static uint Fold(int value) => (uint)((value << 1) ^ (value >> 31));

    private static byte[] Utf8(int number) => number < 128
        ? [(byte)number]
        : [.. System.Text.Encoding.UTF8.GetBytes(char.ConvertFromUtf32(Math.Min(number, 1_100_000)))];

    private void Put(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) _bytes.Add(value);
    }

    private void Bits(int value, int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            if (_bit == 0) _bytes.Add(0);
            if ((value >> Math.Min(i, 31) & 1) == 1) _bytes[^1] |= (byte)(128 >> _bit);
            _bit = (_bit + 1) % 8;
        }
    }

    // Bit by bit, as the standard defines it.
    private int Crc(int bits, int polynomial)
    {
        var sum = 0;
        foreach (var value in _bytes.Skip(_frameStart))
        {
            for (var i = 7; i >= 0; i--)
            {
                var top = (sum >> (bits - 1) & 1) ^ (value >> i & 1);
                sum = ((sum << 1) ^ (top == 1 ? polynomial : 0)) & ((1 << bits) - 1);
            }
        }

        return sum;
    }
}
