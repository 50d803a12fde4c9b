namespace Mina.Model

open System
open System.Collections.Generic
open System.Threading
open Mina.Preprocess

/// A recording of up to 61 s and its label.
type LabelledStrip = {
    /// The recording, whose id no other strip has.
    Recording: Recording
    Label: Label
    /// The path of the recording, for messages.
    Location: string
}

/// The result of an evaluation on strips: AF against all other labels.
type StripsResult = {
    /// The figures of the probability that `classify` gives a strip, at its threshold.
    Judged: ViewMetrics
    /// The figures of the mean probability of a strip's windows, at the model's threshold for recordings.
    Windows: ViewMetrics
    /// The ids of the strips that were counted, in order.
    Ids: IReadOnlyList<string>
    /// The number of strips without a classifiable window, which count in neither.
    Unclassifiable: int
    /// One sentence for each strip that could not be used.
    Failures: IReadOnlyList<string>
}

/// Scores a detector on strips: labelled recordings of up to 61 s.
[<RequireQualifiedAccess>]
module StripsEvaluator =
    /// <summary>Classifies the strips one by one and computes the figures.</summary>
    /// <param name="detector">The model, with its levels.</param>
    /// <param name="strips">Functions that each read a strip when its turn comes. A ProblemException of one is a
    /// failure of that strip alone.</param>
    /// <param name="seed">The seed of the bootstrap.</param>
    /// <param name="resamples">The number of resamples of the bootstrap, at least 1.</param>
    /// <param name="progress">Receives the number of strips done after each.</param>
    /// <param name="cancel">Stops between strips.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">No strip could be scored.</exception>
    [<CompiledName("Run")>]
    let run
        (detector: Detector)
        (strips: Func<LabelledStrip> seq)
        (seed: int64)
        (resamples: int)
        (progress: Action<int>)
        (cancel: CancellationToken)
        : StripsResult =
        let failures = ResizeArray<string>()
        let scored = ResizeArray<struct (string * Label * float * float)>()
        let mutable unclassifiable = 0
        let mutable count = 0

        for read in strips do
            cancel.ThrowIfCancellationRequested()

            try
                let strip = read.Invoke()

                if strip.Recording.IsLong then
                    raise (
                        ProblemException
                            $"%s{strip.Location} is longer than 61 s, and is judged by its episodes: \
                              score it with --recordings."
                    )

                let classified = detector.Classify strip.Recording

                let windows =
                    classified.Windows
                    |> Seq.filter _.Probability.HasValue
                    |> Seq.map _.Probability.Value
                    |> Seq.toArray

                if classified.Probability.HasValue then
                    scored.Add(
                        struct (strip.Recording.Id, strip.Label, classified.Probability.Value, Array.average windows)
                    )
                else
                    unclassifiable <- unclassifiable + 1
            with :? ProblemException as e ->
                failures.Add e.Message

            count <- count + 1
            progress.Invoke count

        if scored.Count = 0 then
            raise (
                ProblemException
                    "no strip could be scored; each reason is given above, or there are no labelled strips."
            )

        let sorted =
            scored.ToArray()
            |> Array.sortWith (fun (struct (a, _, _, _)) (struct (b, _, _, _)) -> String.CompareOrdinal(a, b))

        let ids = sorted |> Array.map (fun struct (id, _, _, _) -> id)
        let labels = sorted |> Array.map (fun struct (_, label, _, _) -> Nullable label)

        let classes =
            sorted
            |> Array.map (fun struct (_, label, _, _) -> if label = Label.AF then 1 else 0)

        let metrics threshold scores =
            Metrics.ofView threshold seed resamples (Views.ofRecordings ids labels classes scores)

        let threshold =
            match detector.RecordingLevel with
            | null -> detector.Thresholds.Recording
            | level -> level.Threshold

        {
            Judged =
                sorted
                |> Array.map (fun struct (_, _, judged, _) -> judged)
                |> metrics threshold
            Windows =
                sorted
                |> Array.map (fun struct (_, _, _, windows) -> windows)
                |> metrics detector.Thresholds.Recording
            Ids = ids
            Unclassifiable = unclassifiable
            Failures = failures
        }
