namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess

/// The figures of two models on the same rows of one view.
type ViewComparison = {
    /// `paper`, `uniform` or `recording`.
    View: string
    First: Figures
    Second: Figures
    /// The second's figures less the first's, and their 95 % intervals by a bootstrap over recordings in which both
    /// models are scored on the same resamples.
    Difference: Figures
    Ci: Interval
    /// The share of the resamples in which the second is better, 0 .. 1, where a tie counts half; NaN where undefined.
    SecondBetter: Figures
}

/// Compares two models on the same windows. What both find easy or hard is the same for both, so the interval of the
/// difference is narrower than the intervals of the two models' own figures would suggest.
[<RequireQualifiedAccess>]
module ModelComparison =
    let private subtract (a: Figures) (b: Figures) : Figures = {
        RocAuc = b.RocAuc - a.RocAuc
        PrAuc = b.PrAuc - a.PrAuc
        F1 = b.F1 - a.F1
        Sensitivity = b.Sensitivity - a.Sensitivity
        Specificity = b.Specificity - a.Specificity
        Ppv = b.Ppv - a.Ppv
        Accuracy = b.Accuracy - a.Accuracy
    }

    let private shareAbove (values: float[]) =
        let defined = values |> Array.filter (Double.IsNaN >> not)

        if defined.Length = 0 then
            nan
        else
            defined
            |> Array.averageBy (fun d ->
                if d > 0.0 then 1.0
                elif d = 0.0 then 0.5
                else 0.0)

    let private compareView (seed: int64) (resamples: int) (first: ViewMetrics) (second: ViewMetrics) : ViewComparison =
        let ranked (view: ViewMetrics) =
            RankedScores.Create(view.View.Scores, view.View.Classes)

        let a, b = ranked first, ranked second

        let unitOf (ranks: RankedScores) (view: ViewMetrics) =
            ranks.Order |> Array.map (fun row -> view.View.Recording[row])

        let unitA, unitB = unitOf a first, unitOf b second

        let atLeastA, atLeastB =
            a.CountAtLeast first.Threshold, b.CountAtLeast second.Threshold

        let differences =
            Bootstrap.resample seed resamples first.View.RecordingIds.Length (fun multiplicity ->
                subtract
                    (Figures.weighted a atLeastA multiplicity unitA)
                    (Figures.weighted b atLeastB multiplicity unitB))

        {
            View = first.View.Name
            First = first.Figures
            Second = second.Figures
            Difference = subtract first.Figures second.Figures
            Ci = {
                Lo = Figures.columns (Bootstrap.percentile 0.025) differences
                Hi = Figures.columns (Bootstrap.percentile 0.975) differences
            }
            SecondBetter = Figures.columns shareAbove differences
        }

    /// <summary>Compares two evaluations of the same windows.</summary>
    /// <param name="first">The first model's, judged at its own thresholds.</param>
    /// <param name="second">The second model's, of the same windows in any order.</param>
    /// <param name="seed">The seed of the bootstrap; the same seed and scores give the same intervals.</param>
    /// <param name="resamples">The number of resamples, at least 1.</param>
    /// <returns>The three views.</returns>
    /// <exception cref="T:System.ArgumentException">The evaluations are not of the same windows.</exception>
    [<CompiledName("Compare")>]
    let compare
        (first: EvaluationResult)
        (second: EvaluationResult)
        (seed: int64)
        (resamples: int)
        : IReadOnlyList<ViewComparison> =
        let keys (result: EvaluationResult) =
            result.Scores |> Seq.map (fun s -> struct (s.RecordingId, s.Start)) |> HashSet

        if
            first.Scores.Count <> second.Scores.Count
            || not ((keys first).SetEquals(keys second))
        then
            invalidArg (nameof second) "Two models can only be compared on the same windows."

        [|
            for a, b in Seq.zip first.Views second.Views -> compareView seed resamples a b
        |]
