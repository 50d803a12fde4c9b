using System.CommandLine;
using Mina.Host.Evaluation;
using Mina.Host.Evaluation.Strips;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Labels;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina evaluate --strips RAW</c>: scores the verdicts of <c>classify</c> on labelled recordings of up to 61 s.</summary>
internal sealed class EvaluateStrips
{
    private readonly Option<string?> _path = new("--strips")
    {
        Description = "Score the verdicts of classify on labelled recordings of up to 61 s instead of shards: a folder or a .zip.",
    };

    private readonly Option<string?> _labels = new("--labels")
    {
        Description = "With --strips, the file of their labels. Default: the label file beside them.",
    };

    private readonly Option<string?> _part = new("--part")
    {
        Description = "With --strips, only those of this split, train, validation or test, as ingest divides them with seed 1. Default: all.",
    };

    /// <summary>Adds the options.</summary>
    /// <param name="command">The command <c>evaluate</c>.</param>
    /// <param name="excluded">The options that strips exclude.</param>
    public void AddTo(Command command, params Option[] excluded)
    {
        foreach (var option in new Option[] { _path, _labels, _part })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_path) is null)
                return;
            foreach (var option in excluded)
            {
                if (result.GetResult(option) is { Implicit: false })
                    result.AddError($"--strips and {option.Name} exclude each other.");
            }
        });
    }

    /// <summary>Whether <c>--strips</c> is given.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_path) is not null;

    /// <summary>Classifies the strips, prints the figures, and writes the JSON.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="detector">The model.</param>
    /// <param name="model">The folder of the model; null for the shipped one.</param>
    /// <param name="bootstrap">The seed and the number of resamples of the intervals.</param>
    /// <param name="json">The file of the JSON; null writes none.</param>
    /// <param name="stop">Stops between strips.</param>
    public async Task<int> RunAsync(
        ParseResult parsed, Detector detector, string? model, (long Seed, int Resamples) bootstrap, string? json, CancellationToken stop)
    {
        var path = parsed.GetRequiredValue(_path)!;
        using var folder = RecordingFolder.Open(path);
        var labels = LabelledRecordings.LabelsOf(folder, path, parsed.GetValue(_labels));
        var groups = GroupTable.FindBeside(path);
        var part = PartOf(parsed);
        var entries = folder.Entries.Where(entry => part is null || Splits.Assign(1, entry.Id, groups?.Find(entry.Id), SplitRatios.Paper) == part).ToList();
        using var hash = new DataHash();
        var result = await ProgressView.RunAsync("evaluate", TimeProvider.System, report => Task.FromResult(StripsEvaluator.Run(
            detector,
            entries.Select(entry => new Func<LabelledStrip>(() => Read(entry, labels, hash))),
            bootstrap.Seed,
            bootstrap.Resamples,
            done => report(new ProgressState(done, entries.Count, $"{done}/{entries.Count} strips")),
            stop))).ConfigureAwait(false);
        foreach (var failure in result.Failures)
            await Console.Error.WriteLineAsync($"mina: {failure}").ConfigureAwait(false);
        // The recording level learns from the recordings that the network has learned from.
        var network = KnownTraining.Find(detector, model).Network;
        var marks = TrainingMarks.Count([.. result.Ids.Select(id => new[] { TrainedOn.Recording(id) })], network, rhythm: null);
        var data = part is { } split ? $"{path}, {Splits.NameOf(split)}" : path;
        var measurement = new Measurement(
            model ?? Measurement.Shipped, detector, data, hash.Current, bootstrap.Seed, MeasurementDate.Now(TimeProvider.System), marks);
        StripsTable.Print(result, measurement, AnsiConsole.Console);
        if (json is not null)
        {
            StripsJson.Save(result, measurement, json);
            Console.WriteLine($"figures: {Path.GetFullPath(json)}");
        }

        return result.Failures.Count > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static LabelledStrip Read(RecordingEntry entry, LabelTable labels, DataHash hash)
    {
        var (recording, label) = LabelledRecordings.Read(entry, labels);
        hash.Add(entry.Id, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(recording.Samples));
        return new LabelledStrip(recording, label, entry.Location);
    }

    private Split? PartOf(ParseResult parsed) => parsed.GetValue(_part) is { } name ? CommonOptions.SplitNamed(name) : null;
}
