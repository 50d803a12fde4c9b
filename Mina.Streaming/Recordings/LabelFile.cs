using System.Text.RegularExpressions;

namespace Mina.Streaming.Recordings;

/// <summary>Which file names mean labels or groups, and which of several label files counts.</summary>
internal static partial class LabelFile
{
    /// <summary>
    /// How much a label file counts, by its name; null for a file that is none. <c>labels.csv</c> is the user's own and counts most, then
    /// <c>REFERENCE-v3.csv</c>, <c>-v2</c> ..., then <c>REFERENCE.csv</c>, then any other <c>REFERENCE*.csv</c> (CinC 2017 has a <c>-original</c>).
    /// </summary>
    public static int? VersionOf(string name)
    {
        if (name.Equals("labels.csv", StringComparison.OrdinalIgnoreCase)) return int.MaxValue;
        if (Reference().Match(name) is not { Success: true } match) return null;
        if (match.Groups[1].Success && Numbers.TryInt(match.Groups[1].Value, out var version)) return version;
        return name.Length == "REFERENCE.csv".Length ? 0 : -1;
    }

    /// <summary><c>groups.csv</c>.</summary>
    public static bool IsGroups(string name) => name.Equals("groups.csv", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^REFERENCE(?:[-_]?v?(\d+)|[-_.].*)?\.csv$", RegexOptions.IgnoreCase)]
    private static partial Regex Reference();
}
