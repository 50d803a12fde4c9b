namespace Mina.Model

open System
open System.Collections.Generic
open System.Globalization
open System.Runtime.InteropServices
open System.Threading
open Mina.Preprocess

/// The meaning of annotated atrial flutter.
type Flutter =
    /// Flutter is not AF, so a detection in it is false (WFDB's epicmp).
    | NotAF = 0
    /// Flutter is left out, so a detection in it counts neither for nor against (epicmp -x).
    | Excluded = 1
    /// Flutter is AF, as in CPSC 2021.
    | AF = 2

/// The options of comparing continuous classification with annotations.
[<Sealed>]
type RecordingsOptions() =
    /// The meaning of the annotation "(AFL".
    member val Flutter = Flutter.NotAF with get, set

    /// The seconds at each recording's start that are left out; ANSI/AAMI EC57 leaves out 300, for algorithms that
    /// learn.
    member val LearningSeconds = 0.0 with get, set

    /// The length in seconds below which episodes, of the reference or detected, do not count (epicmp -i).
    member val ShortestSeconds = 0.0 with get, set

/// A recording with annotated rhythms.
type AnnotatedRecording = {
    Recording: Recording
    /// The rhythms in order of time.
    Rhythms: IReadOnlyList<RhythmSpan>
    /// The path of the recording, for messages.
    Location: string
}

/// One annotated recording, compared.
type ComparedRecording = {
    /// The classified recording.
    Recording: ClassifiedRecording
    /// The comparison of its episodes with the annotations.
    Comparison: EpisodeComparison
    /// The comparison of its minutes.
    Minutes: MinuteComparison
    /// The delays from onset to report.
    Delays: AlarmDelays
    /// The detected AF of any length, without the rules' minimum.
    AnyLength: Span[]
    /// For each window in the compared period, the probability by which episodes are made less its threshold; null
    /// where the window is unclassifiable.
    Margins: Nullable<float>[]
    /// For each of these windows, 1 where the annotations call its centre AF, else 0.
    Classes: int[]
} with

    /// For C#: var (recording, comparison) = compared.
    member compared.Deconstruct(recording: outref<ClassifiedRecording>, comparison: outref<EpisodeComparison>) =
        recording <- compared.Recording
        comparison <- compared.Comparison

/// The result of classifying annotated recordings continuously.
type RecordingsResult = {
    /// The options of the comparison.
    Options: RecordingsOptions
    /// The recordings in the order given.
    Recordings: IReadOnlyList<ComparedRecording>
    /// One sentence for each recording that could not be compared.
    Failures: IReadOnlyList<string>
} with

    /// The counts and seconds of all recordings together, whose ratios are EC57's gross figures.
    member result.Gross: EpisodeComparison =
        result.Recordings |> Seq.map _.Comparison |> EpisodeComparisons.gross

    /// The minutes of all recordings.
    member result.Minutes: MinuteComparison =
        result.Recordings |> Seq.map _.Minutes |> MinuteComparisons.gross

    /// The delays of all recordings.
    member result.Delays: AlarmDelays =
        result.Recordings |> Seq.map _.Delays |> AlarmDelays.gross

    /// Sensitivity and positive predictivity of windows against the share of time that is answered.
    member result.Answered: AnsweredPoint[] =
        AnsweredCurves.compute
            0.0
            (result.Recordings |> Seq.collect _.Margins |> Seq.toArray)
            (result.Recordings |> Seq.collect _.Classes |> Seq.toArray)

    /// EC57's average: the mean of a ratio over the recordings where it is defined; NaN where it is defined in none.
    member result.Average(ratio: Func<EpisodeComparison, float>) : float =
        result.Recordings |> Seq.map _.Comparison |> EpisodeComparisons.average ratio

    /// The share of the recorded time that is not classifiable; NaN without recordings.
    member result.Unclassifiable: float =
        (result.Recordings |> Seq.sumBy _.Recording.UnclassifiableSeconds)
        / (result.Recordings |> Seq.sumBy _.Recording.DurationSeconds)

