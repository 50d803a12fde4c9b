using System.Text.RegularExpressions;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Streaming.Recordings.Labels;

/// <summary>Which file names mean labels or groups, and which of several label files counts.</summary>
internal static class LabelFile
{
    /// <summary>The name of a group file.</summary>
    public const string GroupsName = "groups.csv";

    private static readonly Regex Reference = new(
        @"^REFERENCE(?:[-_]?v?(\d+)|[-_.].*)?\.csv$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>
    /// How much a label file counts, by its name; null for another file. <c>labels.csv</c> is the user's own and counts most, then
    /// <c>REFERENCE-v3.csv</c>, <c>-v2</c> ..., then <c>REFERENCE.csv</c>, then any other <c>REFERENCE*.csv</c> (CinC 2017 has a <c>-original</c>).
    /// </summary>
    public static int? VersionOf(string name)
    {
        if (name.Equals("labels.csv", StringComparison.OrdinalIgnoreCase)) return int.MaxValue;
        if (Reference.Match(name) is not { Success: true } match) return null;
        if (match.Groups[1].Success && Numbers.TryInt(match.Groups[1].Value, out var version)) return version;
        return name.Length == "REFERENCE.csv".Length ? 0 : -1;
    }

    /// <summary>Whether a file is a group file, by its name.</summary>
    public static bool IsGroups(string name) => name.Equals(GroupsName, StringComparison.OrdinalIgnoreCase);
}
