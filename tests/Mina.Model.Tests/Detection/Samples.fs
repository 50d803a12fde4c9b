/// Recordings, batches and models to try detection on.
module Mina.Model.Tests.Samples

open System
open System.Collections.Generic
open Mina.Model
open Mina.Preprocess

/// An ECG at 300 Hz in mV, the same every time: P, QRS and T waves at even intervals; in AF without P waves and at
/// uneven ones.
let ecg (seconds: float) (isAF: bool) (seed: int) : float32[] =
    let random = Random seed
    let trace = Array.zeroCreate<float32>(int (seconds * 300.0))

    let bump (t: float) at width height =
        height * exp (-((t - at) * (t - at)) / (2.0 * width * width))

    let rec beats from = [
        if from < seconds then
            from
            yield! beats (from + (if isAF then 0.45 + 0.6 * random.NextDouble() else 0.82))
    ]

    for beat in beats 0.4 do
        for i in max 0 (int ((beat - 0.5) * 300.0)) .. min (trace.Length - 1) (int ((beat + 0.6) * 300.0)) do
            let t = float i / 300.0 - beat
            let p = if isAF then 0.0 else bump t -0.17 0.025 0.1

            trace[i] <-
                trace[i]
                + float32 (
                    p + bump t 0.0 0.011 1.0 - bump t -0.03 0.008 0.14 - bump t 0.03 0.01 0.24
                    + bump t 0.27 0.05 0.18
                )

    trace |> Array.map (fun v -> v + float32 (0.01 * (random.NextDouble() - 0.5)))

/// A labelled recording at 300 Hz.
let recording id (label: Label) seconds seed =
    Recording(id, 300.0, ecg seconds (label = Label.AF) seed, Label = label)

/// Nothing like an ECG, but neither flat nor saturated.
let wave (seconds: int) =
    Recording("wave", 300.0, Array.init (seconds * 300) (fun t -> float32 (sin (float t / 7.0) + sin (float t / 31.0))))

/// A model that nobody trained, the same every time: enough where only what is done with its numbers matters.
let untrained threshold : StoredModel =
    let weights = NetworkCatalog.Default.InitialWeights 1L

    {
        Weights = weights
        Info = {
            Format = ModelInfo.CurrentFormat
            CreatedBy = "tests"
            Network = "FreqNet"
            Parameters = weights.Length
            Fingerprint = PreprocessSettings.Default.Fingerprint
            Preprocessing = PreprocessSettings.Default
            Recipe = Recipe.Hw4
            Seed = 1L
            Teachers = [||]
            Data = {
                ManifestHash = ""
                Splits = [||]
                Fold = ""
            }
            Epochs = [||]
            SelectedEpoch = 1
            Thresholds = ViewThresholds.Same threshold
            Temperature = 1.0
            Metrics = Dictionary()
            WeightsSha256 = ""
        }
    }

/// A batch a recording: the segments of two recordings with AF and two without.
let batches () : SegmentBatch list =
    let preprocessor = Preprocessor PreprocessSettings.Default
    let rows = Segments()

    [ Label.AF; Label.Normal; Label.AF; Label.Other ]
    |> List.mapi (fun i label ->
        // The rhythm does not go with the label, so that every outcome occurs.
        let recording = Recording($"s%d{i}", 300.0, ecg 12.0 (i < 2) (i + 1), Label = label)

        match preprocessor.Run(recording, rows) with
        | null -> ()
        | rejection -> failwith rejection.Message

        let batch = SegmentBatch(rows.Count, Count = rows.Count)

        for row in 0 .. rows.Count - 1 do
            batch.Set(row, rows, row)
            batch.RecordingId[row] <- recording.Id
            batch.Start[row] <- rows.Start[row]
            batch.Label[row] <- Nullable label
            batch.Class[row] <- int64 (Labels.ClassOf label)

        batch)

/// A window that only its numbers tell.
type MadeUpWindow = {
    Id: string
    Start: int
    Label: Nullable<Label>
    Probability: float32
}

let madeUp id start (label: Label) probability = {
    Id = id
    Start = start
    Label = Nullable label
    Probability = probability
}

/// Windows in batches of `size`, the last one smaller; a window's trace is its start everywhere.
let madeUpBatches (size: int) (windows: MadeUpWindow seq) : SegmentBatch seq =
    windows
    |> Seq.chunkBySize size
    |> Seq.map (fun chunk ->
        let batch = SegmentBatch(size, Count = chunk.Length)

        chunk
        |> Array.iteri (fun row window ->
            // Channel 0 tells the window; the others hold what no trace may ever show.
            let x =
                Array.init Shapes.XLength (fun t -> if t < Shapes.Window then float32 window.Start else -1.0f)

            let knowledge = [| window.Probability; 0.0f; 0.0f; 0.0f |]

            batch.Set(
                row,
                ReadOnlySpan x,
                ReadOnlySpan(Array.zeroCreate Shapes.XLength),
                ReadOnlySpan(Array.zeroCreate Shapes.RhythmLength),
                ReadOnlySpan knowledge
            )

            batch.RecordingId[row] <- window.Id
            batch.Start[row] <- window.Start
            batch.Label[row] <- window.Label

            batch.Class[row] <-
                if window.Label.HasValue then
                    int64 (Labels.ClassOf window.Label.Value)
                else
                    -1L)

        batch)

/// The probability that each window was made with.
let madeUpProbabilities (batch: SegmentBatch) : float32[] = Array.sub batch.KFreq 0 batch.Count

/// Windows of all labels whose probabilities tell something, but not everything.
let someWindows recordings (seed: int) : MadeUpWindow[] =
    let random = Random seed

    [|
        for r in 0 .. recordings - 1 do
            let label = enum<Label>(r % 4)

            for start in 0 .. (if label = Label.AF then 50 else 500) .. 3000 do
                let base' = if label = Label.AF then 0.4f else 0.0f
                madeUp $"R%03d{r}" start label (0.6f * random.NextSingle() + base')
    |]
