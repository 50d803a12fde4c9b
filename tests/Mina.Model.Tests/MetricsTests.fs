module Mina.Model.Tests.MetricsTests

open System
open Xunit
open FsCheck.Xunit
open FsCheck
open FsCheck.FSharp
open Mina.Model
open Mina.Preprocess

/// Rows of a few recordings: scores on a coarse grid (so ties abound), classes by recording.
type Rows = {
    Scores: float[]
    Classes: int[]
    Recording: int[]
    Recordings: int
}

type Generators =
    static member Rows() =
        gen {
            let! recordings = Gen.choose (1, 8)
            let! grid = Gen.elements [ 1; 4; 10; 1000 ]
            let! classOf = Gen.arrayOfLength recordings (Gen.choose (0, 1))
            let! recording = Gen.nonEmptyListOf (Gen.choose (0, recordings - 1))
            let recording = Array.ofList recording
            let! steps = Gen.arrayOfLength recording.Length (Gen.choose (0, grid))

            return {
                Scores = steps |> Array.map (fun s -> float s / float grid)
                Classes = recording |> Array.map (fun r -> classOf[r])
                Recording = recording
                Recordings = recordings
            }
        }
        |> Arb.fromGen

let private same (a: float) (b: float) =
    (Double.IsNaN a && Double.IsNaN b) || abs (a - b) < 1e-12

let private list (f: Figures) = [ f.RocAuc; f.PrAuc; f.F1; f.Sensitivity; f.Specificity; f.Ppv; f.Accuracy ]

let private sameFigures a b = List.forall2 same (list a) (list b)

