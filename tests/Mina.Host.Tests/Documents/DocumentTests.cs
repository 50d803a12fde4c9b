using System.Text.RegularExpressions;
using Mina.Host.Monitor;
using Xunit;

namespace Mina.Host.Tests.Documents;

/// <summary>What the documents say of the repository is true.</summary>
public sealed partial class DocumentTests
{
    private const int MaxReadmeWords = 700;

    [Fact]
    public void The_readme_has_at_most_700_words()
    {
        var words = Markdown.Read("README.md").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.True(words <= MaxReadmeWords, $"README.md has {words} words; move something to docs/");
    }

    [Fact]
    public void Every_link_in_a_document_leads_somewhere()
    {
        var broken = Markdown.Files()
            .SelectMany(file => Markdown.Links(Markdown.Read(file)).Where(link => !Leads(file, link)).Select(link => $"{file}: {link}"));
        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("docs/threat-model.md")]
    [InlineData("SECURITY.md")]
    public void Every_test_that_a_document_on_security_names_exists(string document)
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Places.Repository, "tests"), "*Tests.*s", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".fs")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .ToHashSet(StringComparer.Ordinal);
        var missing = TestName().Matches(Markdown.Read(document)).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        missing.ExceptWith(sources);
        Assert.Empty(missing);
    }

    [GeneratedRegex("`([A-Za-z]+Tests)`")]
    private static partial Regex TestName();

    [Fact]
    public void Every_decision_and_every_guide_is_in_its_index()
    {
        foreach (var folder in new[] { "docs", "docs/decisions" })
        {
            var index = Markdown.Links(Markdown.Read($"{folder}/README.md")).Select(link => link.Split('#')[0]).ToHashSet();
            if (folder == "docs")
                index.UnionWith(Markdown.Links(Markdown.Read("docs/adding.md")));
            var missing = Directory.EnumerateFiles(Path.Combine(Places.Repository, folder), "*.md").Select(Path.GetFileName)
                .Where(name => name != "README.md" && !index.Contains(name!));
            Assert.Empty(missing);
        }
    }

    [Fact]
    public void Every_setting_of_the_monitor_that_a_document_or_a_deployment_names_exists()
    {
        var texts = Markdown.Files()
            .Concat(Directory.EnumerateFiles(Path.Combine(Places.Repository, "deploy")).Select(file => Path.GetRelativePath(Places.Repository, file)));
        var named = texts.SelectMany(file => Setting().Matches(Markdown.Read(file)).Select(match => match.Groups[1].Value)).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.NotNull(typeof(MonitorOptions).GetProperty(name)));
    }

    private static bool Leads(string file, string link)
    {
        if (link.Contains("://", StringComparison.Ordinal) || link.StartsWith("mailto:", StringComparison.Ordinal))
            return true;
        var (path, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, null);
        var target = path.Length == 0 ? file : Path.Combine(Path.GetDirectoryName(file)!, path);
        var full = Path.Combine(Places.Repository, target);
        if (!Path.Exists(full))
            return false;
        return anchor is null || !full.EndsWith(".md", StringComparison.Ordinal) || Markdown.Anchors(File.ReadAllText(full)).Contains(anchor);
    }

    [GeneratedRegex(@"MINA_Monitor__([A-Za-z]+)")]
    private static partial Regex Setting();
}
