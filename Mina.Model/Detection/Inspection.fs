namespace Mina.Model

open System.Collections.Generic
open System.Linq
open System.Threading
open Mina.Preprocess

/// The typical window of an outcome, explained.
type TypicalWindow = {
    Outcome: Outcome
    Window: WindowExplanation
} with

    /// For C#: var (outcome, window) = typical.
    member typical.Deconstruct(outcome: outref<Outcome>, window: outref<WindowExplanation>) =
        outcome <- typical.Outcome
        window <- typical.Window

/// The single windows that a report shows, chosen once the scores are known.
type Inspection = {
    /// The typical window of each outcome that occurs, in the order of `Outcome`.
    Typical: IReadOnlyList<TypicalWindow>
    /// The check whether the network needs the samples that it attends to; null where there are no AF windows.
    Check: AttentionCheck | null
}

/// Looks at single windows of an evaluation.
[<RequireQualifiedAccess>]
module Inspections =
    let private explained classifier (segments: TraceSegments) threshold (trace: LabelledTrace) =
        let batch = segments.Fill [| trace.Trace |]
        batch.RecordingId[0] <- trace.Key.RecordingId
        batch.Start[0] <- trace.Key.Start
        batch.Label[0] <- trace.Label
        (WindowExplanations.explain classifier threshold batch)[0]

    /// <summary>Reads the windows that are chosen, and runs the model on them again.</summary>
    /// <param name="batches">The segments that were scored; they are read once.</param>
    /// <param name="classifier">The model that scored them.</param>
    /// <param name="result">The scores.</param>
    /// <param name="cancel">Stops between batches and windows.</param>
    [<CompiledName("Run")>]
    let run
        (batches: SegmentBatch seq)
        (classifier: Classifier)
        (result: EvaluationResult)
        (cancel: CancellationToken)
        : Inspection =
        let threshold = result.Options.Thresholds.Uniform
        let typical = TypicalWindows.choose threshold result.Scores
        let changed = AttentionChecks.choose result.Options.Seed result.Scores
        let wanted = HashSet(changed.Concat(typical.Values.Select(fun score -> score.Key)))

        let traces =
            (LabelledTraces.find batches wanted cancel).ToDictionary(fun trace -> trace.Key)

        let segments = TraceSegments classifier.Info.Preprocessing

        let found keys =
            keys |> Seq.filter traces.ContainsKey |> Seq.map (fun key -> traces[key])

        {
            Typical = [|
                for KeyValue(outcome, score) in typical |> Seq.sortBy _.Key do
                    for trace in found [ score.Key ] do
                        {
                            Outcome = outcome
                            Window = explained classifier segments threshold trace
                        }
            |]
            Check = AttentionChecks.run classifier (found changed) result.Options.Seed cancel
        }
