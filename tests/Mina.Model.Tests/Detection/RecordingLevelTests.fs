/// The level that judges a recording of up to 61 s by its windows and its beats.
module Mina.Model.Tests.RecordingLevelTests

open System
open System.Collections.Generic
open FsCheck.Xunit
open Mina.Model
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Xunit

let private count = RecordingKnowledge.names.Length

let private level: RecordingLevel = {
    Format = RecordingLevels.Format
    Names = RecordingKnowledge.names
    Means = Array.init count float
    Deviations = Array.create count 2.0
    Weights = Array.init count (fun i -> if i % 2 = 0 then 0.5 else -0.25)
    Bias = -1.0
    Threshold = 0.4
    FirstLevel = "none"
    FoldModels = [||]
    Recordings = 10
    Seed = 1L
    Metrics = Dictionary()
}

let private example id isAF split (knowledge: float[]) : RecordingExample = {
    RecordingId = id
    IsAF = isAF
    Split = split
    IsWhole = true
    Knowledge = knowledge
}

/// Recordings whose log odds tell AF, with some that are wrong.
let private examples = [|
    for i in 0..199 do
        let knowledge =
            Array.init count (fun k ->
                if k = 3 && i % 7 = 0 then
                    nan
                else
                    sin (float (i * (k + 3))))

        let isAF = knowledge[0] + 0.3 * cos (float (5 * i)) > 0.4
        example $"r%03d{i}" isAF (if i % 4 = 0 then Split.Validation else Split.Train) knowledge
|]

[<Fact>]
let ``the weights are those that minimise the penalised loss`` () =
    let rows = [|
        [| 0.5; 1.0 |]
        [| 1.5; -0.5 |]
        [| -1.0; 0.25 |]
        [| 2.0; 1.5 |]
        [| -0.5; -1.0 |]
        [| 0.0; 0.5 |]
    |]

    let weights =
        LogisticRegression.fit rows [| true; true; false; true; false; false |] 2.0
    // By SciPy's BFGS on the same loss.
    let expected = [| 0.74798238; 0.25787978; -0.37209317 |]
    Array.iter2 (fun (e: float) w -> Assert.Equal(e, w, 7)) expected weights

[<Fact>]
let ``a recording that is average in every respect has the bias as its log odds`` () =
    Assert.Equal(1.0 / (1.0 + exp 1.0), RecordingLevels.probabilityOf level level.Means, 12)

[<Fact>]
let ``what is not known adds nothing`` () =
    let unknown = Array.create count nan
    Assert.All(RecordingLevels.contributions level unknown, (fun added -> Assert.Equal(0.0, added)))

[<Property>]
let ``a probability lies between 0 and 1 whatever the numbers are`` (numbers: float[]) =
    let knowledge =
        Array.init count (fun i ->
            if numbers.Length = 0 then
                infinity
            else
                numbers[i % numbers.Length])

    let probability = RecordingLevels.probabilityOf level knowledge
    probability >= 0.0 && probability <= 1.0

[<Fact>]
let ``a level is read as it was written`` () =
    let read = RecordingLevels.read (RecordingLevels.write level)
    Assert.Equal<float[]>(level.Weights, read.Weights)
    Assert.Equal(level.Threshold, read.Threshold)
    Assert.Equal(RecordingLevels.write level, RecordingLevels.write read)

[<Fact>]
let ``a level that cannot be used is refused with one sentence`` () =
    let refused (broken: RecordingLevel) =
        (Assert.Throws<ProblemException>(fun () -> RecordingLevels.read (RecordingLevels.write broken) |> ignore))
            .Message

    Assert.Contains("other numbers", refused { level with Names = [| "logit" |] })
    Assert.Contains("format 9", refused { level with Format = 9 })

    Assert.Contains(
        "deviations above 0",
        refused {
            level with
                Deviations = Array.zeroCreate count
        }
    )

    Assert.Contains("between 0 and 1", refused { level with Threshold = 1.0 })
    Assert.Contains("of at most 1000000", refused { level with Bias = 1e300 })

[<Fact>]
let ``a level of which a bit has flipped is refused, and one that says that it was changed is not`` () =
    let text = RecordingLevels.write level

    let refused (text: string) =
        (Assert.Throws<ProblemException>(fun () -> RecordingLevels.read text |> ignore)).Message

    Assert.Contains("its SHA-256 differs", refused (text.Replace("\"threshold\": 0.4", "\"threshold\": 0.5")))
    Assert.Contains("its SHA-256 differs", refused (text.Replace("-0.25", "-0.35")))
    Assert.Contains("its SHA-256 differs", refused (text.Replace("\"sha256\": \"", "\"sha256\": \"0")))

    let without =
        let at = text.IndexOf(",\n  \"sha256\"", StringComparison.Ordinal)
        text.Remove(at) + "\n}"

    Assert.Equal(0.5, (RecordingLevels.read (without.Replace("\"threshold\": 0.4", "\"threshold\": 0.5"))).Threshold)
    // White space is not what it is about.
    Assert.Equal(0.4, (RecordingLevels.read (text.Replace("\n", "\r\n"))).Threshold)

[<Fact>]
let ``training finds what tells AF and does not depend on the order of recordings`` () =
    let trained = RecordingLevelTraining.run Detector.Shipped [] 1L examples
    Assert.True(trained.Metrics["validation/roc_auc"] > 0.9)
    Assert.Equal(150, trained.Recordings)

    Assert.Equal(
        0,
        trained.Weights
        |> Array.mapi (fun i w -> struct (abs w, i))
        |> Array.max
        |> (fun struct (_, i) -> i)
    )

    let again = RecordingLevelTraining.run Detector.Shipped [] 1L (Array.rev examples)
    Assert.Equal(RecordingLevels.write trained, RecordingLevels.write again)

