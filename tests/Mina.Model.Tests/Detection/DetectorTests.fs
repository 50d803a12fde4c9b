/// The detector as a program calls it.
module Mina.Model.Tests.DetectorTests

open System
open System.IO
open System.Threading.Tasks
open Mina.Model
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Xunit

let private strip = recording "strip" Label.AF 30.0 5
let private long = recording "long" Label.AF 90.0 5

[<Fact>]
let ``the shipped detector is the one in data/models and says the same of every recording`` () =
    let loaded = Detector.Load Golden.shippedModel.Value
    Assert.Equal(loaded.Info.ToJson(), Detector.Shipped.Info.ToJson())

    for recording in [ strip; long ] do
        let shipped = Detector.Shipped.Classify recording
        Assert.Equal<Verdict>((loaded.Classify recording).Windows, shipped.Windows)
        Assert.Equal(recording.Seconds > 61.0, shipped.IsLong)

[<Fact>]
let ``a folder without a model is refused and named`` () =
    Golden.withFolder (fun folder ->
        let e = Assert.Throws<ProblemException>(fun () -> Detector.Load folder |> ignore)
        Assert.Contains($"%s{folder} holds no model", e.Message))

[<Fact>]
let ``a damaged model is refused and its folder named`` () =
    Golden.withFolder (fun folder ->
        for struct (name, bytes) in ModelFiles.encode (untrained 0.5) do
            File.WriteAllBytes(Path.Combine(folder, name), bytes)

        File.WriteAllText(Path.Combine(folder, ModelFiles.WeightsName), "no weights")
        let e = Assert.Throws<ProblemException>(fun () -> Detector.Load folder |> ignore)
        Assert.Contains(folder, e.Message))

[<Fact>]
let ``a model written and loaded is the same`` () =
    Golden.withFolder (fun folder ->
        let model = untrained 0.3

        for struct (name, bytes) in ModelFiles.encode model do
            File.WriteAllBytes(Path.Combine(folder, name), bytes)

        let loaded = Detector.Load folder
        Assert.Equal<float32>(model.Weights, loaded.Model.Weights)
        Assert.Equal(0.3, loaded.Thresholds.Uniform))

[<Fact>]
let ``what cannot be classified is a rejection, or its sentence as an exception`` () =
    let short = recording "short" Label.Normal 9.0 1
    let mutable classified = null
    let mutable rejection = null
    Assert.False(Detector.Shipped.TryClassify(short, &classified, &rejection))
    Assert.Null classified

    match rejection with
    | null -> Assert.Fail "There was no rejection."
    | rejection ->
        Assert.Equal(RejectionReason.TooShort, rejection.Reason)

        let e =
            Assert.Throws<ProblemException>(fun () -> Detector.Shipped.Classify short |> ignore)

        Assert.Equal(rejection.Message, e.Message)

    Assert.True(Detector.Shipped.TryClassify(strip, &classified, &rejection))
    Assert.Null rejection

[<Fact>]
let ``a threshold changes findings and no probability`` () =
    let own = Detector.Shipped.Classify strip
    let low = Detector.Shipped.WithThreshold(1e-6).Classify strip
    Assert.Equal<Verdict>(own.Windows, low.Windows)
    Assert.Equal(Finding.AF, low.Finding)

    let e =
        Assert.Throws<ProblemException>(fun () -> Detector.Shipped.WithThreshold 1.0 |> ignore)

    Assert.Contains("between 0 and 1", e.Message)

[<Fact>]
let ``many threads may use one detector`` () =
    let expected = [ strip; long ] |> List.map (Detector.Shipped.Classify >> _.Windows)

    Parallel.For(
        0,
        8,
        fun i ->
            let own = Detector.Shipped.Classify(if i % 2 = 0 then strip else long)
            Assert.Equal<Verdict>(expected[i % 2], own.Windows)
    )
    |> ignore

