module Mina.Model.Tests.MetricsBootstrapTests

open System
open Xunit
open Mina.Model

/// `recordings` recordings of ten windows; the windows of one recording share most of their score.
let private simulated (recordings: int) (seed: int) =
    let random = Random seed

    let rows = [|
        for r in 0 .. recordings - 1 do
            let cls = if random.NextDouble() < 0.4 then 1 else 0
            let own = random.NextDouble()

            for _ in 1..10 do
                r, cls, 0.25 * float cls + 0.65 * own + 0.1 * random.NextDouble()
    |]

    rows |> Array.map (fun (r, _, _) -> r),
    rows |> Array.map (fun (_, c, _) -> c),
    rows |> Array.map (fun (_, _, s) -> s)

let private interval seed (recording: int[], classes, scores) =
    Bootstrap.interval95 seed 400 0.5 (RankedScores.Create(scores, classes)) recording (Array.max recording + 1)

[<Fact>]
let ``the same seed gives the same interval and another seed another`` () =
    let rows = simulated 60 1
    Assert.Equal(interval 5L rows, interval 5L rows)
    Assert.NotEqual(interval 5L rows, interval 6L rows)

[<Fact>]
let ``the interval does not depend on the order of the rows`` () =
    let recording, classes, scores = simulated 40 2
    let order = Array.init scores.Length id
    Random(3).Shuffle order
    let take (values: 'a[]) = order |> Array.map (fun i -> values[i])
    Assert.Equal(interval 5L (recording, classes, scores), interval 5L (take recording, take classes, take scores))

[<Fact>]
let ``the interval holds the figure and lies in 0 to 1`` () =
    let _, classes, scores as rows = simulated 80 4
    let figures = Metrics.figuresAt 0.5 scores classes
    let ci = interval 7L rows

    let check lo figure hi =
        Assert.True(0.0 <= lo && lo < figure && figure < hi && hi <= 1.0, $"{lo} < {figure} < {hi}")

    check ci.Lo.RocAuc figures.RocAuc ci.Hi.RocAuc
    check ci.Lo.PrAuc figures.PrAuc ci.Hi.PrAuc
    check ci.Lo.F1 figures.F1 ci.Hi.F1
    check ci.Lo.Sensitivity figures.Sensitivity ci.Hi.Sensitivity
    check ci.Lo.Specificity figures.Specificity ci.Hi.Specificity
    check ci.Lo.Ppv figures.Ppv ci.Hi.Ppv
    check ci.Lo.Accuracy figures.Accuracy ci.Hi.Accuracy

[<Fact>]
let ``more recordings give a narrower interval`` () =
    let width (ci: Interval) = ci.Hi.RocAuc - ci.Lo.RocAuc
    Assert.True(width (interval 1L (simulated 400 5)) < width (interval 1L (simulated 40 5)))

[<Fact>]
let ``resampling recordings is wider than resampling their windows`` () =
    let recording, classes, scores = simulated 60 6
    let width (ci: Interval) = ci.Hi.RocAuc - ci.Lo.RocAuc
    let asIfAlone = Array.init recording.Length id

    Assert.True(
        width (interval 1L (recording, classes, scores)) > 2.0 * width (interval 1L (asIfAlone, classes, scores))
    )

[<Fact>]
let ``a proportion's interval is the binomial one`` () =
    // 400 recordings of one window each, 100 of them wrong: accuracy 0.75, standard error sqrt(0.75 * 0.25 / 400).
    let scores = Array.init 400 (fun i -> if i < 100 then 1.0 else 0.0)
    let classes = Array.create 400 0
    let ranked = RankedScores.Create(scores, classes)
    let ci = Bootstrap.interval95 11L 4000 0.5 ranked (Array.init 400 id) 400
    let error = 1.96 * sqrt (0.75 * 0.25 / 400.0)
    Assert.InRange(ci.Lo.Accuracy, 0.75 - error - 0.006, 0.75 - error + 0.006)
    Assert.InRange(ci.Hi.Accuracy, 0.75 + error - 0.006, 0.75 + error + 0.006)

[<Fact>]
let ``an undefined figure has an undefined interval`` () =
    let ci = interval 1L ([| 0; 1; 2 |], [| 0; 0; 0 |], [| 0.1; 0.2; 0.9 |])
    Assert.True(Double.IsNaN ci.Lo.RocAuc && Double.IsNaN ci.Hi.RocAuc)
    Assert.True(Double.IsNaN ci.Lo.Sensitivity)
    Assert.False(Double.IsNaN ci.Lo.Specificity)

[<Fact>]
let ``no rows at all have no interval`` () =
    let ci = Bootstrap.interval95 1L 10 0.5 (RankedScores.Create([||], [||])) [||] 0
    Assert.True(Double.IsNaN ci.Lo.Accuracy)

[<Fact>]
let ``fewer than one resample is refused`` () =
    let ranked = RankedScores.Create([| 0.5 |], [| 1 |])
    Assert.Throws<ArgumentException>(fun () -> Bootstrap.interval95 1L 0 0.5 ranked [| 0 |] 1 |> ignore)
