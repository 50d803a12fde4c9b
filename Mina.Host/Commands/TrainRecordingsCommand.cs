using System.CommandLine;
using System.Globalization;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Labels;

namespace Mina.Host.Commands;

/// <summary><c>mina train-recordings RAW --out FOLDER</c>: trains a recording level on labelled recordings of up to 61 s.</summary>
internal static class TrainRecordingsCommand
{
    public static Command Create()
    {
        var raw = new Argument<string>("RAW") { Description = "Labelled recordings of up to 61 s: a folder or a .zip." };
        var labels = new Option<string?>("--labels") { Description = "The file of their labels. Default: the label file beside the recordings." };
        var groups = new Option<string?>("--groups")
        {
            Description = "The person of each recording, a csv of id,person. Default: groups.csv beside the recordings.",
        };
        var output = new Option<string>("--out", "-o") { Description = "The folder that recording.json is written to.", Required = true };
        var model = CommonOptions.Model();
        var foldModels = new Option<string[]>("--fold-model")
        {
            Description = "A model that train --fold made like --model, without a part of the recordings; give the option once for each part. A training "
                + "recording is then judged by those that have not learned from it, as a new recording would be. Default: --model judges all.",
            HelpName = "folder",
        };
        var seed = CommonOptions.Seed("The seed of the split, which should be that of the network's training.");
        var command = new Command(
            "train-recordings", "Train the recording level, which judges a short recording by what the network saw in its windows and what its beats do.")
        {
            raw, labels, groups, output, model, foldModels, seed,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop => RunAsync(
            parsed.GetRequiredValue(raw),
            parsed.GetValue(labels),
            parsed.GetValue(groups),
            Path.GetFullPath(parsed.GetRequiredValue(output)),
            parsed.DetectorOf(model).WithoutRhythm(),
            Array.ConvertAll(parsed.GetValue(foldModels) ?? [], LoadFoldModel),
            parsed.GetValue(seed),
            stop)));
        return command;
    }

    private static async Task<int> RunAsync(
        string raw,
        string? labelFile,
        string? groupFile,
        string output,
        Detector detector,
        (Detector Model, TrainedOn Known)[] foldModels,
        long seed,
        CancellationToken stop)
    {
        using var folder = RecordingFolder.Open(raw);
        var labels = LabelledRecordings.LabelsOf(folder, raw, labelFile);
        var groups = groupFile is null ? GroupTable.FindBeside(raw) : GroupTable.Load(groupFile);
        var failures = 0;
        var examples = await ProgressView.RunAsync("read", TimeProvider.System, report =>
        {
            var found = new List<RecordingExample>();
            var done = 0;
            foreach (var entry in folder.Entries)
            {
                stop.ThrowIfCancellationRequested();
                if (Attempt(() => Read(entry, labels, groups, seed)) is { } read)
                {
                    // Without a network to judge it, no recording is learned from: that ends the run.
                    var judges = RecordingLevelTraining.JudgesOf(detector, foldModels, read.Split, read.Recording.Id);
                    found.AddRange(Attempt(() => RecordingLevelTraining.ExamplesOf(judges, read.Label, read.Split, read.Recording)) ?? []);
                }

                report(new ProgressState(++done, folder.Entries.Count, string.Create(
                    CultureInfo.InvariantCulture, $"{done:N0}/{folder.Entries.Count:N0} recordings")));
            }

            return Task.FromResult(found);
        }).ConfigureAwait(false);
        var level = RecordingLevelTraining.Run(detector, foldModels, seed, examples);
        WholeFile.Write(Path.Combine(output, RecordingLevelFiles.Name), System.Text.Encoding.UTF8.GetBytes(RecordingLevels.Write(level)));
        foreach (var (name, value) in level.Metrics)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:0.####}"));
        Console.WriteLine($"recording level: {Path.Combine(output, RecordingLevelFiles.Name)}");
        return failures > 0 ? ExitCodes.Failed : ExitCodes.Done;

        // One bad recording does not stop the rest.
        T? Attempt<T>(Func<T?> work)
            where T : class
        {
            try
            {
                return work();
            }
            catch (ProblemException e)
            {
                failures++;
                Console.Error.WriteLine($"mina: {e.Message}");
                return null;
            }
        }
    }

    private static (Detector Model, TrainedOn Known) LoadFoldModel(string path)
    {
        var folder = Path.GetFullPath(path);
        var known = TrainedOnFiles.OfNetwork(folder);
        return known.IsKnown
            ? (Detector.Load(folder).WithoutRhythm(), known)
            : throw new ProblemException($"{folder} does not say what it was trained on (no {TrainedOnFiles.NetworkName}): give a model of 'mina train'.");
    }

    /// <summary>Reads a recording that is learned from or chosen by; null where it is neither.</summary>
    /// <exception cref="ProblemException">It cannot be read or has no label.</exception>
    private static LabelledRecording? Read(RecordingEntry entry, LabelTable labels, GroupTable? groups, long seed)
    {
        var (recording, label) = LabelledRecordings.Read(entry, labels);
        // Longer recordings are judged by their episodes, so there is nothing to learn from them.
        if (recording.IsLong)
            return null;
        var split = Splits.Assign(seed, recording.Id, groups?.Find(recording.Id) ?? recording.Group, SplitRatios.Paper);
        return split == Split.Test ? null : new LabelledRecording(recording, label, split);
    }

    private sealed record LabelledRecording(Recording Recording, Label Label, Split Split);
}
