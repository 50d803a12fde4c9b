using Mina.Host.Tests.Monitor;
using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary>Forty hostile recordings: each gets one sentence, and the good ones beside them are as they are alone.</summary>
public sealed class PoisonFolderTests
{
    [Fact]
    public async Task Classify_says_one_sentence_of_each_and_gives_the_good_ones_as_they_are_alone()
    {
        using var folder = new TemporaryFolder();
        var hostile = PoisonFolder.Make(folder["poison"]);
        Assert.True(hostile >= 40, $"only {hostile} hostile recordings");
        var together = await MinaProcess.RunAsync(folder.Path, "classify", "poison", "--csv");
        Assert.Equal(1, together.ExitCode);
        AssertSentences(together.Error, hostile);
        var alone = await MinaProcess.RunAsync(
            folder.Path, ["classify", .. PoisonFolder.Good.Select(id => Path.Combine("poison", id + ".hea")), "--csv"]);
        Assert.Equal(alone.ShouldSucceed().Output, together.Output);
    }

    [Fact]
    public async Task Ingest_counts_each_and_writes_the_shards_of_the_good_ones()
    {
        using var folder = new TemporaryFolder();
        var hostile = PoisonFolder.Make(folder["poison"]);
        var result = (await MinaProcess.RunAsync(folder.Path, "ingest", "poison", "--out", "shards")).ShouldSucceed();
        Assert.DoesNotContain('\u001b', result.Output + result.Error);
        var rejected = await File.ReadAllLinesAsync(Path.Combine(folder["shards"], "rejections.csv"));
        Assert.Equal(hostile, rejected.Length - 1);
        Assert.DoesNotContain(rejected, line => line.StartsWith('=') || line.Contains('\u001b'));
        var listed = await File.ReadAllTextAsync(Path.Combine(folder["shards"], "manifest.jsonl"));
        Assert.All(PoisonFolder.Good, id => Assert.Contains($"\"{id}\"", listed));
        (await MinaProcess.RunAsync(folder.Path, "verify", "shards")).ShouldSucceed();
    }

    [Fact]
    public async Task Ingest_goes_on_watching_beside_them()
    {
        using var folder = new TemporaryFolder();
        PoisonFolder.Make(folder["poison"]);
        using var mina = MinaProcess.Start(folder.Path, "ingest", "poison", "--out", "shards", "--watch");
        var manifest = Path.Combine(folder["shards"], "manifest.jsonl");
        while (!File.Exists(manifest) || !PoisonFolder.Good.All(id => File.ReadAllText(manifest).Contains($"\"{id}\"", StringComparison.Ordinal)))
        {
            Assert.False(mina.HasExited);
            await Task.Delay(50);
        }

        mina.Interrupt();
        var result = (await mina.WaitAsync()).ShouldSucceed();
        Assert.Contains("2 recordings", result.Output);
    }

    [Fact]
    public async Task Evaluate_compares_the_good_ones_and_says_what_is_wrong_with_the_others()
    {
        using var folder = new TemporaryFolder();
        PoisonFolder.Make(folder["poison"]);
        foreach (var id in new[] { "noise", "slow", "tiny" })
            await File.WriteAllBytesAsync(Path.Combine(folder["poison"], id + ".atr"), [0xFF, 0xFF, 0xEC, 0xFF, 0, 1, 2, 3, 4]);
        var result = await MinaProcess.RunAsync(folder.Path, "evaluate", "--recordings", "poison", "--json", "figures.json");
        Assert.DoesNotContain("   at ", result.Error);
        Assert.DoesNotContain('\u001b', result.Output + result.Error);
        Assert.Contains(PoisonFolder.Good[0], await File.ReadAllTextAsync(folder["figures.json"]));
    }

    [Theory]
    [InlineData("Follow")]
    [InlineData("Replay")]
    public async Task The_monitor_judges_the_good_ones_beside_them(string way)
    {
        using var folder = new TemporaryFolder();
        PoisonFolder.Make(folder["poison"]);
        await using var monitor = await RunningMonitor.StartAsync(folder, (way, folder["poison"]));
        foreach (var id in PoisonFolder.Good)
            Assert.NotEmpty(await monitor.VerdictsAsync(id, 1));
    }

    private static void AssertSentences(string error, int count)
    {
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.StartsWith("mina: ", line));
        Assert.DoesNotContain('\u001b', error);
        Assert.True(lines.Length == count, $"{lines.Length} sentences of {count} hostile recordings:\n{error}");
    }
}
