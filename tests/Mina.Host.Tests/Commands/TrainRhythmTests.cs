using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary><c>train-rhythm</c>, and the level in <c>classify</c> and <c>evaluate</c>, as a user runs them.</summary>
public sealed class TrainRhythmTests
{
    [Fact]
    public async Task A_level_trained_on_simulated_recordings_loads_and_classifies()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "simulate", "--out", "sim", "--count", "6", "--seconds", "90", "--af", "0.5", "--noisy", "0")).ShouldSucceed();
        await File.WriteAllLinesAsync(folder["persons.csv"], ["id,person", .. Enumerable.Range(1, 6).Select(i => $"sim0000{i},p{i}")]);

        var trained = (await MinaProcess.RunAsync(
            folder.Path, "train-rhythm", "sim", "--persons", "persons.csv", "--folds", "2", "--epochs", "1", "--out", "level")).ShouldSucceed();

        Assert.Contains("6 people in 2 folds", trained.Output);
        Assert.Equal(6, RhythmFiles.Read(folder["level"]).Info.Persons);
        Assert.True(File.Exists(folder["level/rhythm-report.json"]));

        var classified = (await MinaProcess.RunAsync(folder.Path, "classify", "sim/sim00001.hea", "--json")).ShouldSucceed();
        Assert.Contains("rhythm_probability", classified.Output);
        var without = (await MinaProcess.RunAsync(folder.Path, "classify", "sim/sim00001.hea", "--no-rhythm", "--json")).ShouldSucceed();
        Assert.DoesNotContain("rhythm_probability", without.Output);

        var evaluated = (await MinaProcess.RunAsync(folder.Path, "evaluate", "--recordings", "sim", "--no-rhythm")).ShouldSucceed().Output;
        Assert.All(evaluated.Split('\n').TakeWhile(line => !line.StartsWith("As ANSI", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains("bootstrap over 6 recordings (--persons says whose they are)", evaluated);
        var byPerson = await MinaProcess.RunAsync(
            folder.Path, "evaluate", "--recordings", "sim", "--no-rhythm", "--persons", "persons.csv", "--json", "figures.json");
        Assert.Contains("bootstrap over 6 people:", byPerson.ShouldSucceed().Output);
        Assert.Contains("\"over\": \"people\",", await File.ReadAllTextAsync(folder["figures.json"]));
    }

    [Fact]
    public async Task Wrong_inputs_get_one_sentence()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "simulate", "--out", "sim", "--count", "1", "--seconds", "20")).ShouldSucceed();

        await Refused("has no known person", "train-rhythm", "sim", "--out", "level");
        await Refused("nobody.csv", "train-rhythm", "sim", "--persons", "nobody.csv", "--out", "level");
        await Refused("nowhere", "train-rhythm", "nowhere", "--out", "level");
        await Refused("--use needs", "train-rhythm", "sim", "--out", "level", "--use", "20", "0.4", "0.8");
        await Refused("--no-rhythm needs --recordings", "evaluate", "--no-rhythm");

        async Task Refused(string sentence, params string[] arguments)
        {
            var result = await MinaProcess.RunAsync(folder.Path, arguments);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains(sentence, result.Error);
        }
    }
}
