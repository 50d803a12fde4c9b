using System.Globalization;

namespace Mina.Host.Evaluation;

/// <summary>
/// The date of a measurement: now, or the instant that the environment variable SOURCE_DATE_EPOCH names (seconds since 1970), so that a measurement can
/// be repeated to the same bytes (reproducible-builds.org).
/// </summary>
internal static class MeasurementDate
{
    private const string Variable = "SOURCE_DATE_EPOCH";

    /// <summary>The date in UTC, to the second.</summary>
    public static DateTimeOffset Now(TimeProvider time)
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        var isGiven = long.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out var given);
        var seconds = isGiven && given <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? given
            : time.GetUtcNow().ToUnixTimeSeconds();
        return DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    /// <summary>The date in the form of ISO 8601: 2026-11-26T22:30:00Z.</summary>
    public static string TextOf(DateTimeOffset date) => date.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
