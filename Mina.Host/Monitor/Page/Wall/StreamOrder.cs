namespace Mina.Host.Monitor.Page;

/// <summary>The order of the wall: AF first, then streams that need a look, then the rest; within each by name, with 2 before 10.</summary>
internal sealed class StreamOrder : IComparer<StreamStatus>
{
    public static StreamOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(StreamStatus? x, StreamStatus? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        var byState = Rank(x.State).CompareTo(Rank(y.State));
        return byState != 0 ? byState : ByName(BedText.NameOf(x), BedText.NameOf(y));
    }

    private static int Rank(StreamState state) => state switch
    {
        StreamState.AF => 0,
        StreamState.PossibleAF => 1,
        StreamState.NotMonitored => 2,
        StreamState.Stale => 3,
        StreamState.Unclassifiable => 4,
        StreamState.Normal => 5,
        _ => 6,
    };

    /// <summary>Compares two names, where runs of digits compare as numbers.</summary>
    public static int ByName(string x, string y)
    {
        int i = 0, j = 0;
        while (i < x.Length && j < y.Length)
        {
            if (char.IsAsciiDigit(x[i]) && char.IsAsciiDigit(y[j]))
            {
                var a = Digits(x, ref i);
                var b = Digits(y, ref j);
                var byNumber = a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
                if (byNumber != 0)
                    return byNumber;
            }
            else
            {
                var byLetter = char.ToUpperInvariant(x[i++]).CompareTo(char.ToUpperInvariant(y[j++]));
                if (byLetter != 0)
                    return byLetter;
            }
        }

        var byLength = (x.Length - i).CompareTo(y.Length - j);
        return byLength != 0 ? byLength : string.CompareOrdinal(x, y);
    }

    /// <summary>The run of digits from <paramref name="at"/> on, without leading zeros.</summary>
    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        var first = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text.AsSpan(first, at - first).TrimStart('0');
    }
}
