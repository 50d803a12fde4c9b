using System.CommandLine;
using Mina.Host.Evaluation;
using Mina.Host.Evaluation.Recordings;
using Mina.Host.Reports;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina evaluate --recordings DIR</c>: scores continuous classification against rhythm annotations.</summary>
internal sealed class EvaluateRecordings
{
    private const string Condition = "With --recordings, ";

    private readonly Option<string?> _path = new("--recordings")
    {
        Description = "Score continuous classification on these recordings with rhythm annotations (WFDB's .atr) instead of shards: "
            + $"a folder, .zip or {RecordingFormats.All.MainExtensions()} file.",
    };

    private readonly Option<string> _flutter = CommonOptions.Flutter(Condition);

    private readonly Option<double> _learning = CommonOptions.LearningPeriod(Condition);

    private readonly Option<double> _shortest = CommonOptions.Shortest(Condition);

    private readonly Option<string?> _lead = CommonOptions.Lead(Condition);

    private readonly Option<string?> _persons = PersonTables.Option(Condition, "says which of them the model has learned from");

    /// <summary><c>--no-rhythm</c>.</summary>
    public Option<bool> NoRhythm { get; } = CommonOptions.NoRhythm(Condition);

    /// <summary>Adds the options.</summary>
    /// <param name="command">The command <c>evaluate</c>.</param>
    /// <param name="ofShards">The options that recordings exclude.</param>
    public void AddTo(Command command, params Option[] ofShards)
    {
        foreach (var option in new Option[] { _path, _flutter, _learning, _shortest, _lead, _persons, NoRhythm })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_path) is null)
            {
                if (result.GetValue(NoRhythm))
                    result.AddError("--no-rhythm needs --recordings: the rhythm level judges whole recordings, which shards do not hold.");
                return;
            }

            foreach (var option in ofShards)
            {
                if (result.GetResult(option) is { Implicit: false })
                    result.AddError($"--recordings and {option.Name} exclude each other: shards are scored by window, recordings by episode.");
            }
        });
    }

    /// <summary>Whether <c>--recordings</c> is given.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_path) is not null;

    /// <summary>Compares the recordings with their annotations, prints the figures, and writes the JSON and the report.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="detector">The model.</param>
    /// <param name="model">The folder of the model; null for the shipped one.</param>
    /// <param name="files">The files of the JSON and the report; null writes none.</param>
    /// <param name="stop">Stops between recordings.</param>
    public async Task<int> RunAsync(ParseResult parsed, Detector detector, string? model, (string? Json, string? Report) files, CancellationToken stop)
    {
        var options = OptionsOf(parsed);
        var training = KnownTraining.Find(detector, model);
        var path = parsed.GetRequiredValue(_path)!;
        using var folder = RecordingFolder.Open(path);
        var persons = PersonTables.Find(parsed.GetValue(_persons), path);
        using var source = new AnnotatedRecordings(new ReadOptions(parsed.GetValue(_lead)), persons);
        var count = folder.Entries.Count;
        var result = await ProgressView.RunAsync("evaluate", TimeProvider.System, report => Task.FromResult(detector.EvaluateRecordings(
            folder.Entries.Select(entry => new Func<AnnotatedRecording>(() => source.Read(entry))),
            options,
            done => report(new ProgressState(done, count, $"{done}/{count} recordings")),
            stop))).ConfigureAwait(false);
        foreach (var failure in result.Failures)
            await Console.Error.WriteLineAsync($"mina: {failure}").ConfigureAwait(false);
        var keys = result.Recordings.Select(compared => source.KeysOf(compared.Recording)).ToArray();
        var report = new RecordingsReport(
            result,
            [.. result.Recordings.Select(source.CpscScoreOf)],
            [.. keys.Select(training.Includes)],
            [.. result.Recordings.Select(compared => source.PersonOf(compared.Recording))],
            new Measurement(
                model ?? Measurement.Shipped,
                detector,
                path,
                source.Hash,
                RecordingsReport.BootstrapSeed,
                MeasurementDate.Now(TimeProvider.System),
                TrainingMarks.Count(keys, training.Network, training.Rhythm)));
        RecordingsTable.Print(report, AnsiConsole.Console);
        if (files.Json is { } json)
        {
            RecordingsJson.Save(report, json);
            Console.WriteLine($"figures: {Path.GetFullPath(json)}");
        }

        if (files.Report is { } page)
            Console.WriteLine($"report: {RecordingsPage.Write(report, page)}");
        return result.Failures.Count > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }

    private RecordingsOptions OptionsOf(ParseResult parsed) => new()
    {
        Flutter = FlutterNames.Parse(parsed.GetRequiredValue(_flutter)),
        LearningSeconds = parsed.SecondsOf(_learning),
        ShortestSeconds = parsed.SecondsOf(_shortest),
    };
}