[<Fact>]
let ``training refuses a split of one kind`` () =
    let all = examples |> Array.filter (fun e -> e.Split = Split.Train || not e.IsAF)

    let message =
        (Assert.Throws<ProblemException>(fun () -> RecordingLevelTraining.run Detector.Shipped [] 1L all |> ignore))
            .Message

    Assert.Contains("validation split", message)

[<Fact>]
let ``a training recording is judged by the fold models that have not learned from it`` () =
    let model () = Detector.Shipped.WithThreshold 0.5
    let own, first, second, third = model (), model (), model (), model ()

    let known ids =
        TrainedOn.Create("salt", ids |> List.map TrainedOn.Recording)

    let folds = [
        struct (first, known [ "b"; "c" ])
        struct (second, known [ "a"; "c"; "d" ])
        struct (third, known [ "a"; "b" ])
    ]

    let judges split id =
        RecordingLevelTraining.judgesOf own folds split id |> Array.toList

    let same (expected: Detector list) (actual: Detector list) =
        Assert.True(
            expected.Length = actual.Length
            && List.forall2 (fun a b -> obj.ReferenceEquals(a, b)) expected actual
        )

    same [ first ] (judges Split.Train "a")
    same [ second ] (judges Split.Train "b")
    same [ third ] (judges Split.Train "c")
    same [ first; third ] (judges Split.Train "d")
    // The threshold is of the level's own network.
    same [ own ] (judges Split.Validation "a")
    same [ own ] (RecordingLevelTraining.judgesOf own [] Split.Train "a" |> Array.toList)

    let refused =
        Assert.Throws<ProblemException>(fun () ->
            RecordingLevelTraining.judgesOf own [ struct (first, known [ "a" ]) ] Split.Train "a"
            |> ignore)

    Assert.Contains("a was learned from by every fold model", refused.Message)

[<Fact>]
let ``a recording that two networks judge is known by the mean of what they say`` () =
    let recording =
        Recording("r", 300.0, Array.init 9000 (fun i -> float32 (exp (-0.02 * float (i % 250)))))

    let logits (detectors: Detector list) =
        RecordingLevelTraining.examplesOf detectors Label.AF Split.Train recording
        |> Array.map (fun example -> example.Knowledge[0])

    let hot = {
        Detector.Shipped.Model with
            Info = Detector.Shipped.Info.WithTemperature 4.0
    }

    let a, b = Detector.Shipped.WithoutRhythm(), Detector(hot).WithoutRhythm()
    let one, other, both = logits [ a ], logits [ b ], logits [ a; b ]
    Assert.NotEqual<float[]>(one, other)

    Array.iter2
        (fun (mean: float) both -> Assert.Equal(mean, both, 9))
        (Array.map2 (fun a b -> (a + b) / 2.0) one other)
        both

[<Fact>]
let ``a level says which networks judged, and one of before did not`` () =
    let folded = {
        level with
            FoldModels = [| "f1"; "f2" |]
    }

    Assert.Equal<string[]>([| "f1"; "f2" |], (RecordingLevels.read (RecordingLevels.write folded)).FoldModels)

    let before =
        let text = RecordingLevels.write level
        let at = text.IndexOf(",\n  \"sha256\"", StringComparison.Ordinal)
        text.Remove(at).Replace("  \"fold_models\": [],\n", "") + "\n}"

    Assert.DoesNotContain("fold_models", before)
    Assert.Empty((RecordingLevels.read before).FoldModels)

[<Fact>]
let ``a short recording is judged by its level, a long one by its episodes`` () =
    let classify (batch: SegmentBatch) = Array.create batch.Count 0.3f

    let judge (level: RecordingLevel | null) recording =
        let check = WindowCheck(fun samples -> WindowQuality.FaultOf samples)
        let settings, thresholds = PreprocessSettings.Default, ViewThresholds.Same 0.5

        match RecordingClassifier(settings, classify, thresholds, check, null, level).Classify recording with
        | Ok result -> result
        | Error rejection -> failwith rejection.Message

    let sure = {
        level with
            Weights = Array.zeroCreate count
            Bias = 3.0
    }

    let short = judge sure (wave 30)
    Assert.Equal(1.0 / (1.0 + exp -3.0), short.Probability.Value, 12)
    Assert.Equal(Finding.AF, short.Finding)
    Assert.All(short.Windows, (fun window -> Assert.Equal(0.3, window.Probability.Value, 6)))
    Assert.Equal(Finding.NotAF, (judge null (wave 30)).Finding)
    let long = judge sure (wave 120)
    Assert.Equal(0.3, long.Probability.Value, 6)
    Assert.Equal(Finding.NotAF, long.Finding)

[<Fact>]
let ``a recording without a classifiable window has no probability`` () =
    Assert.Null(RecordingKnowledge.ofRecording [||] [||] 30.0)

[<Fact>]
let ``the shipped detector has the shipped level, and another network has none`` () =
    Assert.NotNull Detector.Shipped.RecordingLevel
    Assert.Null(Detector.Shipped.WithoutRhythm().RecordingLevel)

    let message =
        (Assert.Throws<ProblemException>(fun () -> Detector.Shipped.WithRecordingLevel level |> ignore)).Message

    Assert.Contains("another network", message)

[<Fact>]
let ``a threshold of the user's own is the recording level's too`` () =
    match Detector.Shipped.WithThreshold(0.25).RecordingLevel with
    | null -> failwith "the level is gone"
    | level -> Assert.Equal(0.25, level.Threshold)
