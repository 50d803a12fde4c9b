namespace Mina.Streaming.Recordings;

/// <summary>Text from files, made fit for a one-line message.</summary>
internal static class Quote
{
    private const int Most = 40;

    /// <summary>At most 40 characters, what cannot be printed as '?'.</summary>
    public static string Short(string text)
    {
        var cut = text.Length > Most ? string.Concat(text.AsSpan(0, Most), "…") : text;
        return string.Create(cut.Length, cut, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsControl(from[i]) || from[i] == '\uFFFD' ? '?' : from[i];
        });
    }
}
