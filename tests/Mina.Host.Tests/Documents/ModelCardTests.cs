using System.Text.RegularExpressions;
using Mina.Host.Tests.Samples;
using Xunit;

namespace Mina.Host.Tests.Documents;

/// <summary>The front matter of the model card, which Hugging Face reads, says what the card says.</summary>
public sealed partial class ModelCardTests
{
    private const string Card = "data/models/mina/README.md";

    [Fact]
    public void The_front_matter_has_lists_and_keys_with_one_indentation()
    {
        var lines = FrontMatter().Split('\n');
        Assert.All(lines, line => Assert.Matches(Line(), line));
        foreach (var key in new[] { "license: apache-2.0", "language: en", "library_name: mina", "tags:", "model-index:" })
            Assert.Contains(key, lines);
        Assert.Contains("- onnx", lines.Select(line => line.Trim()));
    }

    [Fact]
    public void Its_figures_are_those_of_the_card()
    {
        var values = Value().Matches(FrontMatter()).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(9, values.Count);
        var tables = string.Join('\n', Body().Split('\n').Where(line => line.StartsWith('|')));
        Assert.All(values, value => Assert.Contains($"| {value} (", tables, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_reader_of_YAML_finds_every_figure_with_its_type_and_name()
    {
        var python = SampleProgram.PythonWith("yaml");
        Skip.If(python is null, "needs a python3 that imports yaml");
        const string Script = """
            import sys, yaml
            card = yaml.safe_load(open(sys.argv[1]).read().split("---\n")[1])
            for result in card["model-index"][0]["results"]:
                assert result["task"]["type"] and result["dataset"]["type"] and result["dataset"]["name"] and result["dataset"]["split"] == "test"
                for metric in result["metrics"]:
                    print(metric["type"], metric["name"], float(metric["value"]))
            """;
        var said = (await SampleProgram.RunAsync(python!, null, "-c", Script, Path.Combine(Places.Repository, Card))).ShouldSucceed().Output;
        Assert.Equal(9, said.TrimEnd().Split('\n').Length);
    }

    private static string FrontMatter() => Parts()[1].Trim('\n');

    private static string Body() => Parts()[2];

    private static string[] Parts()
    {
        var parts = Markdown.Read(Card).Split("---\n", 3);
        Assert.Equal(3, parts.Length);
        Assert.Empty(parts[0]);
        return parts;
    }

    [GeneratedRegex(@"^(  )*(- )?([a-z0-9_-]+(:( \S.*)?)?)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"value: (0\.\d{4})")]
    private static partial Regex Value();
}
