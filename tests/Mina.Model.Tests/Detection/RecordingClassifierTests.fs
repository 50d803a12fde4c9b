/// How windows become what is said of a recording, with a classifier that answers what the test wants.
module Mina.Model.Tests.RecordingClassifierTests

open System
open Mina.Model
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Xunit

let private fs = 300

let private usable = WindowCheck(fun samples -> WindowQuality.FaultOf samples)

let private classifierWith thresholds check (probability: int -> float32) =
    let classify (batch: SegmentBatch) =
        batch.Start |> Array.take batch.Count |> Array.map probability

    RecordingClassifier(PreprocessSettings.Default, Func<SegmentBatch, float32[]> classify, thresholds, check)

let private classifyWith thresholds check recording probability =
    match (classifierWith thresholds check probability).Classify recording with
    | Ok result -> result
    | Error rejection -> failwith rejection.Message

let private classify recording probability =
    classifyWith (ViewThresholds.Same 0.5) usable recording probability

let private findings (result: ClassifiedRecording) =
    result.Windows |> Seq.map _.FindingAt(result.Threshold) |> Seq.toList

[<Fact>]
let ``windows follow each other by five thirds of a second, and the last that fits is kept`` () =
    let result = classify (wave 30) (fun _ -> 0.9f)
    Assert.Equal(13, result.Windows.Count)

    result.Windows
    |> Seq.iteri (fun i window -> Assert.Equal(float i * 5.0 / 3.0, window.StartSeconds, 9))

[<Fact>]
let ``a window is AF from the threshold on`` () =
    let result = classify (wave 30) (fun start -> if start < 1500 then 0.5f else 0.49f)
    let first, others = findings result |> List.splitAt 3
    Assert.All(first, (fun finding -> Assert.Equal(Finding.AF, finding)))
    Assert.All(others, (fun finding -> Assert.Equal(Finding.NotAF, finding)))

[<Theory>]
[<InlineData(0.6f, Finding.AF)>]
[<InlineData(0.4f, Finding.NotAF)>]
let ``a strip is judged by its mean probability`` (probability: float32) (finding: Finding) =
    let result = classify (wave 30) (fun _ -> probability)
    Assert.Equal(finding, result.Finding)
    Assert.Equal(float probability, result.Probability.Value, 6)

[<Fact>]
let ``windows and strips are judged by thresholds of their own`` () =
    let thresholds = {
        Paper = 0.1
        Uniform = 0.3
        Recording = 0.7
    }

    let result = classifyWith thresholds usable (wave 30) (fun _ -> 0.5f)
    Assert.All(findings result, (fun finding -> Assert.Equal(Finding.AF, finding)))
    Assert.Equal(Finding.NotAF, result.Finding)

[<Fact>]
let ``a long recording is AF where there is an episode`` () =
    let result =
        classify (wave 180) (fun start -> if start > 60 * fs && start < 120 * fs then 0.9f else 0.1f)

    Assert.True result.IsLong
    Assert.Equal(Finding.AF, result.Finding)
    let episode = Assert.Single result.Episodes
    // The first window above the threshold starts at 61.67 s, the last at 118.33 s; each speaks for the time about its
    // centre.
    Assert.InRange(episode.StartSeconds, 65.0, 67.0)
    Assert.InRange(episode.EndSeconds, 123.0, 125.0)
    Assert.Equal((episode.EndSeconds - episode.StartSeconds) / 180.0, result.Burden.Value, 6)

[<Fact>]
let ``half a minute of AF makes no episode when it falls short`` () =
    let result =
        classify (wave 180) (fun start -> if start > 60 * fs && start < 85 * fs then 0.9f else 0.1f)

    Assert.Empty result.Episodes
    Assert.Equal(Finding.NotAF, result.Finding)
    Assert.Equal(Nullable 0.0, result.Burden)

[<Theory>]
[<InlineData(40)>]
[<InlineData(180)>]
let ``a window with a gap is unclassifiable and never not AF`` (seconds: int) =
    let recording = wave seconds
    recording.Samples.AsSpan(20 * fs, 10).Fill Single.NaN
    let result = classify recording (fun _ -> 0.1f)

    for window in result.Windows do
        let holdsGap =
            window.StartSeconds < 20.0 + 10.0 / float fs
            && window.StartSeconds + 10.0 > 20.0

        Assert.Equal((if holdsGap then Finding.Unclassifiable else Finding.NotAF), window.FindingAt result.Threshold)
        Assert.Equal(holdsGap, not window.Probability.HasValue)
        Assert.Equal((if holdsGap then WindowFault.Gap else WindowFault.None), window.Fault)

    Assert.True(result.UnclassifiableSeconds > 0.0)

[<Theory>]
[<InlineData(30)>]
[<InlineData(180)>]
let ``what the check refuses is unclassifiable, for the reason that the check gives`` (seconds: int) =
    let result =
        classifyWith (ViewThresholds.Same 0.5) (WindowCheck(fun _ -> WindowFault.Noisy)) (wave seconds) (fun _ -> 0.9f)

    Assert.All(result.Windows, (fun window -> Assert.Equal(WindowFault.Noisy, window.Fault)))
    Assert.All(findings result, (fun finding -> Assert.Equal(Finding.Unclassifiable, finding)))
    Assert.Equal(Finding.Unclassifiable, result.Finding)
    Assert.False result.Probability.HasValue
    Assert.False result.Burden.HasValue

[<Fact>]
let ``more windows than a batch holds keep their order`` () =
    let result =
        classify (wave 600) (fun start -> float32 start / (600.0f * float32 fs))

    Assert.All(result.Windows, (fun window -> Assert.Equal(window.StartSeconds / 600.0, window.Probability.Value, 5)))

[<Fact>]
let ``a recording too short for a window is rejected`` () =
    match (classifierWith (ViewThresholds.Same 0.5) usable (fun _ -> 0.5f)).Classify(wave 9) with
    | Ok _ -> Assert.Fail "It was classified."
    | Error rejection -> Assert.Equal(RejectionReason.TooShort, rejection.Reason)
