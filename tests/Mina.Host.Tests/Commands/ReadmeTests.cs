using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary>What the README tells a reader to type works as it stands there.</summary>
public sealed class ReadmeTests
{
    private const string Section = "## Every command, in two minutes";

    [Fact]
    public async Task The_commands_of_the_readme_run_one_after_the_other()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["data"]);
        Directory.CreateSymbolicLink(folder["data/raw"], Places.DataRaw);
        var commands = Commands();
        Assert.True(commands.Count >= 6, $"the README's section '{Section}' holds only {commands.Count} commands");
        foreach (var command in commands)
            (await MinaProcess.RunAsync(folder.Path, command)).ShouldSucceed();
        foreach (var file in new[] { "model/model.safetensors", "figures.json", "report/index.html" })
            Assert.True(File.Exists(folder[file]), $"the README's commands leave no {file}");
    }

    [Fact]
    public async Task The_readme_has_an_example_of_every_command()
    {
        var help = (await MinaProcess.RunAsync(".", "--help")).ShouldSucceed().Output;
        var offered = help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
            .Where(line => line.Length > 2 && line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
            .Select(line => line.Trim().Split(' ')[0]);
        var readme = await File.ReadAllTextAsync(Path.Combine(Places.Repository, "README.md"));
        foreach (var command in offered)
            Assert.Contains($"    mina {command} ", readme, StringComparison.Ordinal);
    }

    /// <summary>The section's indented lines that start with "mina", without it and without what a shell does with their output.</summary>
    private static List<string[]> Commands()
    {
        var lines = File.ReadAllLines(Path.Combine(Places.Repository, "README.md")).SkipWhile(line => line != Section).Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        return [.. lines.Where(line => line.StartsWith("    mina ", StringComparison.Ordinal))
            .Select(line => line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])];
    }
}
