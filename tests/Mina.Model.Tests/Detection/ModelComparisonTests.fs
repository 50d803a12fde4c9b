/// Two models on the same windows: the paired bootstrap sees a difference that the models' own intervals hide.
module Mina.Model.Tests.ModelComparisonTests

open System
open Mina.Model
open Mina.Preprocess
open Xunit

/// Recordings of six windows. What makes a recording hard is the same for every model; `skill` tells AF apart.
let private scores (skill: float) (seed: int) =
    let random = Random 7
    let own = Random seed

    [|
        for r in 0..119 do
            let cls = if random.NextDouble() < 0.4 then 1 else 0
            let hard = random.NextDouble()

            for w in 0..5 do
                {
                    RecordingId = $"r%d{r}"
                    Start = 500 * w
                    Label = Nullable(if cls = 1 then Label.AF else Label.Normal)
                    Class = cls
                    Probability = Math.Clamp(0.3 * hard + skill * float cls + 0.2 + 0.05 * own.NextDouble(), 0.0, 1.0)
                }
    |]

let private judged (rows: WindowScore[]) =
    Evaluator.Judge(rows, EvaluationOptions(Resamples = 10))

let private compare a b =
    ModelComparison.compare (judged a) (judged b) 3L 300

[<Fact>]
let ``A model does not differ from itself, in whatever order its windows come`` () =
    let rows = scores 0.1 1
    let shuffled = Array.copy rows
    Random(2).Shuffle shuffled

    for view in compare rows shuffled do
        Assert.Equal(view.First, view.Second)
        Assert.Equal(0.0, view.Difference.RocAuc)
        Assert.Equal(0.0, view.Ci.Lo.F1)
        Assert.Equal(0.0, view.Ci.Hi.F1)
        Assert.Equal(0.5, view.SecondBetter.RocAuc)

[<Fact>]
let ``The difference is the second model's figure less the first's, and the other way round it is the opposite`` () =
    let worse, better = scores 0.10 1, scores 0.14 2

    for forth, back in Seq.zip (compare worse better) (compare better worse) do
        Assert.Equal(forth.Second.RocAuc - forth.First.RocAuc, forth.Difference.RocAuc)
        Assert.Equal(forth.Difference.RocAuc, -back.Difference.RocAuc)
        Assert.Equal(forth.Ci.Lo.RocAuc, -back.Ci.Hi.RocAuc, 12)
        Assert.Equal(1.0, forth.SecondBetter.RocAuc + back.SecondBetter.RocAuc, 12)

[<Fact>]
let ``A difference that is there for every resample is seen although the models' own intervals overlap`` () =
    let worse, better = scores 0.10 1, scores 0.14 2
    let a = Evaluator.Judge(worse, EvaluationOptions(Resamples = 300))
    let b = Evaluator.Judge(better, EvaluationOptions(Resamples = 300))
    let view = (ModelComparison.compare a b 3L 300)[0]
    Assert.True(a.Paper.Ci.Hi.RocAuc > b.Paper.Ci.Lo.RocAuc, "the intervals overlap")
    Assert.True(view.Ci.Lo.RocAuc > 0.0, $"the difference's interval begins at %f{view.Ci.Lo.RocAuc}")

[<Fact>]
let ``Models on other windows cannot be compared`` () =
    let rows = scores 0.1 1

    Assert.Throws<ArgumentException>(fun () -> compare rows rows[1..] |> ignore)
    |> ignore

    let moved =
        rows
        |> Array.mapi (fun i row -> if i = 0 then { row with Start = 77_000 } else row)

    Assert.Throws<ArgumentException>(fun () -> compare rows moved |> ignore)
