using System.Globalization;
using System.Text;

namespace Mina.Streaming.Files;

/// <summary>
/// Makes text that others wrote (names of files and leads, cells of tables) safe to show on a terminal, in a log or on a line of its own.
/// </summary>
public static class PlainText
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// Whether text is free of what a terminal would obey and of what changes how its neighbours look: control characters, line ends among them,
    /// marks of writing direction, and halves of surrogate pairs.
    /// </summary>
    public static bool IsPlain(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done || IsHarmful(rune))
                return false;
            rest = rest[length..];
        }

        return true;
    }

    /// <summary>Puts U+FFFD in place of each harmful character (<see cref="IsPlain"/>); text without any is returned as it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keep">Control characters that do no harm where the text goes.</param>
    public static string Clean(string text, string keep = "")
    {
        if (IsPlain(text))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsHarmful(rune) && !(rune.IsBmp && keep.Contains((char)rune.Value, StringComparison.Ordinal)))
                clean.Append(Replacement);
            else
                clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    private static bool IsHarmful(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.Format => rune.Value is 0x061C or (>= 0x200E and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069),
        _ => false,
    };
}
