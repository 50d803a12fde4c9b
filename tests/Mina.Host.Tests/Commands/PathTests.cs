using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary>The whole path as a user types it, on the recordings that the repository holds.</summary>
public sealed class PathTests
{
    private static readonly string[] Figures = ["roc_auc", "pr_auc", "f1", "sensitivity", "specificity", "ppv", "n", "positives", "ci"];

    [Fact]
    public async Task Ingest_train_evaluate_and_classify_work_on_the_sample_recordings()
    {
        using var folder = new TemporaryFolder();
        var ingest = (await MinaProcess.RunAsync(folder.Path, "ingest", Places.DataRaw, "--out", "shards", "--split", "60/20/20")).ShouldSucceed();
        Assert.Contains("40 recordings", ingest.Output);

        var train = (await MinaProcess.RunAsync(folder.Path, "train", "--shards", "shards", "--recipe", "hw4", "--epochs", "1", "--out", "model"))
            .ShouldSucceed();
        Assert.Contains("epoch 1/1: train loss", train.Output);
        Assert.True(File.Exists(Path.Combine(folder["model"], "model.safetensors")));

        (await MinaProcess.RunAsync(folder.Path, "evaluate", "--model", "model", "--shards", "shards", "--json", "out.json", "--resamples", "50"))
            .ShouldSucceed();
        using var figures = JsonDocument.Parse(await File.ReadAllTextAsync(folder["out.json"]));
        Assert.Equal(
            ["paper", "uniform", "recording", "answered", "trained_on", "measurement"], figures.RootElement.EnumerateObject().Select(view => view.Name));
        foreach (var view in figures.RootElement.EnumerateObject().Take(3))
            Assert.Equal(Figures, view.Value.EnumerateObject().Select(figure => figure.Name));
        Assert.Equal(0, figures.RootElement.GetProperty("trained_on").GetProperty("network").GetInt32());
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder["model"], "model.safetensors")))),
            figures.RootElement.GetProperty("measurement").GetProperty("model_sha256").GetString());

        // On its own training split the model scores, but not without a word.
        var own = (await MinaProcess.RunAsync(
            folder.Path, "evaluate", "--model", "model", "--shards", "shards", "--split", "train", "--json", "own.json", "--resamples", "5")).ShouldSucceed();
        using var ownFigures = JsonDocument.Parse(await File.ReadAllTextAsync(folder["own.json"]));
        var trainedOn = ownFigures.RootElement.GetProperty("trained_on");
        Assert.Equal(trainedOn.GetProperty("recordings").GetInt32(), trainedOn.GetProperty("network").GetInt32());
        Assert.Contains("recordings the network was trained", own.Output, StringComparison.Ordinal);

        var classify = (await MinaProcess.RunAsync(folder.Path, "classify", Path.Combine(Places.DataRaw, "sim00001.hea"), "--model", "model", "--json"))
            .ShouldSucceed();
        using var verdicts = JsonDocument.Parse(classify.Output);
        Assert.Equal("sim00001", verdicts.RootElement.GetProperty("recording").GetString());
        var windows = verdicts.RootElement.GetProperty("windows").EnumerateArray().ToList();
        var seconds = verdicts.RootElement.GetProperty("duration_s").GetDouble();
        Assert.Equal((int)Math.Floor((seconds - 10) * 300 / 500 + 1e-6) + 1, windows.Count);
        Assert.All(windows, window => Assert.Contains(window.GetProperty("verdict").GetString(), new[] { "af", "not_af" }));
    }

    [Fact]
    public async Task Without_a_label_file_windows_are_labelled_by_rhythm_annotations_and_a_folder_of_groups_keeps_people_together()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "simulate", "--out", "sim", "--count", "8", "--seed", "7")).ShouldSucceed();
        File.Delete(folder["sim/REFERENCE.csv"]);
        Directory.CreateDirectory(folder["persons"]);
        var ids = Directory.GetFiles(folder["sim"], "*.hea").Select(path => Path.GetFileNameWithoutExtension(path)!).ToArray();
        await File.WriteAllTextAsync(folder["persons/sim.csv"], "record,person\n" + string.Concat(ids.Select(id => $"{id},one\n")));
        var ingest = (await MinaProcess.RunAsync(folder.Path, "ingest", "sim", "--groups", "persons", "--out", "shards")).ShouldSucceed();
        Assert.Contains("labels from rhythm annotations, window by window", ingest.Output, StringComparison.Ordinal);
        // One person, so one split.
        Assert.Single(Directory.GetDirectories(folder["shards"], "split=*"), split => Directory.GetFiles(split).Length > 0);
    }

    [Fact]
    public async Task Training_over_another_run_is_refused_and_resuming_a_finished_one_changes_no_weight()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "ingest", Places.DataRaw, "--out", "shards", "--split", "20/20/60")).ShouldSucceed();
        string[] train = ["train", "--shards", "shards", "--recipe", "hw4", "--epochs", "1", "--out", "model"];
        (await MinaProcess.RunAsync(folder.Path, train)).ShouldSucceed();
        var weights = await File.ReadAllBytesAsync(Path.Combine(folder["model"], "model.safetensors"));

        var again = await MinaProcess.RunAsync(folder.Path, train);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("--resume", again.Error);

        (await MinaProcess.RunAsync(folder.Path, [.. train, "--resume"])).ShouldSucceed();
        Assert.Equal(weights, await File.ReadAllBytesAsync(Path.Combine(folder["model"], "model.safetensors")));
    }

    [Fact]
    public async Task A_distilled_model_is_taught_by_three_that_are_trained_first_or_by_those_that_are_given()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "ingest", Places.DataRaw, "--out", "shards", "--split", "20/20/60")).ShouldSucceed();
        string[] train = ["train", "--shards", "shards", "--recipe", "distilled", "--epochs", "1", "--out", "taught"];
        (await MinaProcess.RunAsync(folder.Path, train)).ShouldSucceed();
        var weights = await File.ReadAllBytesAsync(Path.Combine(folder["taught"], "model.safetensors"));
        string[] teachers = [.. Enumerable.Range(1, 3).Select(i => Path.Combine(folder["taught"], $"teacher-{i}"))];
        using (var info = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder["taught"], "model.json"))))
        {
            Assert.Equal(
                teachers.Select(teacher => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(teacher, "model.safetensors"))))),
                info.RootElement.GetProperty("teachers").EnumerateArray().Select(id => id.GetString()!));
        }

        // As if it had been stopped before the third was begun.
        Directory.Delete(teachers[2], recursive: true);
        File.Delete(Path.Combine(folder["taught"], "checkpoint.safetensors"));
        (await MinaProcess.RunAsync(folder.Path, [.. train, "--resume"])).ShouldSucceed();
        Assert.Equal(weights, await File.ReadAllBytesAsync(Path.Combine(folder["taught"], "model.safetensors")));

        string[] given = ["train", "--shards", "shards", "--recipe", "distilled", "--epochs", "1", "--out", "given",
            .. teachers.SelectMany(teacher => new[] { "--teacher", teacher })];
        (await MinaProcess.RunAsync(folder.Path, given)).ShouldSucceed();
        Assert.Equal(weights, await File.ReadAllBytesAsync(Path.Combine(folder["given"], "model.safetensors")));

        var wrong = await MinaProcess.RunAsync(folder.Path, "train", "--shards", "shards", "--recipe", "default", "--teacher", teachers[0], "--out", "wrong");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("--teacher", wrong.Error);
    }
}
