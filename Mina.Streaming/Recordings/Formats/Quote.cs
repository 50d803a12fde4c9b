using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>Quotes text from files in one-line messages.</summary>
internal static class Quote
{
    private const int MaxLength = 40;

    /// <summary>The first 40 characters at most, with '?' for what cannot be printed.</summary>
    public static string Short(string text)
    {
        var cut = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text;
        return PlainText.Clean(cut).Replace('\uFFFD', '?');
    }
}
