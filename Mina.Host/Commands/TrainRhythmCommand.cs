using System.CommandLine;
using System.Globalization;
using Mina.Host.Evaluation;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina train-rhythm DIR --persons FILE --out FOLDER</c>: trains a rhythm level on annotated recordings.</summary>
internal static class TrainRhythmCommand
{
    /// <summary>The name of the file of cross-validated figures, which lies beside the level.</summary>
    private const string ReportName = "rhythm-report.json";

    private const int DefaultFolds = 6;

    public static Command Create()
    {
        var folders = new Argument<string[]>("DIR")
        {
            Description = "Recordings with rhythm annotations (WFDB's .atr); each folder is reported under its name.",
            Arity = ArgumentArity.OneOrMore,
        };
        var persons = PersonTables.Option("", "keeps one person's recordings together");
        var beats = new Option<string[]>("--beats-only")
        {
            Description = "A folder of records without signal, with beats in .qrs or .atr; give the option once for each.",
        };
        var output = new Option<string>("--out", "-o") { Description = "The folder that rhythm.safetensors and rhythm.json are written to.", Required = true };
        var model = CommonOptions.Model();
        var seed = CommonOptions.Seed("The seed of the folds and of training.");
        var folds = new Option<int>("--folds")
        {
            Description = "The number of folds of the cross-validation by person.",
            DefaultValueFactory = _ => DefaultFolds,
        };
        var epochs = new Option<int?>("--epochs") { Description = "The number of passes over the examples. Default: the recipe's." };
        var use = new Option<double[]>("--use")
        {
            Description = "The settings of its use: seconds of look-ahead, the probability from which AF begins, and the one down to which it goes on. "
                + "Default: as the cross-validated figures suggest.",
            Arity = new ArgumentArity(3, 3),
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("train-rhythm", "Train the rhythm level, which judges a minute's beats and windows, and cross-validate it by person.")
        {
            folders, persons, beats, output, model, seed, folds, epochs, use,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var recipe = RhythmRecipe.Default;
            if (parsed.GetValue(epochs) is { } count)
                recipe = recipe.WithEpochs(count >= 1 ? count : throw new ProblemException($"--epochs {count} must be 1 or more."));
            var source = new RhythmTrainingSource(
                parsed.GetRequiredValue(folders), parsed.GetValue(beats) ?? [], parsed.GetValue(persons), parsed.DetectorOf(model));
            var plan = new Plan(recipe, parsed.GetValue(seed), parsed.AtLeast(2, folds), SettingsOf(parsed.GetValue(use)));
            return RunAsync(source, plan, Path.GetFullPath(parsed.GetRequiredValue(output)), stop);
        }));
        return command;
    }

    private sealed record Plan(RhythmRecipe Recipe, long Seed, int Folds, RhythmSettings? Settings);

    private static RhythmSettings? SettingsOf(double[]? use)
    {
        if (use is not [var lookAhead, var onset, var offset])
            return null;
        var settings = new RhythmSettings(lookAhead, onset, offset);
        return settings.AreValid
            ? settings
            : throw new ProblemException(
                "--use needs a look-ahead of 5 to 55 seconds and two probabilities above 0 and up to 1, the second no higher than the first.");
    }

    private static async Task<int> RunAsync(RhythmTrainingSource source, Plan plan, string output, CancellationToken stop)
    {
        var recordings = await ProgressView.RunAsync("read", TimeProvider.System, report => Task.FromResult(source.Read(report, stop))).ConfigureAwait(false);
        foreach (var failure in source.Failures)
            await Console.Error.WriteLineAsync($"mina: {failure}").ConfigureAwait(false);
        var models = plan.Folds + 1;
        var trained = await ProgressView.RunAsync("train-rhythm", TimeProvider.System, report =>
        {
            void Report(int done) => report(new ProgressState(done, models, string.Create(
                CultureInfo.InvariantCulture, $"{done}/{models} models, {recordings.Count:N0} recordings and excerpts")));
            Report(0);
            return Task.FromResult(RhythmLevelTraining.Run(
                source.Detector, plan.Recipe, plan.Seed, plan.Folds, plan.Settings, recordings, Report, stop));
        }).ConfigureAwait(false);
        RhythmReportTable.Print(trained.Report, AnsiConsole.Console);
        foreach (var (name, bytes) in RhythmFiles.Encode(trained.Stored))
            WholeFile.Write(Path.Combine(output, name), bytes);
        WholeFile.Write(Path.Combine(output, TrainedOnFiles.RhythmName), TrainedOnOf(recordings, trained.Stored).Encode());
        RhythmReportJson.Save(trained.Report, Path.Combine(output, ReportName));
        Console.WriteLine($"rhythm level: {output}");
        return source.Failures.Count > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }

    /// <summary>The keys of the people and of the recordings with signal; of a recording without signal there are only excerpts here.</summary>
    private static TrainedOn TrainedOnOf(IEnumerable<RhythmRecording> recordings, StoredRhythm stored) => TrainedOn.Create(
        stored.Info.FirstLevel,
        recordings.SelectMany(recording => recording.Windows.Any(window => window.Probability is not null)
            ? [TrainedOn.Person(recording.Person), TrainedOn.Recording(recording.Id[(recording.Id.IndexOf('/') + 1)..], recording.Seconds)]
            : new[] { TrainedOn.Person(recording.Person) }));
}
