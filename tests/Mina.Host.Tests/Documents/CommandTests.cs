using Xunit;

namespace Mina.Host.Tests.Documents;

/// <summary>What the documents tell a reader to type works as it stands there.</summary>
public sealed class CommandTests
{
    private const string Guide = "docs/users-guide.md";
    private const string Section = "## Every command, in two minutes";

    [Fact]
    public async Task The_commands_of_the_users_guide_run_one_after_the_other()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["data"]);
        Directory.CreateSymbolicLink(folder["data/raw"], Places.DataRaw);
        var commands = Markdown.Commands(Guide, Section);
        Assert.True(commands.Count >= 6, $"the section '{Section}' of {Guide} holds only {commands.Count} commands");
        foreach (var command in commands)
            (await MinaProcess.RunAsync(folder.Path, command)).ShouldSucceed();
        foreach (var file in new[] { "model/model.safetensors", "figures.json", "report/index.html" })
            Assert.True(File.Exists(folder[file]), $"the commands of {Guide} leave no {file}");
        var ignored = File.ReadAllLines(Path.Combine(Places.Repository, ".gitignore")).Select(line => line.Trim('/')).ToHashSet();
        var written = Directory.EnumerateFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)).Where(name => name != "data");
        Assert.All(written, name => Assert.Contains(name, ignored));
    }

    [Fact]
    public async Task The_guides_have_an_example_of_every_command()
    {
        var help = (await MinaProcess.RunAsync(".", "--help")).ShouldSucceed().Output;
        var offered = help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
            .Where(line => line.Length > 2 && line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
            .Select(line => line.Trim().Split(' ')[0]);
        var guides = Markdown.Read(Guide) + Markdown.Read("docs/operators-guide.md");
        foreach (var command in offered)
            Assert.Contains($"    mina {command} ", guides, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_of_the_readme_run_as_they_stand()
    {
        var readme = Markdown.Read("README.md");
        Assert.Contains("    dotnet run --project Mina.Host -- ingest data/raw\n    dotnet test\n", readme, StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["data"]);
        Directory.CreateSymbolicLink(folder["data/raw"], Places.DataRaw);
        (await MinaProcess.RunAsync(folder.Path, "ingest", "data/raw")).ShouldSucceed();
        (await MinaProcess.RunAsync(folder.Path, "classify", "data/raw/sim00001.hea")).ShouldSucceed();
        Assert.True(File.Exists(folder["out/manifest.jsonl"]), "ingest writes to out/, which .gitignore leaves out");
        Assert.Contains("    mina classify data/raw/sim00001.hea\n    mina monitor --replay data/raw\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_is_called_mina_and_says_its_version()
    {
        Assert.Contains("mina [command]", (await MinaProcess.RunAsync(".", "--help")).ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+", (await MinaProcess.RunAsync(".", "--version")).ShouldSucceed().Output);
    }
}
