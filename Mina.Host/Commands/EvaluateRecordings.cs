using System.CommandLine;
using Mina.Host.Classification;
using Mina.Host.Evaluation.Recordings;
using Mina.Host.Models;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary>The options of <c>evaluate --recordings</c>.</summary>
internal sealed class RecordingsArguments
{
    public Option<string?> Folder { get; } = new("--recordings") { Description = $"Score continuous classification on these recordings with rhythm annotations (WFDB's .atr) instead of shards: a folder, .zip or {RecordingFormats.All.MainExtensions()} file." };

    private readonly Option<string> _flutter = new("--flutter") { Description = "With --recordings, annotated flutter (AFL) is not-af (as WFDB's epicmp), exclude (epicmp -x) or af (as CPSC 2021).", DefaultValueFactory = _ => "not-af" };
    private readonly Option<double> _learning = new("--learning-period") { Description = "With --recordings, leave out this many seconds at the start of each; EC57's are 300.", DefaultValueFactory = _ => 0 };
    private readonly Option<double> _shortest = new("--shortest") { Description = "With --recordings, episodes under this many seconds do not count.", DefaultValueFactory = _ => 0 };
    private readonly Option<string?> _lead = new("--lead") { Description = "With --recordings, lead by name or by index from 0. Default: I, II, MLII, ECG, else the first." };

    public void AddTo(Command command)
    {
        _flutter.AcceptOnlyFromAmong("not-af", "exclude", "af");
        foreach (var option in new Option[] { Folder, _flutter, _learning, _shortest, _lead })
            command.Options.Add(option);
    }

    public EvaluateRecordings.Request Of(ParseResult parsed)
    {
        var options = new RecordingsOptions
        {
            Flutter = parsed.GetRequiredValue(_flutter) switch { "exclude" => Flutter.Excluded, "af" => Flutter.AF, _ => Flutter.NotAF },
            LearningSeconds = parsed.GetValue(_learning),
            ShortestSeconds = parsed.GetValue(_shortest),
        };
        if (!(options.LearningSeconds >= 0) || !(options.ShortestSeconds >= 0))
            throw new ProblemException("--learning-period and --shortest are seconds, 0 or more.");
        return new EvaluateRecordings.Request(parsed.GetRequiredValue(Folder)!, new ReadOptions(parsed.GetValue(_lead)), options);
    }
}

/// <summary><c>mina evaluate --recordings DIR</c>: continuous classification against rhythm annotations.</summary>
internal static class EvaluateRecordings
{
    public sealed record Request(string Path, ReadOptions Read, RecordingsOptions Options);

    public static async Task<int> RunAsync(ModelDirectory model, Request request, double? threshold, string? json, CancellationToken stop)
    {
        using var folder = RecordingFolder.Open(request.Path);
        using var classifier = model.Load();
        var recordings = new RecordingClassifier(classifier.Info.Preprocessing, classifier.Predict, threshold is { } one ? ViewThresholds.Same(one) : classifier.Info.Thresholds, WindowQuality.FaultOf);
        var result = await ProgressView.RunAsync("evaluate", TimeProvider.System, report => Task.FromResult(RecordingsEvaluator.Run(
            folder.Entries,
            request.Read,
            recordings,
            request.Options,
            done => report(new ProgressState(done, folder.Entries.Count, $"{done}/{folder.Entries.Count} recordings")),
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
}
