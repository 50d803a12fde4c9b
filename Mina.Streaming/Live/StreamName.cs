namespace Mina.Streaming.Live;

/// <summary>What a stream may be called: it becomes part of topics, paths and file names.</summary>
public static class StreamName
{
    /// <summary>Characters.</summary>
    public const int Longest = 64;

    /// <summary>1 to 64 letters, digits, dots, hyphens and underscores of ASCII, the first a letter or digit.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= Longest } && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
