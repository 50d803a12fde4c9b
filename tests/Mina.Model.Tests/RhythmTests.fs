/// The rhythm level: what it knows, its network, its fold and its training.
module Mina.Model.Tests.RhythmTests

open System
open System.Text.Json
open System.Threading
open FsCheck.Xunit
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Beats
open Xunit

/// Beats after one another at these intervals in seconds; the second number says ectopic.
let private beatsOf (intervals: (float * bool) list) : Beat[] =
    let folder (last: int64) (interval: float, ectopic) =
        let sample = last + int64 (round (interval * 300.0))

        let beat =
            Beat(
                sample,
                (if last = 0L then 0 else int (sample - last)),
                (if ectopic then BeatKind.Ectopic else BeatKind.Normal),
                1f,
                1,
                (if ectopic then 0.3f else 0.98f),
                (if ectopic then Nullable() else Nullable 0.9f)
            )

        beat, sample

    intervals |> List.mapFold folder 0L |> fst |> List.toArray

let private irregular (seed: int) count =
    let random = Random seed
    List.init count (fun _ -> 0.45 + 0.6 * random.NextDouble(), false)

let private sinus (seed: int) count =
    let random = Random seed
    List.init count (fun i -> 0.8 + 0.03 * sin (float i / 3.0) + 0.01 * random.NextDouble(), false)

let private bigeminy count =
    List.init count (fun i -> if i % 2 = 0 then 1.05, false else 0.55, true)

let private known name (beats: Beat[]) =
    let knowledge = nonNull (RhythmKnowledge.ofMinute (ReadOnlySpan beats) 60.0)
    knowledge[Array.findIndex ((=) name) RhythmKnowledge.names]

[<Fact>]
let ``the entropy of irregular intervals is above -1.4, of sinus rhythm below`` () =
    Assert.True(known "cosen" (beatsOf (irregular 1 75)) > -1.4)
    Assert.True(known "cosen" (beatsOf (sinus 1 75)) < -1.4)

[<Fact>]
let ``bigeminy varies as AF does from beat to beat, but repeats every second beat`` () =
    let regular, wild = beatsOf (bigeminy 70), beatsOf (irregular 2 75)
    Assert.True(known "rmssd" regular > known "rmssd" wild)
    Assert.True(known "period2" regular < -2.0 && known "lag1" regular < -0.8)
    Assert.True(known "period2" wild > -0.5 && abs (known "lag1" wild) < 0.5)
    Assert.Equal(0.5, known "ectopic" regular, 2)
    Assert.True(Double.IsNaN(known "normal_step" regular) && known "around_step" regular < -4.0)

[<Fact>]
let ``a minute with few beats is not known`` () =
    Assert.Null(RhythmKnowledge.ofMinute (ReadOnlySpan(beatsOf (sinus 1 8))) 60.0)

/// A model of random weights.
let private model (seed: int) : RhythmModel =
    let random = Random seed

    let numbers count =
        Array.init count (fun _ -> random.NextDouble() - 0.5)

    let minutes, windows =
        RhythmKnowledge.names.Length, RhythmKnowledge.windowNames.Length

    {
        Parameters = numbers MinuteNet.parameters
        Scaling = {
            MinuteMean = numbers minutes
            MinuteDeviation = Array.create minutes 1.0
            WindowMean = numbers windows
            WindowDeviation = Array.create windows 1.0
        }
        Settings = {
            LookAheadSeconds = 30.0
            OnsetProbability = 0.6
            OffsetProbability = 0.5
        }
    }

let private randomInput (seed: int) : RhythmInput =
    let random = Random seed

    {
        Minute = Array.init MinuteNet.minuteNames.Length (fun _ -> random.NextDouble() - 0.5)
        Lag = 30.0 * random.NextDouble()
        Windows =
            Array.init 7 (fun _ -> Array.init (MinuteNet.windowNames.Length - 1) (fun _ -> random.NextDouble() - 0.5))
        Offsets = Array.init 7 (fun i -> 5.0 * float i - 20.0)
    }

[<Property(MaxTest = 10)>]
let ``the gradient is that of finite differences`` (seed: int) =
    let p, input = (model seed).Parameters, randomInput seed
    let gradient = Array.zeroCreate p.Length
    MinuteNet.addGradient p input (MinuteNet.run p input) 1.0 gradient

    for i in 0 .. p.Length - 1 do
        let at delta =
            let moved = Array.copy p
            moved[i] <- moved[i] + delta
            (MinuteNet.run moved input).Logit

        Assert.Equal((at 1e-5 - at -1e-5) / 2e-5, gradient[i], 1e-7)

