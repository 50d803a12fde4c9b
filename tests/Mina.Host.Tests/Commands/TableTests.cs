using System.Text.Json;
using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary>The tables for other programs, and the commands that compare: what is in them is what the other outputs say.</summary>
public sealed class TableTests
{
    [Fact]
    public async Task A_folder_is_classified_into_one_table_with_a_row_for_each_recording_also_for_one_that_is_rejected()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["raw"]);
        foreach (var file in new[] { "sim00001", "sim00003" }.SelectMany(id => new[] { $"{id}.hea", $"{id}.dat" }))
            File.Copy(Path.Combine(Places.DataRaw, file), folder[$"raw/{file}"]);
        await File.WriteAllTextAsync(folder["raw/broken.hea"], "broken 1 300\n");

        var made = (await MinaProcess.RunAsync(folder.Path, "classify", "raw", "--table", "all.csv")).ShouldSucceed();
        Assert.Contains("3 recordings", made.Output, StringComparison.Ordinal);
        Assert.Contains("1 rejected", made.Output, StringComparison.Ordinal);
        var rows = (await File.ReadAllLinesAsync(folder["all.csv"])).Select(line => line.Split(',')).ToList();
        Assert.Equal(["recording", "broken", "sim00001", "sim00003"], rows.Select(row => row[0]));

        using var json = JsonDocument.Parse((await MinaProcess.RunAsync(folder.Path, "classify", "raw/sim00001.hea", "--json")).ShouldSucceed().Output);
        var (row, one) = (rows[2], json.RootElement);
        Assert.Equal(one.GetProperty("verdict").GetString(), row[Array.IndexOf(rows[0], "verdict")]);
        Assert.Equal(one.GetProperty("probability").GetDouble(), double.Parse(row[Array.IndexOf(rows[0], "probability")]));
        Assert.Equal(one.GetProperty("windows").GetArrayLength(), int.Parse(row[Array.IndexOf(rows[0], "windows")]));

        (await MinaProcess.RunAsync(folder.Path, "classify", "raw", "--table", "all.parquet")).ShouldSucceed();
        Assert.Equal("PAR1"u8.ToArray(), (await File.ReadAllBytesAsync(folder["all.parquet"]))[..4]);
    }

    [Fact]
    public async Task A_table_that_cannot_be_written_is_refused_before_anything_is_read()
    {
        using var folder = new TemporaryFolder();
        foreach (var (says, arguments) in new[]
        {
            (".csv or .parquet", new[] { "classify", "nowhere", "--table", "all.xlsx" }),
            ("is a folder", ["evaluate", "--shards", "nowhere", "--json", "."]),
            ("is a file", ["evaluate", "--shards", "nowhere", "--report", "file/report.html"]),
        })
        {
            await File.WriteAllTextAsync(folder["file"], "");
            var result = await MinaProcess.RunAsync(folder.Path, arguments);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains(says, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("nowhere", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_recipe_from_a_file_and_flags_is_trained_logged_resumed_and_compared()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "ingest", Places.DataRaw, "--out", "shards", "--split", "60/20/20")).ShouldSucceed();
        await File.WriteAllTextAsync(folder["mine.json"], """{ "base": "default", "epochs": 2, "dropout": 0.2 }""");
        string[] first = ["train", "--shards", "shards", "--recipe", "mine.json", "--weight-decay", "0.01", "--out", "a"];
        (await MinaProcess.RunAsync(folder.Path, first)).ShouldSucceed();
        using (var model = JsonDocument.Parse(await File.ReadAllTextAsync(folder["a/model.json"])))
        {
            var recipe = model.RootElement.GetProperty("recipe");
            Assert.Equal("mine", recipe.GetProperty("name").GetString());
            Assert.Equal(
                (2, 0.2, 0.01),
                (recipe.GetProperty("epochs").GetInt32(), recipe.GetProperty("dropout").GetDouble(), recipe.GetProperty("weight_decay").GetDouble()));
        }

        var history = await File.ReadAllLinesAsync(folder["a/history.csv"]);
        Assert.Equal("epoch,steps,learning_rate,train_loss,validation_loss,validation_roc_auc,validation_windows", history[0]);
        Assert.Equal(["1", "2"], history[1..].Select(line => line.Split(',')[0]));

        // What model.json says is a recipe: the same training again gives the same weights.
        (await MinaProcess.RunAsync(folder.Path, "train", "--shards", "shards", "--recipe", "a/model.json", "--out", "b")).ShouldSucceed();
        Assert.Equal(await File.ReadAllBytesAsync(folder["a/model.safetensors"]), await File.ReadAllBytesAsync(folder["b/model.safetensors"]));

        var compare = (await MinaProcess.RunAsync(
            folder.Path, "compare", "a", "b", "--shards", "shards", "--resamples", "20", "--json", "out.json")).ShouldSucceed();
        Assert.Contains("difference", compare.Output, StringComparison.Ordinal);
        using var figures = JsonDocument.Parse(await File.ReadAllTextAsync(folder["out.json"]));
        Assert.Equal(["paper", "uniform", "recording", "first", "second"], figures.RootElement.EnumerateObject().Select(view => view.Name));
        Assert.Equal(0, figures.RootElement.GetProperty("paper").GetProperty("roc_auc").GetProperty("difference").GetDouble());

        (await MinaProcess.RunAsync(
            folder.Path, "evaluate", "--model", "a", "--shards", "shards", "--resamples", "5", "--predictions", "p.csv")).ShouldSucceed();
        var predictions = await File.ReadAllLinesAsync(folder["p.csv"]);
        Assert.Equal("recording_id,start,label,class,probability", predictions[0]);
        Assert.All(predictions[1..], line => Assert.InRange(double.Parse(line.Split(',')[4]), 0, 1));
    }
}
