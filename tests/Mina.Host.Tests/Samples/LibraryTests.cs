using Mina.Host.Tests.Documents;
using Xunit;

namespace Mina.Host.Tests.Samples;

/// <summary>samples/Classify and samples/Train: the libraries without the command.</summary>
public sealed class LibraryTests
{
    [Fact]
    public async Task The_sample_that_classifies_says_what_the_command_says()
    {
        using var folder = new TemporaryFolder();
        var recording = Path.Combine(Places.DataRaw, "sim00003.hea");
        var sample = (await SampleProgram.RunDotnetAsync("Classify", recording)).ShouldSucceed().Output.TrimEnd().Split('\n');
        var command = (await MinaProcess.RunAsync(folder.Path, "classify", recording)).ShouldSucceed().Output;
        Assert.StartsWith("sim00003: ", sample[^1], StringComparison.Ordinal);
        Assert.Contains($"(probability {sample[^1].Split(' ')[^1]}", command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sample_that_classifies_says_in_a_sentence_why_it_cannot()
    {
        var result = await SampleProgram.RunDotnetAsync("Classify", "nowhere.hea");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("nowhere.hea", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sample_that_trains_leaves_a_model_for_the_command()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "ingest", Places.DataRaw, "--out", "shards", "--split", "60/20/20")).ShouldSucceed();
        var trained = (await SampleProgram.RunDotnetAsync("Train", folder["shards"], folder["model"], "1")).ShouldSucceed();
        Assert.Contains("ROC-AUC", trained.Output, StringComparison.Ordinal);
        (await MinaProcess.RunAsync(folder.Path, "classify", Path.Combine(Places.DataRaw, "sim00001.hea"), "--model", "model")).ShouldSucceed();
    }

    [Fact]
    public void The_readme_quotes_the_sample_as_it_is()
    {
        var lines = File.ReadAllLines(Path.Combine(SampleProgram.Folder("Classify"), "Program.cs"))
            .SkipWhile(line => !line.Contains("README.md quotes", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.Contains("The quotation ends here", StringComparison.Ordinal))
            .Select(line => line.Length > 4 ? line[4..] : "");
        Assert.Equal(string.Join('\n', lines) + "\n", Assert.Single(Markdown.Blocks(Markdown.Read("README.md"), "csharp")));
    }
}
