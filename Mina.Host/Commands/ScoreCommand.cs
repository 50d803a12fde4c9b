using System.CommandLine;
using Mina.Host.Evaluation;
using Mina.Host.Scoring;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina score REFERENCE TEST</c>: scores any detector's annotations against those of a reference.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        var reference = new Argument<string>("REFERENCE") { Description = "WFDB annotations that are true: a folder, an annotation file or a header." };
        var test = new Argument<string>("TEST")
        {
            Description = "What is scored: WFDB annotations in the same way, a .csv of AF episodes (record,start,end in seconds), or a .json that classify "
                + "printed.",
        };
        var referenceAnnotator = new Option<string>("--reference-annotator")
        {
            Description = "Who made the reference's annotations: their files' extension.",
            DefaultValueFactory = _ => "atr",
        };
        var testAnnotator = new Option<string>("--test-annotator")
        {
            Description = "Who made TEST's annotations: their files' extension.",
            DefaultValueFactory = _ => "qrs",
        };
        var flutter = CommonOptions.Flutter();
        var learning = CommonOptions.LearningPeriod();
        var shortest = CommonOptions.Shortest();
        var paced = new Option<string>("--paced")
        {
            Description = "Records with paced beats: in, or out as in EC57.",
            DefaultValueFactory = _ => "in",
        };
        paced.AcceptOnlyFromAmong("in", "out");
        var cpsc = new Option<bool>("--cpsc") { Description = "Score CPSC 2021's records (their class stands in the header) by that challenge's rule too." };
        var json = CommonOptions.JsonFile();
        var command = new Command(
            "score",
            "Score any detector's beats and AF episodes against annotations, as ANSI/AAMI EC57 and WFDB's bxb and epicmp do.")
        {
            reference, test, referenceAnnotator, testAnnotator, flutter, learning, shortest, paced, cpsc, json,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop =>
        {
            var options = new ScoringOptions
            {
                Flutter = FlutterNames.Parse(parsed.GetRequiredValue(flutter)),
                LearningSeconds = parsed.SecondsOf(learning),
                ShortestSeconds = parsed.SecondsOf(shortest),
                WithPaced = parsed.GetValue(paced) == "in",
                WithCpsc = parsed.GetValue(cpsc),
            };
            return Task.FromResult(Run(
                (parsed.GetRequiredValue(reference), parsed.GetRequiredValue(referenceAnnotator).TrimStart('.')),
                (parsed.GetRequiredValue(test), parsed.GetRequiredValue(testAnnotator).TrimStart('.')),
                options,
                parsed.GetValue(json),
                stop));
        }));
        return command;
    }

    private static int Run(
        (string Path, string Annotator) reference, (string Path, string Annotator) test, ScoringOptions options, string? json, CancellationToken stop)
    {
        var truth = WfdbAnnotationFolder.Open(reference.Path, reference.Annotator);
        var detected = DetectedAnnotations.Open(test.Path, test.Annotator, isForOne: truth.Names.Count == 1);
        using var truthHash = new DataHash();
        using var detectedHash = new DataHash();
        var result = Model.Scoring.Run(options, truth.Names.Select(name => new Func<(RecordAnnotations, RecordAnnotations)>(() =>
        {
            stop.ThrowIfCancellationRequested();
            var record = ReferenceRecord.Read(truth, name, options.BeatWindowSeconds);
            truthHash.Add(name, record.Bytes);
            return (record.Annotations, detected.Find(record));
        })));
        foreach (var failure in result.Failures)
            Console.Error.WriteLine($"mina: {failure}");
        if (result.Beats.Length == 0 && result.Rhythms.Length == 0)
            throw new ProblemException("the two have neither beats nor rhythms in common, so there is nothing to compare; see --test-annotator.");
        if (options.WithCpsc && result.Cpsc.Length == 0)
            throw new ProblemException("none of the reference's headers names a class of CPSC 2021, which --cpsc needs.");
        ScoreTable.Print(result, AnsiConsole.Console);
        if (json is not null)
        {
            foreach (var (name, bytes) in detected.Inputs)
                detectedHash.Add(name, bytes);
            ScoreJson.Save(
                result,
                new ScoreInput(reference.Path, truthHash.Current),
                new ScoreInput(test.Path, detectedHash.Current),
                MeasurementDate.Now(TimeProvider.System),
                json);
            Console.WriteLine($"figures: {Path.GetFullPath(json)}");
        }

        return result.Failures.Count > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }
}
