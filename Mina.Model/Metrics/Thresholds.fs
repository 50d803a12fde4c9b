namespace Mina.Model

open Mina.Preprocess

/// The probabilities from which a view judges AF, each in (0, 1). Each view has its own, because the share of AF differs.
type ViewThresholds = {
    /// Of windows at the paper's tenfold density of AF.
    Paper: float
    /// Of windows as they come, every 5/3 s: what `classify` and `monitor` meet.
    Uniform: float
    /// Of a recording's mean probability.
    Recording: float
} with

    /// One for all.
    static member Same(threshold: float) : ViewThresholds = {
        Paper = threshold
        Uniform = threshold
        Recording = threshold
    }

    /// That of a view, by its name.
    member thresholds.For(view: View) : float =
        match view.Name with
        | Views.PaperName -> thresholds.Paper
        | Views.RecordingName -> thresholds.Recording
        | _ -> thresholds.Uniform

    /// Whether each lies strictly between 0 and 1.
    member thresholds.AreValid() : bool =
        [ thresholds.Paper; thresholds.Uniform; thresholds.Recording ]
        |> List.forall (fun value -> value > 0.0 && value < 1.0)

/// Thresholds chosen on validation data.
[<RequireQualifiedAccess>]
module Thresholds =
    /// Resamples that a threshold is the mean of.
    let resamples = 200

    /// <summary>The threshold of the best F1, steadied: the mean of what bootstrap resamples of the recordings would choose.
    /// With few positives the single best one depends on a recording or two.</summary>
    /// <param name="seed">Of the resamples; the same seed and view give the same threshold.</param>
    /// <param name="view">Scores in [0, 1] with their classes and recordings, in any order.</param>
    /// <returns>Strictly between 0 and 1; 0.5 without both classes.</returns>
    [<CompiledName("Fit")>]
    let fit (seed: int64) (view: View) : float =
        let rowsOf = Array.init view.RecordingIds.Length (fun _ -> ResizeArray<int>())
        view.Recording |> Array.iteri (fun row recording -> rowsOf[recording].Add row)

        let mutable random = SplitMix64.FromKey(seed, 0x7468726573L)

        let chosen = [|
            for _ in 1..resamples do
                let rows = [|
                    for _ in rowsOf do
                        yield! rowsOf[int (random.Uniform() * float rowsOf.Length)]
                |]

                let classes = rows |> Array.map (fun row -> view.Classes[row])

                if Array.contains 0 classes && Array.contains 1 classes then
                    let scores = rows |> Array.map (fun row -> view.Scores[row])
                    let struct (lowest, _) = Curves.bestF1 (RankedScores.Create(scores, classes))
                    // Half way to the next score beneath, which is called not AF.
                    let beneath = scores |> Array.filter (fun score -> score < lowest)

                    if beneath.Length = 0 then
                        lowest
                    else
                        (lowest + Array.max beneath) / 2.0
        |]

        if chosen.Length = 0 then
            0.5
        else
            // Scores of 0 or 1 alone must not end in a threshold that judges all alike.
            Array.average chosen |> max 0.001 |> min 0.999

    /// Those of the three views (`Views.All`), each fitted on its own.
    [<CompiledName("FitAll")>]
    let fitAll (seed: int64) (views: View[]) : ViewThresholds =
        let of' name =
            views |> Array.find (fun view -> view.Name = name) |> fit seed

        {
            Paper = of' Views.PaperName
            Uniform = of' Views.UniformName
            Recording = of' Views.RecordingName
        }
