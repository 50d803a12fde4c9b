/// The detector with the rhythm level, as a program calls it.
module Mina.Model.Tests.RhythmDetectorTests

open System
open System.IO
open System.Threading
open Mina.Model
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Xunit

let private withRhythm = lazy Detector.Shipped
let private withoutRhythm = lazy Detector.Shipped.WithoutRhythm()

let private verdicts (classified: ClassifiedRecording) : Verdict list =
    match classified.Rhythm with
    | null -> []
    | found -> List.ofSeq found

[<Fact>]
let ``the shipped rhythm level is the one in data/models`` () =
    let read, embedded =
        RhythmFiles.read Golden.shippedModel.Value, RhythmFiles.readShipped ()

    Assert.Equal<float>(read.Model.Parameters, embedded.Model.Parameters)
    Assert.Equal(read.Model.Settings, embedded.Model.Settings)
    Assert.Equal(RhythmModels.writeInfo read.Info, RhythmModels.writeInfo embedded.Info)

[<Fact>]
let ``of AF it makes an episode, and of sinus rhythm none`` () =
    let af = withRhythm.Value.Classify(recording "af" Label.AF 240.0 5)
    Assert.Equal(Finding.AF, af.Finding)
    Assert.NotEmpty af.Episodes
    Assert.True(af.Burden.Value > 0.5, $"%A{af.Burden}")
    let sinus = withRhythm.Value.Classify(recording "sinus" Label.Normal 240.0 5)
    Assert.Equal(Finding.NotAF, sinus.Finding)
    Assert.Empty sinus.Episodes
    Assert.Equal(0.0, sinus.Burden.Value)

[<Fact>]
let ``windows keep the network's verdicts, and the level has one of each`` () =
    let long = recording "long" Label.AF 120.0 5

    let without, found =
        withoutRhythm.Value.Classify long, withRhythm.Value.Classify long

    Assert.Null without.Rhythm
    Assert.Equal<Verdict>(without.Windows, found.Windows)
    Assert.Equal(without.Probability, found.Probability)

    Assert.Equal<float>(without.Windows |> Seq.map _.StartSeconds, verdicts found |> Seq.map _.StartSeconds)
    Assert.Equal<WindowFault>(without.Windows |> Seq.map _.Fault, verdicts found |> Seq.map _.Fault)

[<Fact>]
let ``a short recording is classified as without it`` () =
    let strip = recording "strip" Label.AF 30.0 5

    let without, found =
        withoutRhythm.Value.Classify strip, withRhythm.Value.Classify strip

    Assert.Null found.Rhythm
    Assert.Equal<Verdict>(without.Windows, found.Windows)
    Assert.Equal<Episode>(without.Episodes, found.Episodes)
    Assert.Equal(without.Finding, found.Finding)

[<Fact>]
let ``a threshold is of windows and leaves the level's episodes as they are`` () =
    let long = recording "long" Label.AF 240.0 5
    let own = withRhythm.Value.Classify long
    let high = withRhythm.Value.WithThreshold(0.999999).Classify long
    Assert.Equal<Episode>(own.Episodes, high.Episodes)
    Assert.Equal(0.999999, high.Threshold)

[<Fact>]
let ``a level of another network is refused`` () =
    let e =
        Assert.Throws<ProblemException>(fun () -> Detector(untrained 0.5).WithRhythm() |> ignore)

    Assert.Contains("another network", e.Message)

[<Fact>]
let ``a folder without a rhythm level is refused and named`` () =
    Golden.withFolder (fun folder ->
        let e = Assert.Throws<ProblemException>(fun () -> RhythmFiles.read folder |> ignore)

        Assert.Contains($"%s{folder} holds no rhythm level", e.Message))

let private recordings =
    lazy
        [|
            for seed in 1..3 do
                for label in [ Label.AF; Label.Normal ] do
                    let own = recording $"%O{label}%d{seed}" label 90.0 seed
                    let rhythm = if label = Label.AF then "AFIB" else "N"

                    RhythmLevelTraining.recordingOf Detector.Shipped "made" $"p%d{seed}" {
                        Recording = own
                        Rhythms = [| RhythmSpan(rhythm, 0.0, infinity) |]
                        Location = own.Id
                    }
        |]

let private quick = {
    RhythmRecipe.Default.WithEpochs 1 with
        SignalExamples = 2000
}

let private train folds (chosen: RhythmSettings | null) (recordings: RhythmRecording[]) cancel =
    RhythmLevelTraining.run Detector.Shipped quick 1L folds chosen recordings (Action<int> ignore) cancel

[<Fact>]
let ``a level trained on recordings is used as asked, and its files load into the detector`` () =
    let asked = {
        LookAheadSeconds = 10.0
        OnsetProbability = 0.65
        OffsetProbability = 0.5
    }

    let trained = train 3 asked recordings.Value CancellationToken.None
    Assert.Equal(asked, trained.Stored.Model.Settings)
    Assert.Equal(asked, trained.Report.Figures[0].Settings)
    Assert.Equal(3, trained.Stored.Info.Persons)
    Assert.Equal(6, trained.Stored.Info.Recordings)
    Assert.Contains("cv/made/duration_sensitivity", trained.Stored.Info.Metrics.Keys)

    Golden.withFolder (fun folder ->
        for struct (name, bytes) in RhythmFiles.encode trained.Stored do
            File.WriteAllBytes(Path.Combine(folder, name), bytes)

        let detector = Detector.Shipped.WithRhythm(RhythmFiles.read folder)

        match detector.Rhythm with
        | null -> Assert.Fail "The detector has no rhythm level."
        | level -> Assert.Equal<float>(trained.Stored.Model.Parameters, level.Model.Parameters))

[<Fact>]
let ``too few people and recordings without AF are refused, and a training can be stopped`` () =
    let refused folds recordings =
        Assert.Throws<ProblemException>(fun () -> train folds null recordings CancellationToken.None |> ignore).Message

    Assert.Contains("as many people, but there are 3", refused 4 recordings.Value)
    let sinus = recordings.Value |> Array.filter (fun r -> r.Rhythms[0].Rhythm = "N")
    Assert.Contains("no AF", refused 3 sinus)

    Assert.Throws<OperationCanceledException>(fun () ->
        train 3 null recordings.Value (CancellationToken true) |> ignore)
    |> ignore
