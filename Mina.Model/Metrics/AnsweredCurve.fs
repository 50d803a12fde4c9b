namespace Mina.Model

open System

/// The figures of only those rows whose probability lies at least a margin from the threshold.
[<Struct>]
type AnsweredPoint = {
    /// The share of all rows that are answered, 0 .. 1.
    Share: float
    /// The least distance of an answered row's probability from the threshold.
    Margin: float
    /// The sensitivity over the answered rows; NaN where undefined.
    Sensitivity: float
    Ppv: float
    Specificity: float
}

/// Computes sensitivity and positive predictivity of a detector that may abstain. It leaves the rows nearest to the
/// threshold unanswered first.
[<RequireQualifiedAccess>]
module AnsweredCurves =
    let private steps = 20

    /// <summary>Computes the curve, from all rows that have a probability down to a twentieth of all rows, in steps of
    /// a twentieth. Rows at the same distance are answered together.</summary>
    /// <param name="threshold">A row is judged AF from this probability on.</param>
    /// <param name="probabilities">The probability of each row; null where there is none, and such a row is never
    /// answered.</param>
    /// <param name="classes">The class of each row, of the same length: 1 is AF and 0 is not AF.</param>
    [<CompiledName("Compute")>]
    let compute (threshold: float) (probabilities: Nullable<float>[]) (classes: int[]) : AnsweredPoint[] =
        let rows =
            Array.zip probabilities classes
            |> Array.choose (fun (probability, cls) ->
                if probability.HasValue then
                    Some struct (abs (probability.Value - threshold), probability.Value >= threshold, (cls = 1))
                else
                    None)
            |> Array.sortBy (fun struct (distance, _, _) -> -distance)

        let distance i =
            let struct (d, _, _) = rows[i]
            d

        let count isJudged isTrue =
            rows
            |> Array.scan
                (fun n struct (_, judged, truth) -> if judged = isJudged && truth = isTrue then n + 1 else n)
                0

        let tp, fp, fn, tn =
            count true true, count true false, count false true, count false false

        let ratio part rest =
            if part + rest = 0 then
                nan
            else
                float part / float (part + rest)

        let total = float probabilities.Length

        [|
            for step in steps .. -1 .. 1 ->
                let mutable n =
                    min rows.Length (int (ceil (float step / float steps * total - 1e-9)))

                while n > 0 && n < rows.Length && distance n = distance (n - 1) do
                    n <- n + 1

                n
        |]
        |> Array.distinct
        |> Array.filter (fun n -> n > 0)
        |> Array.map (fun n -> {
            Share = float n / total
            Margin = distance (n - 1)
            Sensitivity = ratio tp[n] fn[n]
            Ppv = ratio tp[n] fp[n]
            Specificity = ratio tn[n] fp[n]
        })

    /// Computes the curve of a view.
    [<CompiledName("OfView")>]
    let ofView (view: ViewMetrics) : AnsweredPoint[] =
        compute view.Threshold (view.View.Scores |> Array.map Nullable) view.View.Classes
