module Mina.Model.Tests.RobustnessTests

open System
open Mina.Model
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Xunit

let private source = Func<SegmentBatch seq>(fun () -> batches ())
let private windows = lazy RobustnessRun.Choose(source, 12, 1L)
let private classifier = (Detector(untrained 0.5)).Classifier

/// Falls with the power from 50 Hz on, which only noise brings.
let private quiet (batch: SegmentBatch) : float32[] =
    Array.init batch.Count (fun row -> 1.0f / (1.0f + batch.KFreq[3 * batch.Count + row]))

let private some =
    lazy
        RobustnessRun.Run(
            windows.Value,
            PreprocessSettings.Default,
            [|
                struct ("one", Func<SegmentBatch, float32[]> classifier.Predict)
                struct ("quiet", Func<SegmentBatch, float32[]> quiet)
            |],
            "test",
            1L
        )

[<Fact>]
let ``a sample is no larger than asked and the same every time`` () =
    Assert.Equal(12, windows.Value.Count)

    Assert.Equal<WindowKey>(Seq.map _.Key windows.Value, Seq.map _.Key (RobustnessRun.Choose(source, 12, 1L)))

[<Fact>]
let ``every model is scored under every condition`` () =
    let models = some.Value.Models
    Assert.Equal<string>([ "one"; "quiet" ], models |> Seq.map _.Name)

    for model in models do
        Assert.Equal<Condition>(Condition.All, model.Points |> Seq.map _.Condition)
        Assert.All(model.Points, (fun point -> Assert.Equal(12, point.Metrics.N)))

[<Fact>]
let ``undisturbed windows get the probabilities of their segments`` () =
    let all =
        dict [
            for batch in batches () do
                for row, probability in Seq.indexed (classifier.Predict batch) do
                    ({
                        RecordingId = batch.RecordingId[row]
                        Start = batch.Start[row]
                    }
                    : WindowKey),
                    float probability
        ]

    let found = some.Value.Models[0].Points[0].Metrics.View.Scores

    for window, probability in Seq.zip windows.Value found do
        Assert.Equal(all[window.Key], probability, 1e-4)

[<Fact>]
let ``stronger noise reaches the segments`` () =
    let means =
        some.Value.Models[1].Points
        |> Seq.filter (fun p -> p.Condition.Kind = DisturbanceKind.Noise)
        |> Seq.map (fun p -> Array.average p.Metrics.View.Scores)
        |> Seq.toArray

    Assert.Equal<float>(Array.sortDescending means, means)
    Assert.True(Array.head means > Array.last means + 0.1)

[<Fact>]
let ``windows of one class are refused`` () =
    let normal =
        Func<SegmentBatch seq>(fun () -> batches () |> Seq.filter (fun b -> b.Class[0] = 0L))

    let e =
        Assert.Throws<ProblemException>(fun () -> RobustnessRun.Choose(normal, 10, 1L) |> ignore)

    Assert.Contains("--windows", e.Message)
