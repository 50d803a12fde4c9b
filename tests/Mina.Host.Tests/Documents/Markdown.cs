using System.Text.RegularExpressions;

namespace Mina.Host.Tests.Documents;

/// <summary>The repository's documents.</summary>
internal static partial class Markdown
{
    /// <summary>Folders that hold no documents of ours.</summary>
    private static readonly string[] Foreign = ["bin", "obj", "out", "node_modules", ".git"];

    /// <summary>Every document, by its path from the repository's root with forward slashes.</summary>
    public static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Places.Repository, "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Places.Repository, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(Foreign.Contains))
            .Order(StringComparer.Ordinal);

    /// <summary>A document's text.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Places.Repository, path));

    /// <summary>The targets of a document's links and pictures, without what stands in code blocks.</summary>
    public static IEnumerable<string> Links(string text) => Link().Matches(WithoutCode(text)).Select(match => match.Groups[1].Value);

    /// <summary>The anchors that a document's headings make, as the usual renderers do.</summary>
    public static HashSet<string> Anchors(string text) =>
        [.. WithoutCode(text).Split('\n').Where(line => line.StartsWith('#'))
            .Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    /// <summary>The indented lines of commands that start with "mina", split into arguments, without the comment behind them.</summary>
    public static List<string[]> Commands(string path, string section)
    {
        var lines = Read(path).Split('\n').SkipWhile(line => line != section).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        return [.. lines.Where(line => line.StartsWith("    mina ", StringComparison.Ordinal))
            .Select(line => line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])];
    }

    /// <summary>The fenced blocks of a language.</summary>
    public static IEnumerable<string> Blocks(string text, string language) =>
        Regex.Matches(text, $"^```{language}\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline).Select(match => match.Groups[1].Value);

    private static string WithoutCode(string text) => IndentedCode().Replace(FencedCode().Replace(text, ""), "");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\s-]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FencedCode();

    [GeneratedRegex(@"^ {4}.*$", RegexOptions.Multiline)]
    private static partial Regex IndentedCode();
}
