namespace Mina.Streaming.Live;

/// <summary>The rule for names of streams, which become part of topics, paths and file names.</summary>
public static class StreamName
{
    /// <summary>The largest number of characters in a name.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether a name is valid: 1 to 64 letters, digits, dots, hyphens and underscores of ASCII, the first a letter or digit.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
