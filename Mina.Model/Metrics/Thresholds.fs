namespace Mina.Model

open Mina.Preprocess

/// The thresholds of the views, each in (0, 1). A view judges AF from its threshold on, and each has its own because
/// the share of AF differs.
type ViewThresholds = {
    /// The threshold of windows at the paper's tenfold density of AF.
    Paper: float
    /// The threshold of windows every 5/3 s, which `classify` and `monitor` use.
    Uniform: float
    /// The threshold of a recording's mean probability.
    Recording: float
} with

    /// The same threshold for all views.
    static member Same(threshold: float) : ViewThresholds = {
        Paper = threshold
        Uniform = threshold
        Recording = threshold
    }

    /// The threshold of a view, which is found by its name.
    member thresholds.For(view: View) : float =
        match view.Name with
        | Views.PaperName -> thresholds.Paper
        | Views.RecordingName -> thresholds.Recording
        | _ -> thresholds.Uniform

    /// Whether every threshold lies strictly between 0 and 1.
    member thresholds.AreValid() : bool =
        [ thresholds.Paper; thresholds.Uniform; thresholds.Recording ]
        |> List.forall (fun value -> value > 0.0 && value < 1.0)

/// Chooses thresholds on validation data.
[<RequireQualifiedAccess>]
module Thresholds =
    /// The number of resamples whose thresholds are averaged.
    let resamples = 200

    /// <summary>Finds the threshold of the best F1 as the mean over bootstrap resamples of the recordings, because with
    /// few positives the single best threshold depends on one or two recordings.</summary>
    /// <param name="seed">The seed of the resamples; the same seed and view give the same threshold.</param>
    /// <param name="view">Scores in [0, 1] with their classes and recordings, in any order.</param>
    /// <returns>A threshold strictly between 0 and 1; 0.5 where only one class occurs.</returns>
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
                    // The threshold lies half way to the next lower score, which is judged not AF.
                    let beneath = scores |> Array.filter (fun score -> score < lowest)

                    if beneath.Length = 0 then
                        lowest
                    else
                        (lowest + Array.max beneath) / 2.0
        |]

        if chosen.Length = 0 then
            0.5
        else
            // Where all scores are 0 or 1, the threshold must still not judge all rows alike.
            Array.average chosen |> max 0.001 |> min 0.999

    /// Fits the thresholds of the three views (`Views.All`), each by itself.
    [<CompiledName("FitAll")>]
    let fitAll (seed: int64) (views: View[]) : ViewThresholds =
        let of' name =
            views |> Array.find (fun view -> view.Name = name) |> fit seed

        {
            Paper = of' Views.PaperName
            Uniform = of' Views.UniformName
            Recording = of' Views.RecordingName
        }