[<Properties(Arbitrary = [| typeof<Generators> |], MaxTest = 200)>]
module Properties =
    [<Property>]
    let ``areas do not change under a strictly rising transform`` (rows: Rows) =
        let risen = rows.Scores |> Array.map (fun s -> 3.0 * exp s - 7.0)

        same (Metrics.rocAuc rows.Scores rows.Classes) (Metrics.rocAuc risen rows.Classes)
        && same (Metrics.prAuc rows.Scores rows.Classes) (Metrics.prAuc risen rows.Classes)

    [<Property>]
    let ``ROC-AUC of the scores and of their negatives add up to 1`` (rows: Rows) =
        let auc = Metrics.rocAuc rows.Scores rows.Classes
        let mirrored = Metrics.rocAuc (rows.Scores |> Array.map (~-)) rows.Classes
        (Double.IsNaN auc && Double.IsNaN mirrored) || same 1.0 (auc + mirrored)

    [<Property>]
    let ``ROC-AUC is the share of pairs ranked right, a tie counting half`` (rows: Rows) =
        let pairs = [|
            for i in 0 .. rows.Scores.Length - 1 do
                for j in 0 .. rows.Scores.Length - 1 do
                    if rows.Classes[i] = 1 && rows.Classes[j] = 0 then
                        float (1 + compare rows.Scores[i] rows.Scores[j]) / 2.0
        |]

        let auc = Metrics.rocAuc rows.Scores rows.Classes

        if pairs.Length = 0 then
            Double.IsNaN auc
        else
            same (Array.average pairs) auc

    [<Property>]
    let ``no figure depends on the order of the rows`` (rows: Rows) (seed: int) =
        let order = Array.init rows.Scores.Length id
        Random(seed).Shuffle order
        let take (values: 'a[]) = order |> Array.map (fun i -> values[i])

        sameFigures
            (Metrics.figuresAt 0.5 rows.Scores rows.Classes)
            (Metrics.figuresAt 0.5 (take rows.Scores) (take rows.Classes))

    [<Property>]
    let ``a multiplicity gives what repeating the rows gives`` (rows: Rows) (seed: int) =
        let random = Random seed
        let multiplicity = Array.init rows.Recordings (fun _ -> random.Next 4)

        let repeat (values: 'a[]) =
            Array.zip rows.Recording values
            |> Array.collect (fun (r, v) -> Array.replicate multiplicity[r] v)

        let ranked = RankedScores.Create(rows.Scores, rows.Classes)
        let unit = ranked.Order |> Array.map (fun row -> rows.Recording[row])
        let weighted = Figures.weighted ranked (ranked.CountAtLeast 0.5) multiplicity unit
        sameFigures (Metrics.figuresAt 0.5 (repeat rows.Scores) (repeat rows.Classes)) weighted

    [<Property>]
    let ``the ROC curve rises from (0, 0) to (1, 1) and encloses its area`` (rows: Rows) =
        let roc = Curves.roc (RankedScores.Create(rows.Scores, rows.Classes))
        let auc = Metrics.rocAuc rows.Scores rows.Classes

        if roc.Length = 0 then
            Double.IsNaN auc
        else
            let first, last = roc[0], Array.last roc

            let area =
                roc
                |> Array.pairwise
                |> Array.sumBy (fun (a, b) ->
                    (b.FalsePositiveRate - a.FalsePositiveRate)
                    * (a.TruePositiveRate + b.TruePositiveRate)
                    / 2.0)

            (first.FalsePositiveRate, first.TruePositiveRate) = (0.0, 0.0)
            && (last.FalsePositiveRate, last.TruePositiveRate) = (1.0, 1.0)
            && roc
               |> Array.pairwise
               |> Array.forall (fun (a, b) ->
                   a.FalsePositiveRate <= b.FalsePositiveRate
                   && a.TruePositiveRate <= b.TruePositiveRate
                   && a.Threshold > b.Threshold)
            && same area auc

    [<Property>]
    let ``the precision-recall curve goes from recall 0 to recall 1`` (rows: Rows) =
        let pr = Curves.precisionRecall (RankedScores.Create(rows.Scores, rows.Classes))

        if pr.Length = 0 then
            Array.sum rows.Classes = 0
        else
            (pr[0].Recall, pr[0].Precision) = (0.0, 1.0)
            && (Array.last pr).Recall = 1.0
            && pr |> Array.pairwise |> Array.forall (fun (a, b) -> a.Recall <= b.Recall)

    [<Property>]
    let ``confusion counts add up at every threshold`` (rows: Rows) (threshold: NormalFloat) =
        let confusion = Confusion.at threshold.Get rows.Scores rows.Classes

        confusion.Total = rows.Scores.Length
        && confusion.TruePositives + confusion.FalseNegatives = Array.sum rows.Classes
        && RankedScores.Create(rows.Scores, rows.Classes).CountAtLeast threshold.Get =
            confusion.TruePositives + confusion.FalsePositives

    [<Property>]
    let ``no threshold beats the best F1`` (rows: Rows) =
        let struct (_, best) = Metrics.bestF1 rows.Scores rows.Classes

        if Double.IsNaN best then
            Array.sum rows.Classes = 0
        else
            Array.append [| -1.0; 2.0 |] rows.Scores
            |> Array.forall (fun t -> (Metrics.figuresAt t rows.Scores rows.Classes).F1 <= best + 1e-12)

    [<Property>]
    let ``calibration bins hold every row once`` (rows: Rows) (bins: PositiveInt) =
        let calibration = Calibration.Measure(bins.Get, rows.Scores, rows.Classes)

        Array.sumBy _.Count calibration.Bins = rows.Scores.Length
        && calibration.Bins
           |> Array.forall (fun b ->
               b.Count = 0
               || (b.MeanProbability >= b.Lo - 1e-9 && b.MeanProbability <= b.Hi + 1e-9))

[<Fact>]
let ``a perfectly calibrated score has no calibration error`` () =
    let scores = [| 0.25; 0.25; 0.25; 0.25; 0.75; 0.75; 0.75; 0.75 |]
    let classes = [| 0; 0; 0; 1; 1; 1; 1; 0 |]
    Assert.Equal(0.0, Calibration.Measure(10, scores, classes).ExpectedError, 12)

[<Fact>]
let ``no rows at all give undefined figures`` () =
    Assert.All(list (Metrics.figuresAt 0.5 [||] [||]), fun f -> Assert.True(Double.IsNaN f))

[<Fact>]
let ``a NaN score is refused and its row is named`` () =
    let e =
        Assert.Throws<ArgumentException>(fun () -> Metrics.rocAuc [| 0.1; nan |] [| 0; 1 |] |> ignore)

    Assert.Contains("row 1 is NaN", e.Message)

[<Fact>]
let ``a class other than 0 and 1 is refused and its row is named`` () =
    let e =
        Assert.Throws<ArgumentException>(fun () -> Metrics.rocAuc [| 0.1; 0.2 |] [| 0; -1 |] |> ignore)

    Assert.Contains("row 1 is -1", e.Message)

[<Fact>]
let ``scores and classes of different lengths are refused`` () =
    Assert.Throws<ArgumentException>(fun () -> Metrics.rocAuc [| 0.1 |] [| 0; 1 |] |> ignore)

[<Fact>]
let ``a calibration probability outside 0 to 1 is refused`` () =
    Assert.Throws<ArgumentException>(fun () -> Calibration.Measure(10, [| 1.5 |], [| 1 |]) |> ignore)

let private window id start label probability : WindowScore = {
    RecordingId = id
    Start = start
    Label = Nullable label
    Class = Labels.ClassOf label
    Probability = probability
}

let private windows = [|
    window "b" 0 Label.AF 0.9
    window "b" 50 Label.AF 0.1
    window "b" 500 Label.AF 0.5
    window "a" 0 Label.Normal 0.2
    window "a" 500 Label.Normal 0.4
    window "c" 137 Label.Other 0.8
|]

[<Fact>]
let ``the paper view holds every window`` () =
    let view = Views.paper windows
    Assert.Equal("paper", view.Name)
    Assert.Equal<float>(windows |> Array.map _.Probability, view.Scores)
    Assert.Equal<string>([| "a"; "b"; "c" |], view.RecordingIds)
    Assert.Equal<int>([| 1; 1; 1; 0; 0; 2 |], view.Recording)

[<Fact>]
let ``the uniform view holds the windows whose start is divisible by 500`` () =
    let view = Views.uniform windows
    Assert.Equal<float>([| 0.9; 0.5; 0.2; 0.4 |], view.Scores)
    Assert.Equal<string>([| "a"; "b" |], view.RecordingIds)

[<Fact>]
let ``the recording view averages the uniform windows of each recording`` () =
    let view = Views.recording windows
    Assert.Equal<string>([| "a"; "b" |], view.RecordingIds)

    let byId =
        Array.zip (view.Recording |> Array.map (fun r -> view.RecordingIds[r])) view.Scores
        |> Map

    Assert.Equal(0.7, byId["b"], 12)
    Assert.Equal(0.3, byId["a"], 12)

[<Fact>]
let ``windows of one recording with different classes are refused`` () =
    let mixed = [| window "a" 0 Label.AF 0.5; window "a" 500 Label.Normal 0.5 |]
    let e = Assert.Throws<ArgumentException>(fun () -> Views.recording mixed |> ignore)
    Assert.Contains("recording a", e.Message)

[<Fact>]
let ``a view's metrics agree with its rows`` () =
    let metrics = Metrics.ofView 0.5 1L 200 (Views.paper windows)
    Assert.Equal((6, 3), (metrics.N, metrics.Positives))

    Assert.Equal(
        (2, 1, 2, 1),
        (metrics.Confusion.TruePositives,
         metrics.Confusion.FalsePositives,
         metrics.Confusion.TrueNegatives,
         metrics.Confusion.FalseNegatives)
    )

    Assert.Equal(2.0 / 3.0, metrics.Figures.F1, 12)
