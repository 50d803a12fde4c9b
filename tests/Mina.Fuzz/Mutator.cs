using System.Text;
using Mina.Preprocess;

namespace Mina.Fuzz;

/// <summary>Changes inputs, the same way for the same seed.</summary>
internal sealed class Mutator(ulong seed)
{
    private const int MaxBytes = 1 << 16;

    private static readonly byte[] Bytes = [0, 1, 2, 9, 10, 13, 32, 34, 44, 45, 46, 47, 48, 57, 92, 0x7F, 0x80, 0xC0, 0xEF, 0xFE, 0xFF];

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "2147483647", "2147483648", "-2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "1e308", "-1e308", "1e-308", "1e999", "1e-999", "NaN", "Infinity", "-Infinity", "0.1", "1/60", "99999999999999999999",
    ];

    private SplitMix64 _random = new(seed);

    /// <summary>A number from 0 below a bound.</summary>
    public int Below(int bound) => _random.Below(bound);

    /// <summary>A changed copy of an input.</summary>
    /// <param name="input">It stays as it is.</param>
    /// <param name="other">An input that pieces may be taken from.</param>
    public byte[] Change(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var changes = 1 + Below(4); changes > 0; changes--)
            ChangeOnce(bytes, other);
        if (bytes.Count > MaxBytes)
            bytes.RemoveRange(MaxBytes, bytes.Count - MaxBytes);
        return [.. bytes];
    }

    private void ChangeOnce(List<byte> bytes, byte[] other)
    {
        var at = bytes.Count == 0 ? 0 : Below(bytes.Count);
        var length = Math.Min(bytes.Count - at, 1 + Below(1 << Below(9)));
        switch (Below(10))
        {
            case 0 when bytes.Count > 0:
                bytes[at] ^= (byte)(1 << Below(8));
                break;
            case 1 when bytes.Count > 0:
                bytes[at] = Bytes[Below(Bytes.Length)];
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5 when other.Length > 0:
                var from = Below(other.Length);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 1 + Below(64))]);
                break;
            case 6:
                bytes.InsertRange(at, Enumerable.Repeat(Bytes[Below(Bytes.Length)], 1 + Below(1 << Below(12))));
                break;
            case 7 when bytes.Count >= 8:
                WriteNumber(bytes, Below(bytes.Count - 7));
                break;
            default:
                ReplaceNumber(bytes, at);
                break;
        }
    }

    /// <summary>Puts an extreme of a binary number somewhere.</summary>
    private void WriteNumber(List<byte> bytes, int at)
    {
        long[] extremes = [0, -1, 1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 53, BitConverter.DoubleToInt64Bits(double.NaN)];
        var number = BitConverter.GetBytes(extremes[Below(extremes.Length)]);
        for (var i = 0; i < (1 << Below(4)); i++)
            bytes[at + i] = number[i];
    }

    /// <summary>Puts an extreme in place of a number in text, the next one after a place, or there.</summary>
    private void ReplaceNumber(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, static digit => char.IsAsciiDigit((char)digit));
        if (start >= 0)
        {
            var end = start;
            while (end < bytes.Count && (char.IsAsciiDigit((char)bytes[end]) || bytes[end] == '.'))
                end++;
            bytes.RemoveRange(start, end - start);
        }

        bytes.InsertRange(Math.Max(0, start), Encoding.ASCII.GetBytes(Numbers[Below(Numbers.Length)]));
    }
}
