using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Mina.Model;

namespace Mina.Host.Monitor;

/// <summary>
/// Ids of episodes, alarms and reviews, made from their stream, kind and time: the same episode has the same id in every process and after every
/// restart, and no counter has to be kept. <c>STREAM~TIME</c> for an episode, <c>STREAM~KIND~TIME</c> for an alarm, <c>STREAM~Review~TIME</c> for a review;
/// TIME is UTC to the microsecond. A
/// stream's name has no tilde, and nothing in an id has to be escaped in an address.
/// </summary>
public static class Identity
{
    private const char Separator = '~';
    private const string Review = "Review";
    private const string TimeFormat = "yyyyMMdd'T'HHmmssffffff'Z'";

    /// <summary>The id of the episode of a stream that starts at a time.</summary>
    public static string ForEpisode(string stream, DateTimeOffset start) => $"{stream}{Separator}{Time(start)}";

    /// <summary>The id of the alarm of a stream that was raised at a time.</summary>
    public static string ForAlarm(string stream, AlarmKind kind, DateTimeOffset raised) => $"{stream}{Separator}{kind}{Separator}{Time(raised)}";

    /// <summary>The id of the review of a stream that was made at a time.</summary>
    public static string ForReview(string stream, DateTimeOffset made) => $"{stream}{Separator}{Review}{Separator}{Time(made)}";

    /// <summary>Reads the stream and the start from an episode's id.</summary>
    public static bool TryReadEpisode(string id, [NotNullWhen(true)] out string? stream, out DateTimeOffset start)
    {
        var parts = id.Split(Separator);
        stream = parts[0];
        start = default;
        return parts.Length == 2 && TryReadTime(parts[1], out start);
    }

    /// <summary>Reads the stream, the kind and the time from an alarm's id.</summary>
    public static bool TryReadAlarm(string id, [NotNullWhen(true)] out string? stream, out AlarmKind kind, out DateTimeOffset raised)
    {
        var parts = id.Split(Separator);
        stream = parts[0];
        (kind, raised) = (default, default);
        return parts.Length == 3 && Enum.TryParse(parts[1], out kind) && Enum.IsDefined(kind) && TryReadTime(parts[2], out raised);
    }

    /// <summary>Reads the stream and the time from a review's id.</summary>
    public static bool TryReadReview(string id, [NotNullWhen(true)] out string? stream, out DateTimeOffset made)
    {
        var parts = id.Split(Separator);
        stream = parts[0];
        made = default;
        return parts.Length == 3 && parts[1] == Review && TryReadTime(parts[2], out made);
    }

    /// <summary>The time in the id of an episode, an alarm or a review; null where there is none.</summary>
    public static DateTimeOffset? TimeOf(string id) => TryReadTime(id.Split(Separator)[^1], out var time) ? time : null;

    /// <summary>A time as ids have it.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static bool TryReadTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            text,
            TimeFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out time);
}
