using Xunit;

namespace Mina.Host.Tests.Architecture;

/// <summary>Checks of the form of the sources that no compiler makes.</summary>
public sealed class SourceTests
{
    private const int MaxColumns = 160;
    private const int MaxColumnsOfFSharp = 120;

    private static readonly string[] Folders = ["Mina.Preprocess", "Mina.Streaming", "Mina.Model", "Mina.Host", "samples", "tests"];

    [Theory]
    [InlineData("*.cs", MaxColumns)]
    [InlineData("*.razor", MaxColumns)]
    [InlineData("*.fs", MaxColumnsOfFSharp)]
    public void No_line_is_longer_than_its_language_allows(string pattern, int maxColumns)
    {
        // .editorconfig says so too, but no analyzer of the SDK reads it, and Fantomas breaks neither strings nor comments.
        var tooLong = Sources(pattern).SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (line.Length, Place: $"{Path.GetRelativePath(Places.Repository, file)}:{index + 1}"))
            .Where(line => line.Length > maxColumns)
            .Select(line => $"{line.Place} has {line.Length} columns"));
        Assert.Empty(tooLong);
    }

    private static IEnumerable<string> Sources(string pattern) =>
        Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Places.Repository, folder), pattern, SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
