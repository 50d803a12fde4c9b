namespace Mina.Model

open System
open System.Collections.Generic
open System.Globalization
open System.Runtime.InteropServices
open System.Threading
open Mina.Preprocess

/// How scores are judged.
[<Sealed>]
type EvaluationOptions() =
    let text (value: float) =
        value.ToString("0.###", CultureInfo.InvariantCulture)

    /// The probability from which each view judges AF.
    member val Thresholds = ViewThresholds.Same 0.5 with get, set

    /// The temperature of the probabilities; 1 leaves them as trained.
    member val Temperature = 1.0 with get, set

    /// The seed of the bootstrap; the same seed and scores give the same intervals.
    member val Seed = 1L with get, set

    /// The number of bootstrap resamples, at least 1.
    member val Resamples = 1000 with get, set

    /// The number of recordings with the worst false positives, and of those with the worst false negatives, that are
    /// kept with their traces.
    member val WorstMistakes = 6 with get, set

    /// "0.5", or "0.3 (paper), 0.4 (uniform) and 0.6 (recording)" where they differ.
    member options.ThresholdText =
        let t = options.Thresholds

        if t.Paper = t.Uniform && t.Uniform = t.Recording then
            text t.Paper
        else
            $"%s{text t.Paper} (paper), %s{text t.Uniform} (uniform) and %s{text t.Recording} (recording)"

/// How far an evaluation has come.
[<Struct>]
type EvaluationProgress = {
    /// The number of windows scored.
    Windows: int
    /// The number of recordings seen.
    Recordings: int
}

/// The result of an evaluation.
type EvaluationResult = {
    /// The options of judging.
    Options: EvaluationOptions
    /// The score of every window, in the order in which they were read.
    Scores: IReadOnlyList<WindowScore>
    /// All windows, as the paper scores them.
    Paper: ViewMetrics
    /// The windows whose start is divisible by 500.
    Uniform: ViewMetrics
    /// The mean probability of each recording's uniform windows.
    Recording: ViewMetrics
    /// The recordings with the worst false positives, worst first.
    FalsePositives: IReadOnlyList<Mistake>
    /// The recordings with the worst false negatives, worst first.
    FalseNegatives: IReadOnlyList<Mistake>
    /// The calibration before temperature scaling, in the order of `Views`; empty at temperature 1.
    Untempered: IReadOnlyList<Calibration>
} with

    /// The three views: paper, uniform, recording.
    member result.Views: IReadOnlyList<ViewMetrics> = [| result.Paper; result.Uniform; result.Recording |]

