/// The exported levels above the network in ONNX Runtime against Mina's own, to 1e-5.
module Mina.Model.Tests.OnnxLevelTests

open System
open System.Text.Json
open FsCheck.FSharp
open FsCheck.Xunit
open Mina.Model
open Mina.Model.Onnx
open Mina.Model.Tests.OnnxRuntime
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Mina.Preprocess.Beats
open Xunit

let private rhythm = lazy session (shipped OnnxExport.RhythmName)
let private recordingLevel = lazy session (shipped OnnxExport.RecordingName)

/// Every verdict of the fold over a recording, with its reasons.
let private judged (model: RhythmModel) (beats: Beat[]) (windows: Verdict[]) =
    let mutable state = RhythmLevel.start
    let mutable next = 0

    [|
        for window in windows do
            let from = next

            while next < beats.Length && RhythmLevel.isDue beats[next] window.StartSeconds do
                next <- next + 1

            let struct (after, due) =
                RhythmLevel.stepWithReasons model state (Array.sub beats from (next - from)) window

            state <- after
            yield! due

        let struct (_, due) = RhythmLevel.finishWithReasons model state
        yield! due
    |]

/// Runs the graph on the minute by which verdicts were made, and compares them and their reasons.
let private checkMinute (beats: Beat[]) (windows: Map<float, Verdict>) (verdicts: (Verdict * RhythmExplanation)[]) =
    let _, first = verdicts[0]
    let starts = first.WindowStarts

    let struct (minute, _) = RhythmLevel.knowledgeAt beats starts[starts.Length - 1]

    let ofWindow start =
        let struct (_, known) = RhythmLevel.knowledgeAt beats start
        OnnxExample.orUnknown RhythmKnowledge.windowNames.Length known

    use said =
        run rhythm.Value [
            "minute",
            doubles (OnnxExample.orUnknown RhythmKnowledge.names.Length minute) [ RhythmKnowledge.names.Length ]
            "window_knowledge",
            doubles (Array.collect ofWindow starts) [ starts.Length; RhythmKnowledge.windowNames.Length ]
            "window_probability",
            doubles (starts |> Array.map (fun start -> OnnxExample.probabilityOf windows[start])) [ starts.Length ]
            "start_seconds", doubles starts [ starts.Length ]
            "judged",
            integers [|
                for _, reasons in verdicts -> int64 (Array.IndexOf(starts, reasons.StartSeconds))
            |]
        ]

    let each (name: string) (expected: RhythmExplanation -> float[]) =
        equal name (verdicts |> Array.collect (snd >> expected)) (said.Doubles name)

    equal "probability" (verdicts |> Array.map (fst >> OnnxExample.probabilityOf)) (said.Doubles "probability")
    each "logit" (fun reasons -> [| reasons.Logit |])
    each "attention" _.Attention
    each "evidence" _.Evidence
    each "contributions" _.Knowledge

let private checkRhythm (trace: float32[]) =
    let model =
        match Detector.Shipped.Rhythm with
        | null -> failwith "The shipped model has no rhythm level."
        | stored -> stored.Model

    let windows =
        Array.ofSeq (Detector.Shipped.Classify(Recording("long", 300.0, trace))).Windows

    let beats = BeatDetector.Detect(trace).ToArray()
    let byStart = Map [ for window in windows -> window.StartSeconds, window ]

    let minutes =
        judged model beats windows
        |> Array.choose (fun (struct (verdict, reasons)) ->
            match reasons with
            | null -> None
            | reasons -> Some(verdict, reasons))
        |> Array.groupBy (fun (_, reasons) -> reasons.MinuteEndSeconds)

    Assert.NotEmpty minutes

    for _, verdicts in minutes do
        checkMinute beats byStart verdicts

[<Theory>]
[<InlineData true>]
[<InlineData false>]
let ``the rhythm level judges every window as Mina does`` isAF = checkRhythm (ecg 90.0 isAF 21)

[<Fact>]
let ``the rhythm level judges as Mina does where windows cannot be classified and no beats are found`` () =
    ecg 150.0 true 6
    |> Array.mapi (fun t v -> if t >= 9000 && t < 33000 then 0.1f else v)
    |> checkRhythm

[<SkippableFact>]
let ``the rhythm level judges a real recording as Mina does`` () =
    let file = Golden.read (Golden.shared "golden/segments.safetensors")
    // A00005 lasts 60 s, and twice 120.
    let trace = file["A00005@0/raw_recording"].AsFloat32()
    checkRhythm (Array.append trace trace)

