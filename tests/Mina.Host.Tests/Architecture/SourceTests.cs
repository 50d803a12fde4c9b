using Xunit;

namespace Mina.Host.Tests.Architecture;

/// <summary>What no compiler checks of the sources' form.</summary>
public sealed class SourceTests
{
    private const int MaxColumns = 160;

    private static readonly string[] Folders = ["Mina.Preprocess", "Mina.Streaming", "Mina.Model", "Mina.Host", "samples", "tests"];

    [Fact]
    public void No_line_of_CSharp_is_longer_than_160_columns()
    {
        // .editorconfig says so too, but no analyzer of the SDK reads it; Fantomas holds the lines of F#.
        var tooLong = Sources("*.cs").SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (line.Length, Place: $"{Path.GetRelativePath(Places.Repository, file)}:{index + 1}"))
            .Where(line => line.Length > MaxColumns)
            .Select(line => $"{line.Place} has {line.Length} columns"));
        Assert.Empty(tooLong);
    }

    private static IEnumerable<string> Sources(string pattern) =>
        Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Places.Repository, folder), pattern, SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
