using System.Globalization;
using System.Text.Json;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Host.Tests.Samples;

/// <summary>The programs of samples/Python.</summary>
public sealed class PythonTests
{
    /// <summary>
    /// A stand-in for the module duckdb, so that the network and the figures of the script are tested where no reader of Parquet is installed. The
    /// rows that the script reads lie beside each shard as JSON.
    /// </summary>
    private const string DuckDbDouble = """
        import json

        class Cursor:
            def execute(self, query, parameters):
                with open(parameters[0] + ".json") as file:
                    self.rows = json.load(file)
                return self

            def fetchmany(self, size):
                rows, self.rows = self.rows[:size], self.rows[size:]
                return rows

        def connect():
            return Cursor()
        """;

    [SkippableFact]
    public async Task The_script_reads_shards_and_scores_them_as_Mina_does()
    {
        Skip.If(SampleProgram.Python is null, "needs a python3 that imports torch and numpy");
        Skip.IfNot(
            SampleProgram.Imports(SampleProgram.Python!, "pyarrow") || SampleProgram.Imports(SampleProgram.Python!, "duckdb"),
            "needs pyarrow or duckdb in that python3, to read Parquet");
        using var folder = new TemporaryFolder();
        await ScoreAsync(await IngestAsync(folder), modules: null);
    }

    [SkippableFact]
    public async Task The_network_of_the_script_says_what_Mina_says()
    {
        Skip.If(SampleProgram.Python is null, "needs a python3 that imports torch and numpy");
        Skip.If(SampleProgram.Imports(SampleProgram.Python!, "pyarrow"), "the test above does this with the real pyarrow");
        using var folder = new TemporaryFolder();
        var shards = await IngestAsync(folder);
        WriteDouble(shards, folder);
        await ScoreAsync(shards, folder["modules"]);
    }

    private static async Task<ShardSet> IngestAsync(TemporaryFolder folder)
    {
        (await MinaProcess.RunAsync(folder.Path, "ingest", Places.DataRaw, "--out", "shards", "--split", "60/20/20")).ShouldSucceed();
        return ShardSet.Open(folder["shards"]);
    }

    /// <summary>Runs the script and compares every line with Mina's own scores.</summary>
    /// <param name="shards">The shards, of which the test split is scored.</param>
    /// <param name="modules">A folder of Python modules that are found before the installed ones; null where there is none.</param>
    private static async Task ScoreAsync(ShardSet shards, string? modules)
    {
        var scored = (await SampleProgram.RunPythonAsync(
            modules, Path.Combine(SampleProgram.Folder("Python"), "score.py"), shards.Directory, "--model",
            Path.Combine(Places.Repository, "data", "models", "mina")))
            .ShouldSucceed();

        Assert.Contains("# ROC-AUC ", scored.Error, StringComparison.Ordinal);
        var lines = scored.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("recording_id,start,class,probability", lines[0]);
        var theirs = lines.Skip(1).Select(line => line.Split(',')).ToList();
        var ours = Scores(shards);
        Assert.Equal(ours.Count, theirs.Count);
        foreach (var (expected, line) in ours.Zip(theirs))
        {
            Assert.Equal((expected.Recording, expected.Start.ToString(CultureInfo.InvariantCulture)), (line[0], line[1]));
            Assert.Equal(expected.Probability, double.Parse(line[3], CultureInfo.InvariantCulture), 1e-4);
        }
    }

    private static List<(string Recording, int Start, double Probability)> Scores(ShardSet shards)
    {
        var classifier = Detector.Shipped.Classifier;
        return [.. shards.Batches(Split.Test, 64).SelectMany(batch =>
        {
            var probabilities = classifier.Predict(batch);
            return Enumerable.Range(0, batch.Count).Select(row => (batch.RecordingId[row], batch.Start[row], (double)probabilities[row])).ToList();
        })];
    }

    private static void WriteDouble(ShardSet shards, TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder["modules"]);
        File.WriteAllText(folder["modules/duckdb.py"], DuckDbDouble);
        var path = Directory.EnumerateFiles(Path.Combine(shards.Directory, "split=test"), "*.parquet").Single();
        var rows = shards.Rows(Split.Test)
            .Select(row => new object?[] { row.RecordingId, row.Start, row.Class, row.X.ToArray(), row.KBeat.ToArray(), row.KRhythm.ToArray(),
                row.KFreq.ToArray() });
        File.WriteAllText($"{path}.json", JsonSerializer.Serialize(rows));
    }
}
