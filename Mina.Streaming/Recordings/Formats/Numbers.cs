using System.Globalization;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>Numbers as files write them: invariant, no thousands.</summary>
internal static class Numbers
{
    /// <summary>A whole number of 32 bits.</summary>
    public static bool TryInt(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>A whole number of 64 bits.</summary>
    public static bool TryLong(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>A finite number.</summary>
    public static bool TryDouble(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

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
