using System.Globalization;

namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>
/// Times as text: dates of ISO 8601 with or without a zone (<c>2026-01-01T12:00:00.004Z</c>), and times of day or since the start
/// (<c>12:00:00.004</c>, <c>0:00.004</c>), which PhysioBank puts in brackets, perhaps with the date after them. Pure.
/// </summary>
internal static class TimeText
{
    /// <summary>Reads a time.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="time">Seconds: since 1970 where there is a date, else since midnight or the start.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(ReadOnlySpan<byte> cell, out ParsedTime time)
    {
        time = default;
        cell = cell.Trim(" '\"[]"u8);
        if (cell.Length is < 4 or > 64) return false;
        Span<char> text = stackalloc char[cell.Length];
        for (var i = 0; i < cell.Length; i++)
        {
            if (cell[i] >= 0x80) return false;
            text[i] = (char)cell[i];
        }

        if (cell.Length > 10 && text[4] == '-' && text[7] == '-' && text[10] is 'T' or 't' or ' ')
            return TryDate(text[..10], "yyyy-MM-dd", out var days) && TryDayAndZone(text[11..], days, out time);
        // PhysioBank: 12:00:00.004 01/01/2026.
        var blank = ((ReadOnlySpan<char>)text).IndexOf(' ');
        if (blank > 0)
            return TryDate(text[(blank + 1)..], "dd/MM/yyyy", out var day) && TryDayAndZone(text[..blank], day, out time);
        if (!TryClock(text, out var seconds)) return false;
        time = new ParsedTime(seconds, HasDate: false);
        return true;
    }

    private static bool TryDate(ReadOnlySpan<char> text, string format, out double seconds)
    {
        var isDate = DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        seconds = isDate ? (date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 86400.0 : 0;
        return isDate;
    }

    private static bool TryDayAndZone(ReadOnlySpan<char> text, double days, out ParsedTime time)
    {
        time = default;
        var offset = 0.0;
        text = text.TrimEnd();
        if (text.Length > 0 && text[^1] is 'Z' or 'z')
        {
            text = text[..^1];
        }
        else if (text.LastIndexOfAny('+', '-') is var sign and >= 0)
        {
            var zone = text[(sign + 1)..];
            var minutes = zone.Length == 4 && !zone.Contains(':') ? zone[2..] : zone.Length == 5 && zone[2] == ':' ? zone[3..] : default;
            if (zone.Length is not (2 or 4 or 5) || !Numbers.TryInt(zone[..2], out var hours) || hours is < 0 or > 14) return false;
            var more = 0;
            if (zone.Length > 2 && (minutes.IsEmpty || !Numbers.TryInt(minutes, out more) || more is < 0 or > 59)) return false;
            offset = ((hours * 3600) + (more * 60)) * (text[sign] == '-' ? 1 : -1);
            text = text[..sign].TrimEnd();
        }

        if (text.Count(':') != 2 || !TryClock(text, out var seconds) || seconds >= 86401) return false;
        time = new ParsedTime(days + seconds + offset, HasDate: true);
        return true;
    }

    /// <summary>[[hours:]minutes:]seconds, at least minutes, with a fraction after a point or a comma.</summary>
    private static bool TryClock(ReadOnlySpan<char> text, out double seconds)
    {
        seconds = 0;
        var parts = 0;
        while (text.IndexOf(':') is var colon and > 0)
        {
            if (++parts > 2 || colon > 4 || !Numbers.TryInt(text[..colon], out var value) || value < 0 || (parts == 2 && value > 59)) return false;
            seconds = (seconds + value) * 60;
            text = text[(colon + 1)..];
        }

        if (parts == 0 || text.Length is 0 or > 20 || !char.IsAsciiDigit(text[0])) return false;
        Span<char> last = stackalloc char[text.Length];
        text.CopyTo(last);
        last.Replace(',', '.');
        if (!double.TryParse(last, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rest) || !(rest < 61)) return false;
        seconds += rest;
        return true;
    }
}

/// <summary>A time that was read from text.</summary>
/// <param name="Seconds">Since 1970 where there is a date, else since midnight or the start.</param>
/// <param name="HasDate">Whether there is a date.</param>
internal readonly record struct ParsedTime(double Seconds, bool HasDate);
