namespace Mina.Streaming.Recordings.Formats;

/// <summary>Quotes text from files in one-line messages.</summary>
internal static class Quote
{
    private const int MaxLength = 40;

    /// <summary>The first 40 characters at most, with '?' for what cannot be printed.</summary>
    public static string Short(string text)
    {
        var cut = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text;
        return string.Create(cut.Length, cut, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsControl(from[i]) || from[i] == '\uFFFD' ? '?' : from[i];
        });
    }
}
