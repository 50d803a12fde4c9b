module Mina.Model.Tests.MetricsFixtureTests

open System
open System.Text.Json
open Xunit
open Mina.Model

/// scikit-learn's numbers; MetricsFixtures.py makes them.
let private fixtures =
    let assembly = System.Reflection.Assembly.GetExecutingAssembly()
    use stream = assembly.GetManifestResourceStream "MetricsFixtures.json" |> nonNull
    JsonDocument.Parse(stream).RootElement.GetProperty "cases"

let private numbers (e: JsonElement) = [| for x in e.EnumerateArray() -> x.GetDouble() |]

/// A figure that scikit-learn has no value for is null there and NaN here.
let private figure (e: JsonElement) (name: string) =
    let value = e.GetProperty name

    if value.ValueKind = JsonValueKind.Null then
        nan
    else
        value.GetDouble()

let private close (what: string) (expected: float) (actual: float) =
    let same =
        (Double.IsNaN expected && Double.IsNaN actual)
        || abs (expected - actual) < 1e-12

    Assert.True(same, $"{what}: expected {expected}, got {actual}")

let private closeAll what (expected: float[]) (actual: float[]) =
    Assert.Equal(expected.Length, actual.Length)
    Array.iter2 (close what) expected actual

let names () = [|
    for e in fixtures.EnumerateArray() -> [| e.GetProperty("name").GetString() |> nonNull |> box |]
|]

let private case name =
    let e =
        fixtures.EnumerateArray()
        |> Seq.find (fun e -> e.GetProperty("name").GetString() = name)

    let classes = [| for x in e.GetProperty("classes").EnumerateArray() -> x.GetInt32() |]

    e, numbers (e.GetProperty "scores"), classes

[<Theory; MemberData(nameof names)>]
let ``figures equal scikit-learn's`` (name: string) =
    let e, scores, classes = case name
    let figures = Metrics.figuresAt (figure e "threshold") scores classes
    close "ROC-AUC" (figure e "roc_auc") figures.RocAuc
    close "PR-AUC" (figure e "pr_auc") figures.PrAuc
    close "F1" (figure e "f1") figures.F1
    close "sensitivity" (figure e "sensitivity") figures.Sensitivity
    close "specificity" (figure e "specificity") figures.Specificity
    close "PPV" (figure e "ppv") figures.Ppv
    close "accuracy" (figure e "accuracy") figures.Accuracy
    close "rocAuc" figures.RocAuc (Metrics.rocAuc scores classes)
    close "prAuc" figures.PrAuc (Metrics.prAuc scores classes)

[<Theory; MemberData(nameof names)>]
let ``confusion equals scikit-learn's`` (name: string) =
    let e, scores, classes = case name
    let count (key: string) = e.GetProperty(key).GetInt32()

    let expected = {
        TruePositives = count "tp"
        FalsePositives = count "fp"
        TrueNegatives = count "tn"
        FalseNegatives = count "fn"
    }

    Assert.Equal(expected, Confusion.at (figure e "threshold") scores classes)

[<Theory; MemberData(nameof names)>]
let ``calibration error and Brier score equal numpy's`` (name: string) =
    let e, scores, classes = case name
    let calibration = Calibration.Measure(10, scores, classes)
    close "ECE" (figure e "ece") calibration.ExpectedError
    close "Brier" (figure e "brier") calibration.Brier

[<Theory; MemberData(nameof names)>]
let ``curves equal scikit-learn's point by point`` (name: string) =
    let e, scores, classes = case name
    let ranked = RankedScores.Create(scores, classes)
    let roc = Curves.roc ranked
    let pr = Curves.precisionRecall ranked
    let found, fpr = e.TryGetProperty "fpr"

    if found then
        closeAll "fpr" (numbers fpr) (roc |> Array.map _.FalsePositiveRate)
        closeAll "tpr" (numbers (e.GetProperty "tpr")) (roc |> Array.map _.TruePositiveRate)
        closeAll "precision" (numbers (e.GetProperty "precision")) (pr |> Array.map _.Precision)
        closeAll "recall" (numbers (e.GetProperty "recall")) (pr |> Array.map _.Recall)
        let struct (threshold, best) = Curves.bestF1 ranked
        close "best F1" (figure e "best_f1") best
        close "F1 at the best threshold" best (Metrics.figuresAt threshold scores classes).F1
    else
        Assert.Empty roc
