module Mina.Model.Tests.EvaluatorTests

open System
open System.Collections.Generic
open System.Threading
open Mina.Model
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Xunit

let private options () = EvaluationOptions(Resamples = 50)
let private classify = Func<SegmentBatch, float32[]> madeUpProbabilities

let private runBy (options: EvaluationOptions) size windows =
    Evaluator.Run(madeUpBatches size windows, classify, options)

let private run windows = runBy (options ()) 32 windows

let private classOf (window: MadeUpWindow) = Labels.ClassOf window.Label.Value

let private counts (c: Confusion) =
    c.TruePositives, c.FalsePositives, c.TrueNegatives, c.FalseNegatives

[<Fact>]
let ``every window is scored once with its own probability`` () =
    let windows = someWindows 12 1

    Assert.Equal<string * int * float * int>(
        windows |> Seq.map (fun w -> w.Id, w.Start, float w.Probability, classOf w),
        (run windows).Scores
        |> Seq.map (fun s -> s.RecordingId, s.Start, s.Probability, s.Class)
    )

[<Fact>]
let ``figures are those of the scores`` () =
    let windows = someWindows 12 2
    let result = run windows

    let expected =
        Metrics.rocAuc (windows |> Array.map (fun w -> float w.Probability)) (windows |> Array.map classOf)

    Assert.Equal(expected, result.Paper.Figures.RocAuc)
    Assert.Equal(windows.Length, result.Paper.N)
    Assert.Equal(windows |> Seq.filter (fun w -> w.Start % 500 = 0) |> Seq.length, result.Uniform.N)
    Assert.Equal(12, result.Recording.N)
    Assert.Equal(3, result.Recording.Positives)

[<Theory>]
[<InlineData(1)>]
[<InlineData(7)>]
[<InlineData(1000)>]
let ``the size of batches changes nothing`` (size: int) =
    let windows = someWindows 12 3
    let whole, cut = runBy (options ()) 64 windows, runBy (options ()) size windows

    for view in 0..2 do
        Assert.Equal(whole.Views[view].Figures, cut.Views[view].Figures)
        Assert.Equal(whole.Views[view].Ci, cut.Views[view].Ci)

    Assert.Equal<WindowScore>(Seq.map _.Score whole.FalsePositives, Seq.map _.Score cut.FalsePositives)

[<Fact>]
let ``the threshold decides the findings`` () =
    let windows = [
        madeUp "a" 0 Label.AF 0.6f
        madeUp "b" 0 Label.Normal 0.4f
        madeUp "c" 0 Label.Other 0.7f
    ]

    Assert.Equal((1, 1, 1, 0), counts (run windows).Paper.Confusion)
    let high = EvaluationOptions(Resamples = 50, Thresholds = ViewThresholds.Same 0.65)
    Assert.Equal((0, 1, 1, 1), counts (runBy high 32 windows).Paper.Confusion)

[<Fact>]
let ``a probability equal to the threshold is judged AF`` () =
    let result = run [ madeUp "a" 0 Label.AF 0.5f; madeUp "b" 0 Label.Normal 0.2f ]

    Assert.Equal(1, result.Paper.Confusion.TruePositives)

[<Fact>]
let ``mistakes carry the original channel of their own window`` () =
    let result =
        runBy (options ()) 3 [
            madeUp "a" 500 Label.Normal 0.9f
            madeUp "a" 1000 Label.Normal 0.6f
            madeUp "b" 1500 Label.AF 0.1f
            madeUp "c" 0 Label.AF 0.8f
        ]

    let positive = Assert.Single result.FalsePositives
    Assert.Equal({ RecordingId = "a"; Start = 500 }, positive.Score.Key)
    Assert.Equal<float32>(Array.create Shapes.Window 500.0f, positive.Trace)
    let negative = Assert.Single result.FalseNegatives
    Assert.Equal({ RecordingId = "b"; Start = 1500 }, negative.Score.Key)
    Assert.Equal<float32>(Array.create Shapes.Window 1500.0f, negative.Trace)

[<Fact>]
let ``batches are pulled one at a time`` () =
    let mutable handedOut = 0
    let mutable classified = 0

    let counted =
        madeUpBatches 16 (someWindows 12 4)
        |> Seq.map (fun batch ->
            Assert.Equal(handedOut, classified)
            handedOut <- handedOut + 1
            batch)

    Evaluator.Run(
        counted,
        Func<_, _>(fun batch ->
            classified <- classified + 1
            madeUpProbabilities batch),
        options ()
    )
    |> ignore

    Assert.True(handedOut > 2)

[<Fact>]
let ``progress ends at all windows and recordings`` () =
    let windows = someWindows 12 5
    let seen = List<EvaluationProgress>()

    Evaluator.Run(madeUpBatches 16 windows, classify, options (), Action<_> seen.Add)
    |> ignore

    Assert.Equal(
        {
            Windows = windows.Length
            Recordings = 12
        },
        seen[seen.Count - 1]
    )

    Assert.Equal((windows.Length + 15) / 16, seen.Count)

[<Fact>]
let ``cancelling stops before the next batch`` () =
    use cancel = new CancellationTokenSource()
    let mutable classified = 0

    Assert.Throws<OperationCanceledException>(fun () ->
        Evaluator.Run(
            madeUpBatches 16 (someWindows 12 6),
            Func<_, _>(fun batch ->
                classified <- classified + 1
                madeUpProbabilities batch),
            options (),
            (fun _ -> cancel.Cancel()),
            cancel.Token
        )
        |> ignore)
    |> ignore

    Assert.Equal(1, classified)

[<Fact>]
let ``an empty split is refused with what to do`` () =
    let e = Assert.Throws<ProblemException>(fun () -> run [] |> ignore)
    Assert.Contains("--split", e.Message)

[<Fact>]
let ``an unlabelled segment is refused and named`` () =
    let window = {
        madeUp "A00017" 500 Label.AF 0.5f with
            Label = Nullable()
    }

    let e = Assert.Throws<ProblemException>(fun () -> run [ window ] |> ignore)
    Assert.Contains("500 of recording A00017", e.Message)

[<Theory>]
[<InlineData(Single.NaN)>]
[<InlineData(1.5f)>]
[<InlineData(-0.1f)>]
let ``what is no probability is refused and its window named`` (probability: float32) =
    let e =
        Assert.Throws<ProblemException>(fun () -> run [ madeUp "A00017" 500 Label.AF probability ] |> ignore)

    Assert.Contains("window 500 of recording A00017", e.Message)

[<Fact>]
let ``a classifier that gives too few probabilities is refused`` () =
    let e =
        Assert.Throws<ProblemException>(fun () ->
            Evaluator.Run(madeUpBatches 16 (someWindows 4 7), (fun _ -> [| 0.5f |]), options ())
            |> ignore)

    Assert.Contains("1 probabilities for a batch of 16", e.Message)
