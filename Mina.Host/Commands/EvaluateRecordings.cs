using System.CommandLine;
using Mina.Host.Evaluation.Recordings;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina evaluate --recordings DIR</c>: scores continuous classification against rhythm annotations.</summary>
internal sealed class EvaluateRecordings
{
    private readonly Option<string?> _path = new("--recordings")
    {
        Description = "Score continuous classification on these recordings with rhythm annotations (WFDB's .atr) instead of shards: "
            + $"a folder, .zip or {RecordingFormats.All.MainExtensions()} file.",
    };

    private readonly Option<string> _flutter = new("--flutter")
    {
        Description = "With --recordings, annotated flutter (AFL) is not-af (as WFDB's epicmp), exclude (epicmp -x) or af (as CPSC 2021).",
        DefaultValueFactory = _ => "not-af",
    };

    private readonly Option<double> _learning = new("--learning-period")
    {
        Description = "With --recordings, leave out this many seconds at the start of each; EC57's are 300.",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<double> _shortest = new("--shortest")
    {
        Description = "With --recordings, episodes under this many seconds do not count.",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<string?> _lead = CommonOptions.Lead("With --recordings, ");

    /// <summary><c>--rhythm</c>.</summary>
    public Option<bool> Rhythm { get; } = CommonOptions.Rhythm("With --recordings, ");

    /// <summary>Adds the options.</summary>
    /// <param name="command">evaluate.</param>
    /// <param name="ofShards">The options that recordings exclude.</param>
    public void AddTo(Command command, params Option[] ofShards)
    {
        _flutter.AcceptOnlyFromAmong("not-af", "exclude", "af");
        foreach (var option in new Option[] { _path, _flutter, _learning, _shortest, _lead, Rhythm })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_path) is null)
            {
                if (result.GetValue(Rhythm))
                    result.AddError("--rhythm needs --recordings: the rhythm level judges whole recordings, which shards do not hold.");
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

    /// <summary>Compares, prints, and writes the JSON file.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Detector detector, string? json, CancellationToken stop)
    {
        var options = OptionsOf(parsed);
        using var folder = RecordingFolder.Open(parsed.GetRequiredValue(_path)!);
        var read = new ReadOptions(parsed.GetValue(_lead));
        var count = folder.Entries.Count;
        var result = await ProgressView.RunAsync("evaluate", TimeProvider.System, report => Task.FromResult(detector.EvaluateRecordings(
            folder.Entries.Select(entry => new Func<AnnotatedRecording>(() => Read(entry, read))),
            options,
            done => report(new ProgressState(done, count, $"{done}/{count} recordings")),
            stop))).ConfigureAwait(false);
        foreach (var failure in result.Failures)
            await Console.Error.WriteLineAsync($"mina: {failure}").ConfigureAwait(false);
        RecordingsTable.Print(result, AnsiConsole.Console);
        if (json is not null)
        {
            RecordingsJson.Save(result, json);
            Console.WriteLine($"figures: {Path.GetFullPath(json)}");
        }

        return result.Failures.Count > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }

    private RecordingsOptions OptionsOf(ParseResult parsed)
    {
        var (learning, shortest) = (parsed.GetValue(_learning), parsed.GetValue(_shortest));
        if (!(learning >= 0) || !(shortest >= 0))
            throw new ProblemException("--learning-period and --shortest must be 0 s or more.");
        return new RecordingsOptions
        {
            Flutter = parsed.GetRequiredValue(_flutter) switch { "exclude" => Flutter.Excluded, "af" => Flutter.AF, _ => Flutter.NotAF },
            LearningSeconds = learning,
            ShortestSeconds = shortest,
        };
    }

    /// <exception cref="ProblemException">The recording or its annotations cannot be read.</exception>
    private static AnnotatedRecording Read(RecordingEntry entry, ReadOptions read)
    {
        var rhythms = entry.ReadRhythms()
            ?? throw new ProblemException($"{entry.Location} has no annotations (.atr) beside it, so there is nothing to compare it with.");
        var (recording, rejection) = entry.Read(read);
        return new AnnotatedRecording(recording ?? throw new ProblemException(rejection!.Message), rhythms, entry.Location);
    }
}
