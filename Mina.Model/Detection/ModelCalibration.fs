namespace Mina.Model

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open System.Threading
open Mina.Preprocess

/// Finds, on validation data and after training, the temperature that calibrates the probabilities and the threshold of
/// the best F1 in each view.
[<AbstractClass; Sealed>]
type ModelCalibration private () =
    /// The seed is fixed, so that the same recordings give the same thresholds.
    static let resampleSeed = 1L

    static let figuresOf (thresholds: ViewThresholds) (views: View[]) : IReadOnlyDictionary<string, float> =
        let metrics = SortedDictionary<string, float> StringComparer.Ordinal

        for view in views do
            let figures = Metrics.figuresAt (thresholds.For view) view.Scores view.Classes

            for name, value in
                [
                    "roc_auc", figures.RocAuc
                    "pr_auc", figures.PrAuc
                    "f1", figures.F1
                    "sensitivity", figures.Sensitivity
                    "specificity", figures.Specificity
                    "ppv", figures.Ppv
                ] do
                if Double.IsFinite value then
                    metrics[$"validation/%s{view.Name}/%s{name}"] <- value

        metrics

    /// Each window, with the logit of AF minus that of not AF.
    static let marginsOf (classifier: Classifier) (validation: SegmentBatch seq) (stop: CancellationToken) = [|
        for batch in validation do
            stop.ThrowIfCancellationRequested()
            let margins = classifier.Margins batch

            for row in 0 .. batch.Count - 1 do
                let window: WindowScore = {
                    RecordingId = batch.RecordingId[row]
                    Start = batch.Start[row]
                    Label = batch.Label[row]
                    Class = int batch.Class[row]
                    Probability = 0.0
                }

                struct (window, float margins[row])
    |]

    /// <summary>Fits temperature and thresholds.</summary>
    /// <param name="weights">The weights of the network.</param>
    /// <param name="info">The model's info, whose temperature, thresholds and metrics are replaced.</param>
    /// <param name="validation">Labelled segments that the weights were not trained on, each once.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <returns>The info with temperature and thresholds, and with the validation figures under
    /// "validation/VIEW/FIGURE"; the info as it was where there are no segments.</returns>
    static member Fit
        (weights: float32[], info: ModelInfo, validation: SegmentBatch seq, [<Optional>] stop: CancellationToken)
        : ModelInfo =
        use classifier = Classifier.FromWeights(weights, info)
        let windows = marginsOf classifier validation stop

        if windows.Length = 0 then
            info
        else
            // Uniform windows have the share of AF that a user meets; the paper's windows have more.
            let uniform =
                windows |> Array.filter (fun struct (window, _) -> Views.isUniform window)

            let temperature =
                Temperature.fit
                    (uniform |> Array.map (fun struct (_, margin) -> margin))
                    (uniform |> Array.map (fun struct (window, _) -> window.Class))

            let views =
                windows
                |> Array.map (fun struct (window, margin) -> {
                    window with
                        Probability = Temperature.probability temperature margin
                })
                |> Views.all

            let thresholds = Thresholds.fitAll resampleSeed views

            info.WithTemperature(temperature).WithMetrics(thresholds, figuresOf thresholds views)