[<Property(MaxTest = 20)>]
let ``attention sums to 1, and with evidence and knowledge makes the log odds`` (seed: int) =
    let output = MinuteNet.run (model seed).Parameters (randomInput seed)
    Assert.Equal(1.0, Array.sum output.Attention, 1e-12)

    let parts =
        Array.sum (Array.map2 (*) output.Attention output.Evidence)
        + Array.sum output.Contributions

    Assert.Equal(output.Logit, parts, 1e-12)

/// Windows on the grid; about every seventh unclassifiable, and some left out.
let private windows (seed: int) count : Verdict list =
    let random = Random seed

    [
        for k in 0 .. count - 1 do
            let p, missing = random.NextDouble(), random.Next 40 = 0
            let gone = missing && k > 0

            if not gone then
                let faulty = random.Next 7 = 0

                {
                    StartSeconds = float k * 5.0 / 3.0
                    Probability = if faulty then Nullable() else Nullable p
                    Fault = if faulty then WindowFault.Noisy else WindowFault.None
                }
    ]

[<Property(MaxTest = 20)>]
let ``live, with its state kept as JSON between windows, it says what it says of the whole recording, bit for bit``
    (seed: int)
    =
    let random = Random seed
    let model, beats = model seed, beatsOf (irregular seed 400)
    let windows = windows seed 120
    let live = ResizeArray<Verdict>()
    let mutable state = RhythmLevel.start
    let mutable given = 0

    for window in windows do
        // The beats come with whichever window they please, as long as they come in time.
        let due = (window.StartSeconds + 8.0) * 300.0 + 1.0 + float (random.Next 3000)

        let until =
            beats
            |> Array.filter (fun b -> float b.Sample <= due)
            |> Array.length
            |> max given

        let struct (next, verdicts) =
            RhythmLevel.step model state (Array.sub beats given (until - given)) window

        given <- until
        live.AddRange verdicts
        state <- nonNull (JsonSerializer.Deserialize<RhythmState>(JsonSerializer.Serialize next))

    let struct (_, rest) = RhythmLevel.finish model state
    live.AddRange rest
    let whole = RhythmLevel.ofRecording model beats windows
    Assert.Equal<Verdict[]>(whole, live.ToArray())
    // Every window has its verdict, in order, and none where it was unclassifiable.
    Assert.Equal<float list>(windows |> List.map _.StartSeconds, whole |> Seq.map _.StartSeconds |> Seq.toList)

    for window, verdict in List.zip windows (Array.toList whole) do
        Assert.Equal(window.Probability.HasValue, verdict.Probability.HasValue)
        Assert.Equal(window.Fault, verdict.Fault)

[<Property(MaxTest = 20)>]
let ``a verdict depends on nothing that comes after its look-ahead`` (seed: int) =
    let model, beats = model seed, beatsOf (irregular seed 300)
    let windows = windows seed 90
    let first = List.truncate 45 windows
    let mutable state = RhythmLevel.start
    let early = ResizeArray<Verdict>()

    for window in first do
        let struct (next, verdicts) = RhythmLevel.step model state beats window
        early.AddRange verdicts
        // All beats are given again with each window only in this test; the fold must not look at later ones.
        state <- { next with Beats = [||] }

    let whole = RhythmLevel.ofRecording model beats windows
    Assert.Equal<Verdict[]>(Array.truncate early.Count whole, early.ToArray())
    Assert.True(early.Count >= 25)