[<Fact>]
let ``segments made with other settings are refused`` () =
    Detector.Shipped.RequireSettings PreprocessSettings.Default

    let e =
        Assert.Throws<ProblemException>(fun () ->
            Detector.Shipped.RequireSettings(PreprocessSettings(StrideNotAF = 600)))

    Assert.Contains("stride=600", e.Message)

[<Fact>]
let ``evaluation judges by the detector's thresholds and temperature`` () =
    let detector = Detector(untrained 0.4)

    let result =
        detector.Evaluate(batches (), EvaluationOptions(Seed = 7L, Resamples = 20))

    Assert.Equal(ViewThresholds.Same 0.4, result.Options.Thresholds)
    Assert.Equal(7L, result.Options.Seed)
    Assert.Equal(20, result.Options.Resamples)

    let scores = batches () |> Seq.collect detector.Classifier.Predict |> Seq.map float
    Assert.Equal<float>(scores, result.Scores |> Seq.map _.Probability)

[<Fact>]
let ``calibration leaves the weights and the detector as they were`` () =
    let detector = Detector(untrained 0.5)
    let calibrated = detector.Calibrate(batches ())
    Assert.Same(detector.Model.Weights, calibrated.Model.Weights)
    Assert.Equal(1.0, detector.Info.Temperature)
    Assert.NotEqual(1.0, calibrated.Info.Temperature)
    Assert.Contains("validation/uniform/roc_auc", calibrated.Info.Metrics.Keys)

let private annotated (recording: Recording) : AnnotatedRecording = {
    Recording = recording
    Rhythms = [|
        RhythmSpan("N", 0.0, 20.0)
        RhythmSpan("AFIB", 20.0, 60.0)
        RhythmSpan("AFL", 60.0, infinity)
    |]
    Location = $"raw/%s{recording.Id}.hea"
}

[<Fact>]
let ``annotated recordings are compared, and those that cannot be are named while the rest go on`` () =
    let progress = ResizeArray()
    let short = recording "short" Label.Normal 9.0 1

    let result =
        Detector(untrained 0.001)
            .EvaluateRecordings(
                [
                    Func<_>(fun () -> annotated short)
                    Func<_>(fun () -> annotated long)
                    Func<_>(fun () -> raise (ProblemException "raw/c.hea has no annotations."))
                ],
                progress = Action<_> progress.Add
            )

    Assert.Equal<int>([ 1; 2; 3 ], progress)
    Assert.Equal(2, result.Failures.Count)
    Assert.Contains("short", result.Failures[0])
    Assert.Equal("raw/c.hea has no annotations.", result.Failures[1])
    let compared = Assert.Single result.Recordings
    // At that threshold all of the recording is AF, of which 40 s are.
    Assert.Equal(40.0, compared.Comparison.ReferenceSeconds, 6)
    Assert.Equal(40.0, compared.Comparison.DetectedTrueSeconds, 6)
    Assert.Equal(1.0, result.Gross.DurationSensitivity, 6)

[<Theory>]
[<InlineData(Flutter.NotAF, 40.0, 0)>]
[<InlineData(Flutter.Excluded, 40.0, 1)>]
[<InlineData(Flutter.AF, 70.0, 0)>]
let ``flutter counts as the options say`` (flutter: Flutter) (seconds: float) (excluded: int) =
    let struct (reference, left) =
        RecordingsEvaluator.Reference((annotated long).Rhythms, flutter)

    Assert.Equal(seconds, reference |> Array.sumBy (fun span -> min span.End 90.0 - span.Start))
    Assert.Equal(excluded, left.Length)

[<Fact>]
let ``a recording no longer than the learning period is a failure, and without any other nothing is compared`` () =
    let e =
        Assert.Throws<ProblemException>(fun () ->
            Detector.Shipped.EvaluateRecordings(
                [ Func<_>(fun () -> annotated long) ],
                RecordingsOptions(LearningSeconds = 300.0)
            )
            |> ignore)

    Assert.Contains("no longer than the learning period", e.Message)
    Assert.Contains("raw/long.hea", e.Message)
