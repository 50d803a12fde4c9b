using System.Text.Json;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary><c>train --fold</c> and <c>train-recordings --fold-model</c>, as a user runs them.</summary>
public sealed class CrossFittingTests
{
    [Fact]
    public async Task A_recording_level_is_trained_on_what_networks_say_of_recordings_that_are_new_to_them()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "ingest", Places.DataRaw, "--out", "shards", "--split", "75/10/15")).ShouldSucceed();
        string[] train = ["train", "--shards", "shards", "--recipe", "hw4", "--epochs", "1", "--out"];
        (await MinaProcess.RunAsync(folder.Path, [.. train, "all"])).ShouldSucceed();
        foreach (var part in new[] { 1, 2 })
            (await MinaProcess.RunAsync(folder.Path, [.. train, $"part-{part}", "--fold", $"{part}/2"])).ShouldSucceed();

        string[] ids = [.. Directory.GetFiles(Places.DataRaw, "*.hea").Select(path => Path.GetFileNameWithoutExtension(path)!)];
        var learned = ids.Where(id => Splits.Assign(1, id, null, SplitRatios.Paper) == Split.Train).ToArray();
        var (one, two) = (TrainedOnFiles.OfNetwork(folder["part-1"]), TrainedOnFiles.OfNetwork(folder["part-2"]));
        Assert.All(learned, id => Assert.NotEqual(one.ContainsAny([TrainedOn.Recording(id)]), two.ContainsAny([TrainedOn.Recording(id)])));
        using (var info = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder["part-2"], "model.json"))))
            Assert.Equal("2/2", info.RootElement.GetProperty("data").GetProperty("fold").GetString());

        await Refused("was begun with --fold 1/2", [.. train, "part-1", "--fold", "2/2", "--resume"]);
        string[] level = ["train-recordings", Places.DataRaw, "--model", "all", "--out", "level"];
        (await MinaProcess.RunAsync(folder.Path, [.. level, "--fold-model", "part-1", "--fold-model", "part-2"])).ShouldSucceed();
        Assert.Equal(2, RecordingLevels.Read(await File.ReadAllTextAsync(folder["level/recording.json"])).FoldModels.Length);

        File.Copy(folder["level/recording.json"], folder["all/recording.json"]);
        (await MinaProcess.RunAsync(folder.Path, "classify", Places.DataRaw, "--model", "all")).ShouldSucceed();

        await Refused("was learned from by every fold model", [.. level, "--fold-model", "part-1"]);
        File.Delete(folder["part-1/trained-on.json"]);
        await Refused("does not say what it was trained on", [.. level, "--fold-model", "part-1"]);
        await Refused("--fold 3/2 is no part", [.. train, "none", "--fold", "3/2"]);
        await Refused("--groups needs --fold", [.. train, "none", "--groups", "groups.csv"]);

        async Task Refused(string sentence, string[] arguments)
        {
            var result = await MinaProcess.RunAsync(folder.Path, arguments);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
        }
    }
}
