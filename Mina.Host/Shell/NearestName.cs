namespace Mina.Host.Shell;

/// <summary>Finds what a user probably meant by a name that does not exist.</summary>
internal static class NearestName
{
    /// <summary>The name that is nearest to the given one; null where none is near enough to be meant.</summary>
    /// <param name="given">What was written.</param>
    /// <param name="names">The names that exist.</param>
    public static string? Find(string given, IEnumerable<string> names)
    {
        var (nearest, distance) = names.Select(name => (Name: name, Distance: Distance(given, name))).DefaultIfEmpty(("", int.MaxValue))
            .MinBy(pair => pair.Item2);
        return distance <= Math.Max(2, given.Length / 3) ? nearest : null;
    }

    /// <summary>Ends a sentence: "; did you mean X?" where a name is near enough, else what is said otherwise.</summary>
    public static string Hint(string given, IEnumerable<string> names, string otherwise) =>
        Find(given, names) is { } nearest ? $"; did you mean {nearest}?" : $"; {otherwise}";

    /// <summary>Letters that must be added, taken away or exchanged, whatever their case (Levenshtein's distance).</summary>
    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var exchanged = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(exchanged, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
