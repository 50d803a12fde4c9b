using System.CommandLine;
using System.Globalization;
using Mina.Host.Evaluation;
using Mina.Host.Reports;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Shards;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina evaluate --model MODEL --shards SHARDS --split test</c>: scores a model.</summary>
internal static class EvaluateCommand
{
    private const int BatchSize = 128;

    public static Command Create()
    {
        var model = CommonOptions.Model();
        var shards = CommonOptions.Shards();
        var split = CommonOptions.PartOfShards(Split.Test);
        var json = CommonOptions.JsonFile();
        var report = CommonOptions.Report("report");
        var threshold = CommonOptions.Threshold();
        var seed = CommonOptions.Seed("The seed of the bootstrap.");
        var resamples = CommonOptions.Resamples();
        var predictions = new Option<string?>("--predictions")
        {
            Description = "Of shards, also write each window's probability to this .csv or .parquet file.",
            HelpName = "file",
        };
        var recordings = new EvaluateRecordings();
        var strips = new EvaluateStrips();
        var command = new Command(
            "evaluate",
            "Score a model on a split: all windows (as the paper), uniform windows, recordings; with 95 % intervals. Or on "
            + "long recordings with rhythm annotations: AF episodes and duration. Or on strips: the verdicts of classify on short recordings.")
        {
            model, shards, split, json, report, predictions, threshold, seed, resamples,
        };
        recordings.AddTo(command, shards, split, seed, resamples);
        strips.AddTo(command, shards, split, report);
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            OutputFiles.Require((parsed.GetValue(json), parsed.GetValue(report)));
            if (recordings.IsGiven(parsed))
            {
                return recordings.RunAsync(
                    parsed, parsed.DetectorOf(model, threshold, recordings.NoRhythm), FolderOf(parsed), (parsed.GetValue(json), parsed.GetValue(report)), stop);
            }

            if (strips.IsGiven(parsed))
            {
                var bootstrap = (parsed.GetValue(seed), parsed.AtLeast(1, resamples));
                return strips.RunAsync(parsed, parsed.DetectorOf(model, threshold), FolderOf(parsed), bootstrap, parsed.GetValue(json), stop);
            }

            var options = new EvaluationOptions { Seed = parsed.GetValue(seed), Resamples = parsed.AtLeast(1, resamples) };
            var part = parsed.SplitOf(split);
            var set = ShardSet.Open(parsed.GetRequiredValue(shards));
            var files = new Files(parsed.GetValue(json), parsed.GetValue(report), parsed.GetValue(predictions));
            return RunAsync(parsed.DetectorOf(model, threshold), FolderOf(parsed), set, part, files, options, stop);
        }));
        return command;

        string? FolderOf(ParseResult parsed) => parsed.GetValue(model) is { } folder ? Path.GetFullPath(folder) : null;
    }

    private sealed record Files(string? Json, string? Report, string? Predictions);

    private static async Task<int> RunAsync(
        Detector detector, string? model, ShardSet shards, Split split, Files files, EvaluationOptions options, CancellationToken stop)
    {
        if (files.Predictions is { } table)
            TableFile.RequireWritable(table);
        detector.RequireSettings(shards.Settings.Preprocess);
        var windows = shards.Windows(split);
        var result = await ProgressView.RunAsync("evaluate", TimeProvider.System, report => Task.FromResult(detector.Evaluate(
            shards.Batches(split, BatchSize),
            options,
            progress => report(new ProgressState(
                progress.Windows,
                windows,
                string.Create(CultureInfo.InvariantCulture, $"{progress.Windows:N0}/{windows:N0} windows, {progress.Recordings:N0} recordings"))),
            stop))).ConfigureAwait(false);
        var training = KnownTraining.Find(detector, model);
        var measurement = new Measurement(
            model ?? Measurement.Shipped,
            detector,
            $"{shards.Directory}, {Splits.NameOf(split)}",
            TrainingShards.HashOf(shards),
            options.Seed,
            MeasurementDate.Now(TimeProvider.System),
            TrainingMarks.Count([.. result.Recording.View.RecordingIds.Select(id => new[] { TrainedOn.Recording(id) })], training.Network, rhythm: null));
        EvaluationTable.Print(result, AnsiConsole.Console, measurement.Marks);
        if (files.Json is { } json)
        {
            EvaluationJson.Save(result, json, measurement);
            Console.WriteLine($"figures: {Path.GetFullPath(json)}");
        }

        if (files.Predictions is { } predictions)
        {
            WindowPredictions.Save(result.Scores, predictions);
            Console.WriteLine($"predictions: {Path.GetFullPath(predictions)}");
        }

        if (files.Report is { } path)
        {
            var inspection = detector.Inspect(shards.Batches(split, BatchSize), result, stop);
            Console.WriteLine($"report: {HtmlReport.Write(result, HeaderOf(detector.Info, measurement, shards, split), path, inspection)}");
        }

        return ExitCodes.Done;
    }

    private static ReportHeader HeaderOf(ModelInfo info, Measurement measurement, ShardSet shards, Split split)
    {
        string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
        var counts = shards.Counts(split);
        return new ReportHeader(
            "Atrial fibrillation detection: evaluation",
            [
                new("model", measurement.ModelName),
                new("network", $"{info.Network}, {N(info.Parameters)} parameters"),
                new("recipe", $"{info.Recipe.Name}, epoch {info.SelectedEpoch} of {info.Recipe.Epochs}, seed {info.Seed}"),
                new("preprocessing", info.Fingerprint),
                .. measurement.Facts,
            ],
            [
                new("shards", shards.Directory),
                new("split", Splits.NameOf(split)),
                new("recordings", N(counts.Values.Sum(count => (long)count.Recordings))),
                new("windows", $"{N(shards.Windows(split))}, of which {N(shards.Windows(split, 1))} AF"),
            ])
        {
            Subtitle = measurement.Marks.Warning,
            History = info.Epochs,
        };
    }
}
