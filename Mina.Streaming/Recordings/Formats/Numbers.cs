using System.Globalization;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>Numbers as files write them: invariant, no thousands.</summary>
internal static class Numbers
{
    private const int MostPlainDigits = 15;

    private static readonly double[] PowersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>A whole number of 32 bits.</summary>
    public static bool TryInt(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>A whole number of 64 bits.</summary>
    public static bool TryLong(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>A finite number.</summary>
    public static bool TryDouble(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>
    /// A number of up to 15 plain digits, with or without a sign and a decimal point, as nearly all are. It has the bits that
    /// <see cref="double.Parse(string)"/> gives, several times as fast: both of what is divided are exact, and a division rounds once.
    /// </summary>
    /// <returns>False where it is written in any other way, or is no number.</returns>
    public static bool TryPlain(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var at = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        if (text.Length - at is < 1 or > MostPlainDigits + 1) return false;
        var isNegative = text[0] == '-';
        var (digits, number, point) = (0, 0L, -1);
        for (; at < text.Length; at++)
        {
            var digit = text[at] - '0';
            if (digit is >= 0 and <= 9)
            {
                number = (number * 10) + digit;
                digits++;
            }
            else if (text[at] == '.' && point < 0)
            {
                point = digits;
            }
            else
            {
                return false;
            }
        }

        if (digits is < 1 or > MostPlainDigits) return false;
        value = number / PowersOfTen[point < 0 ? 0 : digits - point];
        if (isNegative) value = -value;
        return true;
    }

    /// <summary>How many millivolts a unit is; null for a unit that is not a voltage.</summary>
    public static double? ToMillivolt(this string unit) => unit.ToLowerInvariant() switch
    {
        "mv" or "millivolt" or "millivolts" => 1,
        "uv" or "µv" or "μv" or "microv" or "microvolt" or "microvolts" => 1e-3,
        "nv" or "nanovolt" or "nanovolts" => 1e-6,
        "v" or "volt" or "volts" => 1e3,
        _ => null,
    };
}
