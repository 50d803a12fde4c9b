module Mina.Model.Tests.InspectionTests

open System
open System.Threading
open Mina.Model
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Xunit

let private options = EvaluationOptions(Resamples = 20)
let private detector = Detector(untrained 0.5)

let private score id start cls probability : WindowScore = {
    RecordingId = id
    Start = start
    Label = Nullable(if cls = 1 then Label.AF else Label.Other)
    Class = cls
    Probability = probability
}

[<Fact>]
let ``the typical window of an outcome has its median probability among uniform windows`` () =
    let typical =
        TypicalWindows.choose 0.5 [
            score "a" 0 1 0.9
            score "a" 50 1 0.95
            score "a" 500 1 0.6
            score "a" 1000 1 0.7
            score "a" 1500 1 0.1
            score "b" 0 0 0.3
            score "b" 500 0 0.2
            score "c" 0 0 0.8
        ]

    let key id start : WindowKey = { RecordingId = id; Start = start }
    Assert.Equal(key "a" 1000, typical[Outcome.TruePositive].Key)
    Assert.Equal(key "a" 1500, typical[Outcome.FalseNegative].Key)
    Assert.Equal(key "c" 0, typical[Outcome.FalsePositive].Key)
    Assert.Equal(key "b" 500, typical[Outcome.TrueNegative].Key)

[<Fact>]
let ``a second look explains the very windows that were scored`` () =
    let batches = batches ()

    let probabilities =
        batches |> Seq.collect detector.Classifier.Predict |> Seq.sort |> Seq.toArray

    let median = float probabilities[probabilities.Length / 2]
    let detector = detector.WithThreshold median
    let result = detector.Evaluate(batches, options)
    let inspection = detector.Inspect(batches, result)

    Assert.Equal<Outcome>(
        [
            Outcome.TruePositive
            Outcome.TrueNegative
            Outcome.FalsePositive
            Outcome.FalseNegative
        ],
        inspection.Typical |> Seq.map _.Outcome
    )

    for { Outcome = outcome; Window = window } in inspection.Typical do
        let score =
            result.Scores
            |> Seq.find (fun s ->
                s.RecordingId = window.RecordingId
                && s.Start = int (Math.Round(300.0 * window.StartSeconds)))

        Assert.Equal(score.Probability, window.Attention.Probability, 1e-4)
        Assert.Equal(outcome, TypicalWindows.outcomeAt result.Options.Thresholds.Uniform score)
        Assert.Equal(score.Label, window.Label)

[<Fact>]
let ``the check of attention takes every uniform AF window and is the same every time`` () =
    let batches = batches ()
    let result = detector.Evaluate(batches, options)

    match detector.Inspect(batches, result).Check with
    | null -> Assert.Fail "There was no check."
    | check ->
        let uniformAF =
            result.Scores |> Seq.filter (fun s -> s.Class = 1 && Views.isUniform s)

        Assert.Equal(Seq.length uniformAF, check.Windows)
        Assert.Equal(2, check.Recordings)
        Assert.Equal(check.Attended.Value - check.Random.Value, check.Difference.Value, 1e-9)
        Assert.InRange(check.Attended.Value, check.Attended.Lo, check.Attended.Hi)
        Assert.Equal<AttentionCheck | null>(check, detector.Inspect(List.rev batches, result).Check)

[<Fact>]
let ``without AF there is nothing to check`` () =
    let normal = {
        Key = { RecordingId = "a"; Start = 0 }
        Label = Nullable Label.Normal
        Class = 0
        Trace = Array.zeroCreate Shapes.Window
    }

    Assert.Null(AttentionChecks.run detector.Classifier [ normal ] 1L CancellationToken.None)

[<Fact>]
let ``calibration before temperature scaling is that of the untempered probabilities`` () =
    let scores =
        Array.init 40 (fun i -> score $"r%d{i}" 0 (i % 2) (float (i + 1) / 42.0))

    let result =
        Evaluator.Judge(scores, EvaluationOptions(Resamples = 20, Temperature = 2.0))

    let before = scores |> Array.map (fun s -> Temperature.untempered 2.0 s.Probability)

    Assert.Equal(3, result.Untempered.Count)

    Assert.Equal(
        Calibration.Measure(10, before, scores |> Array.map _.Class).ExpectedError,
        result.Untempered[0].ExpectedError,
        1e-12
    )

    Assert.Empty(Evaluator.Judge(scores, options).Untempered)