[<Property(MaxTest = 60)>]
let ``the recording level says what Mina says, whatever is unknown`` () =
    let numbers = Gen.choose (-3000, 3000) |> Gen.map (fun n -> float n / 1000.0)

    let knowledge =
        Gen.frequency [ 5, numbers; 1, Gen.constant nan ]
        |> Gen.arrayOfLength RhythmKnowledge.names.Length

    let rhythm =
        Gen.frequency [
            5, knowledge
            1, Gen.constant (Array.create RhythmKnowledge.names.Length nan)
        ]

    let windows =
        Gen.frequency [
            6, Gen.choose (0, 1000) |> Gen.map (fun n -> float n / 1000.0)
            1, Gen.constant nan
        ]
        |> Gen.nonEmptyListOf
        |> Gen.map (fun rest -> List.toArray (0.25 :: rest))

    let inputs = Gen.zip3 windows rhythm (Gen.choose (10, 61) |> Gen.map float)

    Prop.forAll (Arb.fromGen inputs) (fun (windows, rhythm, seconds) ->
        let level =
            match Detector.Shipped.RecordingLevel with
            | null -> failwith "The shipped model has no recording level."
            | level -> level

        let known =
            windows |> Array.filter (Double.IsNaN >> not) |> Array.map RhythmScaling.logit

        let mean = Array.average known

        let spread = known |> Array.averageBy (fun v -> (v - mean) * (v - mean)) |> sqrt

        let isMissing = if Array.forall Double.IsNaN rhythm then 1.0 else 0.0

        let numbers =
            Array.concat [ [| mean; spread; log (seconds / 30.0) |]; rhythm; [| isMissing |] ]

        use said =
            run recordingLevel.Value [
                "window_probability", doubles windows [ windows.Length ]
                "seconds", doubles [| seconds |] []
                "rhythm", doubles rhythm [ rhythm.Length ]
            ]

        equal "probability" [| RecordingLevels.probabilityOf level numbers |] (said.Doubles "probability")
        equal "contributions" (RecordingLevels.contributions level numbers) (said.Doubles "contributions"))

[<Fact>]
let ``the whole path from samples to a recording's probability is Mina's`` () =
    let trace = ecg 45.0 true 33
    let classified = Detector.Shipped.Classify(Recording("short", 300.0, trace))
    let beats = BeatDetector.Detect(trace).ToArray()
    let starts = [| 0L .. 500L .. int64 (trace.Length - Shapes.Window) |]
    use samples = session (shipped OnnxExport.SamplesName)

    use network =
        run samples [ "samples", floats trace [ trace.Length ]; "start", integers starts ]

    let windows = network.Floats "probability" |> Array.map float

    let rhythm =
        RhythmKnowledge.ofMinute (ReadOnlySpan beats) classified.DurationSeconds

    use said =
        run recordingLevel.Value [
            "window_probability", doubles windows [ windows.Length ]
            "seconds", doubles [| classified.DurationSeconds |] []
            "rhythm",
            doubles (OnnxExample.orUnknown RhythmKnowledge.names.Length rhythm) [ RhythmKnowledge.names.Length ]
        ]

    equal "probability" [| classified.Probability.Value |] (said.Doubles "probability")

/// A list of numbers, in which null stands for NaN, or of such lists.
let rec private numbers (json: JsonElement) : float[] =
    match json.ValueKind with
    | JsonValueKind.Array -> [|
        for item in json.EnumerateArray() do
            yield! numbers item
      |]
    | JsonValueKind.Null -> [| nan |]
    | _ -> [| json.GetDouble() |]

[<Fact>]
let ``the example holds the inputs of the graphs and what they say`` () =
    let trace = ecg 60.0 true 40

    use example =
        JsonDocument.Parse(OnnxExample.encode Detector.Shipped (Recording("example", 300.0, trace)))

    let given (graph: string) (name: string) =
        numbers (example.RootElement.GetProperty(graph).GetProperty name)

    let whole graph name =
        given graph name |> Array.map int64 |> integers

    use samples = session (shipped OnnxExport.SamplesName)

    use network =
        run samples [
            "samples", floats (given "samples" "samples" |> Array.map float32) [ trace.Length ]
            "start", whole "samples" "start"
        ]

    equal "probability" (given "samples" "probability") (network.Floats "probability" |> Array.map float)

    equal
        "frequency_attention"
        (given "samples" "frequency_attention")
        (network.Floats "frequency_attention" |> Array.map float)

    let vector graph name =
        let values = given graph name
        name, doubles values [ values.Length ]

    let rows = given "rhythm" "window_knowledge"

    use minute =
        run rhythm.Value [
            vector "rhythm" "minute"
            "window_knowledge", doubles rows [ rows.Length / 8; 8 ]
            vector "rhythm" "window_probability"
            vector "rhythm" "start_seconds"
            "judged", whole "rhythm" "judged"
        ]

    equal "probability" (given "rhythm" "probability") (minute.Doubles "probability")

    use recording =
        run recordingLevel.Value [
            vector "recording" "window_probability"
            "seconds", doubles (given "recording" "seconds") []
            vector "recording" "rhythm"
        ]

    equal "probability" (given "recording" "probability") (recording.Doubles "probability")