/// Compares what continuous classification finds in annotated recordings with their rhythm annotations.
[<AbstractClass; Sealed>]
type RecordingsEvaluator private () =
    static let compare
        (classifier: RecordingClassifier)
        (options: RecordingsOptions)
        (annotated: AnnotatedRecording)
        : Result<ComparedRecording, string> =
        match classifier.Classify annotated.Recording with
        | Error rejection -> Error rejection.Message
        | Ok classified when options.LearningSeconds >= classified.DurationSeconds ->
            let seconds =
                classified.DurationSeconds.ToString("0.#", CultureInfo.InvariantCulture)

            Error(
                $"%s{annotated.Location} lasts %s{seconds} s, no longer than the learning period, "
                + "so nothing of it is compared."
            )
        | Ok classified ->
            let struct (reference, excluded) =
                RecordingsEvaluator.Reference(annotated.Rhythms, options.Flutter)

            let detected =
                classified.Episodes
                |> Seq.map (fun e -> {
                    Start = e.StartSeconds
                    End = e.EndSeconds
                })
                |> Seq.toArray

            let period = {
                Start = options.LearningSeconds
                End = classified.DurationSeconds
            }

            let struct (rules, verdictDelay) = classifier.JudgingOf classified

            let verdicts =
                match classified.Rhythm with
                | null -> classified.Windows
                | rhythm -> rhythm

            let reported rules =
                AlarmDelays.episodes rules verdictDelay classified.DurationSeconds verdicts

            let holds (spans: Span[]) (at: float) =
                spans |> Array.exists (fun s -> s.Start <= at && at < s.End)

            let centre (verdict: Verdict) =
                verdict.StartSeconds + rules.WindowSeconds / 2.0

            let judged =
                verdicts
                |> Seq.filter (fun v -> centre v >= period.Start && not (holds excluded (centre v)))
                |> Seq.toArray

            Ok {
                Recording = classified
                Comparison = EpisodeComparisons.compare reference detected excluded period options.ShortestSeconds
                Minutes = MinuteComparisons.compare reference detected excluded period
                Delays = AlarmDelays.measure rules.MinimumSeconds period reference (reported rules)
                AnyLength = reported { rules with MinimumSeconds = 0.0 } |> Array.map _.Episode
                Margins =
                    judged
                    |> Array.map (fun v ->
                        if v.Probability.HasValue then
                            Nullable(v.Probability.Value - rules.OnsetProbability)
                        else
                            Nullable())
                Classes = judged |> Array.map (fun v -> if holds reference (centre v) then 1 else 0)
            }

    /// The AF of annotated rhythms, and the time that is excluded.
    static member Reference(rhythms: IReadOnlyList<RhythmSpan>, flutter: Flutter) : struct (Span[] * Span[]) =
        let spans (isWanted: string -> bool) : Span[] =
            rhythms
            |> Seq.filter (fun r -> isWanted r.Rhythm)
            |> Seq.map (fun r -> {
                Start = r.StartSeconds
                End = r.EndSeconds
            })
            |> Seq.toArray

        let startsWith (name: string) (rhythm: string) =
            rhythm.StartsWith(name, StringComparison.Ordinal)

        let isFlutter = startsWith "AFL"

        struct (spans (fun rhythm -> startsWith "AFIB" rhythm || flutter = Flutter.AF && isFlutter rhythm),
                (if flutter = Flutter.Excluded then spans isFlutter else [||]))

    /// <summary>Classifies and compares one recording after the other.</summary>
    /// <param name="recordings">Functions that each read a recording when its turn comes. A ProblemException of one, or
    /// a recording that cannot be classified, is a failure of that recording alone.</param>
    /// <param name="classifier">The model.</param>
    /// <param name="options">The options of the comparison.</param>
    /// <param name="progress">Receives the number of recordings done after each; null reports nothing.</param>
    /// <param name="cancel">Stops between recordings.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">No recording could be compared.</exception>
    static member Run
        (
            recordings: Func<AnnotatedRecording> seq,
            classifier: RecordingClassifier,
            options: RecordingsOptions,
            [<Optional; DefaultParameterValue(null: Action<int> | null)>] progress: Action<int> | null,
            [<Optional>] cancel: CancellationToken
        ) : RecordingsResult =
        let outcomes = [|
            for done', read in Seq.indexed recordings do
                cancel.ThrowIfCancellationRequested()

                try
                    read.Invoke() |> compare classifier options
                with :? ProblemException as e ->
                    Error e.Message

                match progress with
                | null -> ()
                | progress -> progress.Invoke(done' + 1)
        |]

        let compared =
            outcomes
            |> Array.choose (function
                | Ok compared -> Some compared
                | Error _ -> None)

        let failures =
            outcomes
            |> Array.choose (function
                | Ok _ -> None
                | Error failure -> Some failure)

        if compared.Length = 0 then
            let first =
                if failures.Length = 0 then
                    "there is none."
                else
                    $"the first of %d{failures.Length}: %s{failures[0]}"

            raise (ProblemException $"no recording could be compared with annotations; %s{first}")

        {
            Options = options
            Recordings = compared
            Failures = failures
        }
