module Mina.Model.Tests.WorstMistakesTests

open System
open FsCheck.Xunit
open Mina.Model
open Mina.Preprocess
open Xunit

let private score id start probability : WindowScore = {
    RecordingId = id
    Start = start
    Label = Nullable Label.Other
    Class = 0
    Probability = probability
}

let private worstOf capacity classOfMistake (scores: WindowScore seq) =
    scores
    |> Seq.fold
        (fun (worst: WorstMistakes) score -> worst.With(score, ReadOnlySpan [| float32 score.Start |]))
        (WorstMistakes(capacity, classOfMistake))

[<Fact>]
let ``a recording takes one place with its worst window`` () =
    let worst =
        worstOf 2 0 [ score "a" 0 0.9; score "a" 500 0.95; score "a" 1000 0.8; score "b" 0 0.6 ]

    Assert.Equal<string * int>(
        [ "a", 500; "b", 0 ],
        worst.Worst |> Seq.map (fun m -> m.Score.RecordingId, m.Score.Start)
    )

    Assert.Equal<float32>([| 500.0f |], worst.Worst[0].Trace)

[<Fact>]
let ``the lowest probabilities are the worst false negatives`` () =
    let worst = worstOf 1 1 [ score "a" 0 0.3; score "b" 0 0.1; score "c" 0 0.2 ]
    Assert.Equal("b", (Assert.Single worst.Worst).Score.RecordingId)

[<Fact>]
let ``a capacity of none keeps no mistake`` () =
    Assert.Empty((worstOf 0 0 [ score "a" 0 0.9 ]).Worst)

[<Property(MaxTest = 200)>]
let ``what is kept is what sorting everything would keep`` (windows: byte[]) (seed: int) =
    // Few recordings and few probabilities, so that ties and evictions are common.
    let scores =
        windows
        |> Array.mapi (fun i b -> score $"r%d{b % 5uy}" i (float (b / 5uy % 8uy) / 8.0))

    Random(seed).Shuffle scores
    let worst = (worstOf 3 0 scores).Worst

    let expected =
        scores
        |> Array.groupBy _.RecordingId
        |> Array.map (fun (_, own) -> own |> Array.minBy (fun s -> -s.Probability, s.Start))
        |> Array.sortBy (fun s -> -s.Probability, s.RecordingId)
        |> Array.truncate 3

    Seq.toArray (Seq.map _.Score worst) = expected
    && worst |> Seq.forall (fun m -> m.Trace[0] = float32 m.Score.Start)