[<Fact>]
let ``weights come back from their bytes, and wrong ones are refused`` () =
    let model = model 3
    let bytes = RhythmModels.encodeWeights model

    let info: RhythmModelInfo = {
        Format = RhythmModels.format
        Network = "MinuteNet"
        Parameters = MinuteNet.parameters
        Settings = model.Settings
        MinuteNames = MinuteNet.minuteNames
        WindowNames = MinuteNet.windowNames
        Seed = 1L
        FirstLevel = "none"
        Recordings = 1
        Persons = 1
        Metrics = readOnlyDict []
    }

    let read = RhythmModels.readInfo (RhythmModels.writeInfo info)
    let back = RhythmModels.decode read bytes
    Assert.Equal<float[]>(model.Parameters, back.Parameters)
    Assert.Equal(model.Scaling, back.Scaling)
    let other = RhythmModels.writeInfo { info with Parameters = 5 }

    Assert.Throws<ProblemException>(fun () -> RhythmModels.readInfo other |> ignore)
    |> ignore

    let eager = {
        info with
            Settings = {
                info.Settings with
                    LookAheadSeconds = 0.0
            }
    }

    Assert.Throws<ProblemException>(fun () -> RhythmModels.readInfo (RhythmModels.writeInfo eager) |> ignore)
    |> ignore

    let refused (changed: RhythmModel) =
        (Assert.Throws<ProblemException>(fun () ->
            RhythmModels.decode read (RhythmModels.encodeWeights changed) |> ignore))
            .Message

    for value in [ nan; infinity; -1e300 ] do
        let parameters = Array.copy model.Parameters
        parameters[7] <- value
        Assert.Contains("guide.weight", refused { model with Parameters = parameters })

    let flat = {
        model.Scaling with
            WindowDeviation = Array.zeroCreate model.Scaling.WindowDeviation.Length
    }

    Assert.Contains("not above 0", refused { model with Scaling = flat })

/// Ten minutes: AF from the fourth to the seventh, with a first level that is fooled by bigeminy before it.
let private recording (seed: int) : RhythmRecording =
    let random = Random seed

    let withoutP (b: Beat) =
        Beat(b.Sample, b.Interval, b.Kind, b.Amplitude, b.Polarity, b.Correlation, Nullable 0.1f)

    let beats =
        beatsOf (bigeminy 75 @ sinus seed 150 @ irregular seed 240 @ sinus seed 225)
        |> Array.mapi (fun i b -> if i >= 225 && i < 465 then withoutP b else b)

    let at i = float beats[i].Sample / 300.0
    let onset, ending = at 225, at 464
    let seconds = at (beats.Length - 1)

    {
        Id = $"r{seed}"
        Person = $"p{seed}"
        Group = "simulated"
        Seconds = seconds
        Beats = beats
        Windows = [|
            for k in 0 .. int ((seconds - 10.0) * 0.6) do
                let start = float k * 5.0 / 3.0
                let centre = start + 5.0
                let isAF = centre > onset && centre < ending || centre < 60.0

                {
                    StartSeconds = start
                    Probability =
                        Nullable(
                            if isAF then
                                0.6 + 0.4 * random.NextDouble()
                            else
                                0.4 * random.NextDouble()
                        )
                    Fault = WindowFault.None
                }
        |]
        Rhythms = [|
            RhythmSpan("N", 0.0, onset)
            RhythmSpan("AFIB", onset, ending)
            RhythmSpan("N", ending, seconds)
        |]
    }

let private quick = {
    RhythmRecipe.Default with
        Epochs = 3
        SignalExamples = 6000
        BeatExamples = 1000
        BatchSize = 64
}

[<Fact>]
let ``training on people learns that bigeminy is not AF of people it has not seen, and does so again bit for bit`` () =
    let recordings = [ for seed in 1..6 -> recording seed ]

    let beatsAlone =
        RhythmExcerpts.take 1L {
            recording 9 with
                Seconds = 1200.0
                Beats = beatsOf (sinus 9 700 @ irregular 9 600)
        }

    Assert.NotEmpty beatsAlone
    let all = recordings @ List.ofArray beatsAlone

    let run () =
        RhythmCrossValidation.run quick 1L 3 all null (Action<int> ignore) CancellationToken.None

    let report = run ()
    let figures = report.Figures[0].Groups[0].Comparison
    Assert.True(figures.DurationSensitivity > 0.9 && figures.DurationPpv > 0.9, $"%A{figures}")
    Assert.Equal(0, figures.DetectedEpisodes - figures.DetectedTrue)
    Assert.Equal<float[]>(report.Model.Parameters, (run ()).Model.Parameters)

[<Fact>]
let ``the ends of an episode move to the beats at which the rhythm changes`` () =
    let truth = recording 4
    let onset, ending = truth.Rhythms[1].StartSeconds, truth.Rhythms[1].EndSeconds

    let found: Episode = {
        StartSeconds = onset + 6.0
        EndSeconds = ending - 5.0
        ClassifiableSeconds = ending - onset - 11.0
        MeanProbability = 0.9
    }

    let refined = EpisodeEdges.refine truth.Beats truth.Seconds found
    Assert.InRange(refined.StartSeconds, onset - 2.0, onset + 2.0)
    Assert.InRange(refined.EndSeconds, ending - 2.0, ending + 2.0)
