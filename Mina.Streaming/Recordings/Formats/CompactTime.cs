using System.Globalization;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>Times as DICOM and HL7 write them: <c>20021122091000.500+0100</c>.</summary>
internal static class CompactTime
{
    private static readonly string[] Formats = ["yyyyMMddHHmmss", "yyyyMMddHHmm"];

    /// <summary>Reads a time, to the minute at least. A time zone is passed over, because a recording's start is by the recorder's clock.</summary>
    public static DateTime? Read(string text)
    {
        var whole = text.Split('.', '+', '-')[0];
        if (!DateTime.TryParseExact(whole, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)) return null;
        if (whole.Length == text.Length || text[whole.Length] != '.') return start;
        var digits = new string([.. text.Skip(whole.Length + 1).Take(9).TakeWhile(char.IsAsciiDigit)]);
        return digits.Length > 0 && Numbers.TryDouble("0." + digits, out var seconds) ? start.AddSeconds(seconds) : start;
    }

    /// <summary>A time that is later by some seconds; null where there is none, or where it would lie outside the calendar.</summary>
    public static DateTime? Later(this DateTime? time, double seconds) =>
        time is { } start && Math.Abs(seconds) < (DateTime.MaxValue - start).TotalSeconds && Math.Abs(seconds) < (start - DateTime.MinValue).TotalSeconds
            ? start.AddSeconds(seconds)
            : null;
}