/// Scores labelled segments with a classifier and computes its figures.
[<AbstractClass; Sealed>]
type Evaluator private () =
    static let scoreOf (batch: SegmentBatch) (row: int) (probability: float32) : WindowScore =
        let id, start = batch.RecordingId[row], batch.Start[row]

        if batch.Class[row] <> 0L && batch.Class[row] <> 1L then
            raise (
                ProblemException(
                    $"Window %d{start} of recording %s{id} has no class: "
                    + "only labelled segments can be evaluated; classify scores the others."
                )
            )

        if not (probability >= 0.0f && probability <= 1.0f) then
            let given = probability.ToString CultureInfo.InvariantCulture

            raise (
                ProblemException(
                    $"The model gave %s{given} for window %d{start} of recording %s{id}, which is no probability: "
                    + "its weights are damaged or its training diverged."
                )
            )

        {
            RecordingId = id
            Start = start
            Label = batch.Label[row]
            Class = int batch.Class[row]
            Probability = float probability
        }

    static let untempered (temperature: float) (scores: WindowScore[]) : Calibration[] =
        scores
        |> Array.map (fun score -> {
            score with
                Probability = Temperature.untempered temperature score.Probability
        })
        |> Views.all
        |> Array.map (fun view -> Calibration.Measure(Metrics.CalibrationBins, view.Scores, view.Classes))

    static let judge
        (options: EvaluationOptions)
        (scores: WindowScore[])
        falsePositives
        falseNegatives
        : EvaluationResult =
        // One seed for all views: over the same recordings they draw the same resamples.
        let metrics =
            Views.all scores
            |> Array.map (fun view -> Metrics.ofView (options.Thresholds.For view) options.Seed options.Resamples view)

        {
            Options = options
            Scores = scores
            Paper = metrics[0]
            Uniform = metrics[1]
            Recording = metrics[2]
            FalsePositives = falsePositives
            FalseNegatives = falseNegatives
            Untempered =
                if options.Temperature = 1.0 then
                    [||]
                else
                    untempered options.Temperature scores
        }

    /// <summary>Computes the figures of given scores.</summary>
    /// <param name="scores">Labelled windows with their probabilities, in any order.</param>
    /// <param name="options">The options of judging.</param>
    /// <param name="falsePositives">Mistakes to show; null shows none.</param>
    /// <param name="falseNegatives">Mistakes to show; null shows none.</param>
    static member Judge
        (
            scores: WindowScore seq,
            options: EvaluationOptions,
            [<Optional; DefaultParameterValue(null: IReadOnlyList<Mistake> | null)>] falsePositives:
                IReadOnlyList<Mistake> | null,
            [<Optional; DefaultParameterValue(null: IReadOnlyList<Mistake> | null)>] falseNegatives:
                IReadOnlyList<Mistake> | null
        ) : EvaluationResult =
        let orNone (mistakes: IReadOnlyList<Mistake> | null) : IReadOnlyList<Mistake> =
            match mistakes with
            | null -> [||]
            | mistakes -> mistakes

        judge options (Seq.toArray scores) (orNone falsePositives) (orNone falseNegatives)

    /// <summary>
    /// Reads the batches once, holding only one of them, the scores, and the traces of the worst mistakes.
    /// </summary>
    /// <param name="batches">Labelled segments, in any order; windows of one recording may be spread over
    /// batches.</param>
    /// <param name="classify">Gives the probability of AF (0 to 1) of each of a batch's segments.</param>
    /// <param name="options">The options of judging.</param>
    /// <param name="progress">Receives the progress after each batch; null reports nothing.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">There is nothing to score, a segment has no class, or the
    /// classifier gave no probability.</exception>
    static member Run
        (
            batches: SegmentBatch seq,
            classify: Func<SegmentBatch, float32[]>,
            options: EvaluationOptions,
            [<Optional; DefaultParameterValue(null: Action<EvaluationProgress> | null)>] progress:
                Action<EvaluationProgress> | null,
            [<Optional>] cancel: CancellationToken
        ) : EvaluationResult =
        let scores = ResizeArray()
        let recordings = HashSet StringComparer.Ordinal
        let mutable falsePositives = WorstMistakes(options.WorstMistakes, 0)
        let mutable falseNegatives = WorstMistakes(options.WorstMistakes, 1)

        for batch in batches do
            cancel.ThrowIfCancellationRequested()
            let probabilities = classify.Invoke batch

            if probabilities.Length <> batch.Count then
                raise (
                    ProblemException(
                        $"The classifier gave %d{probabilities.Length} probabilities "
                        + $"for a batch of %d{batch.Count} segments."
                    )
                )

            for row in 0 .. batch.Count - 1 do
                let score = scoreOf batch row probabilities[row]
                scores.Add score
                recordings.Add score.RecordingId |> ignore
                let isAF = score.Probability >= options.Thresholds.Uniform

                if isAF && score.Class = 0 then
                    falsePositives <- falsePositives.With(score, LabelledTraces.traceOf batch row)
                elif not isAF && score.Class = 1 then
                    falseNegatives <- falseNegatives.With(score, LabelledTraces.traceOf batch row)

            match progress with
            | null -> ()
            | progress ->
                progress.Invoke {
                    Windows = scores.Count
                    Recordings = recordings.Count
                }

        if scores.Count = 0 then
            raise (
                ProblemException(
                    "The split holds no segments, so there is nothing to evaluate: "
                    + "choose another --split, or ingest more recordings."
                )
            )

        judge options (scores.ToArray()) falsePositives.Worst falseNegatives.Worst
