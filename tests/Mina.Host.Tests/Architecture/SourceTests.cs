using Xunit;

namespace Mina.Host.Tests.Architecture;

/// <summary>What no compiler checks of the sources' form.</summary>
public sealed class SourceTests
{
    private const int MaxColumnsCSharp = 160;
    private const int MaxColumnsFSharp = 120;

    private static readonly string[] Folders = ["Mina.Preprocess", "Mina.Streaming", "Mina.Model", "Mina.Host", "samples", "tests"];

    [Theory]
    [InlineData("*.cs", MaxColumnsCSharp)]
    [InlineData("*.fs", MaxColumnsFSharp)]
    public void No_line_is_longer_than_a_screen(string pattern, int max)
    {
        var tooLong = Sources(pattern).SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (line.Length, Place: $"{Path.GetRelativePath(Places.Repository, file)}:{index + 1}"))
            .Where(line => line.Length > max)
            .Select(line => $"{line.Place} has {line.Length} columns"));
        Assert.Empty(tooLong);
    }

    private static IEnumerable<string> Sources(string pattern) =>
        Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Places.Repository, folder), pattern, SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
