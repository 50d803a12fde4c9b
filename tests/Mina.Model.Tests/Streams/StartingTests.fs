/// How long a stream that has just come may be without a verdict.
module Mina.Model.Tests.Streams.StartingTests

open System
open FsCheck.Xunit
open Mina.Model
open Mina.Model.Streams
open Mina.Model.Tests.Streams.Devices
open Mina.Preprocess.Streams
open Xunit

let private rules = StreamRules.At 0.5
let private tools = CutterTools(CutterOptions())

/// Steps a stream through chunks with the seconds at which they arrive, and through a tick every quarter of a second in
/// between. Returns the stream and each state that was shown, with the second from which it was.
let live (answers: bool) (chunks: (float * SampleChunk) list) (until: float) =
    let mutable stream = StreamFold.start
    let shown = ResizeArray()

    let rec step at event =
        let struct (next, outputs) = StreamFold.step rules tools stream at event
        stream <- next

        for output in outputs do
            match output with
            | Classify window when answers -> step at (Answer(window.Number, 0.1f))
            | StateChanged(state, reason, at) -> shown.Add(state, string reason, (at - epoch).TotalSeconds)
            | _ -> ()

    let ticks = [ for i in 0 .. int (4.0 * until) -> (float i / 4.0, Tick) ]

    for at, event in List.map (fun (at, chunk) -> at, Chunk chunk) chunks @ ticks |> List.sortBy fst do
        step (epoch.AddSeconds at) event

    stream, List.ofSeq shown

let private beats fs count =
    Array.init count (fun i ->
        float32 (exp (-((float i / fs % 0.8 - 0.4) ** 2.0) / 0.0003))
        + 0.01f * float32 (i % 7))

/// A chunk whose number is its place; `first` is the second of its first sample by the device's clock.
let private chunk fs (number: int) (first: float) (count: int) =
    SampleChunk(int64 number, epoch.AddSeconds first, fs, beats fs count, false)

/// What a healthy device sends: the first chunk of some length and the others of another, each when its last sample is
/// there, and late by as much as a network makes it.
let healthy fs (first: float) (length: float) (late: int -> float) (seconds: float) =
    let lengths = Seq.append [ first ] (Seq.initInfinite (fun _ -> length))
    let count seconds = max 1 (int (seconds * fs))

    let starts = lengths |> Seq.map count |> Seq.scan (+) 0

    Seq.zip lengths starts
    |> Seq.mapi (fun i (length, start) ->
        let begins = float start / fs
        begins + float (count length) / fs + late i, chunk fs i begins (count length))
    |> Seq.takeWhile (fun (at, _) -> at < seconds)
    |> List.ofSeq

let private isNotMonitored (state, _, _) = state = StreamState.NotMonitored

[<Property(MaxTest = 60)>]
let ``a healthy new stream is never not monitored, whatever the length of its chunks`` (a: int) (b: int) (seed: int) =
    let within (lowest: float) highest (n: int) =
        lowest * ((highest / lowest) ** (float (abs (n % 1000)) / 999.0))

    let random = Random seed
    let first, length = within 0.02 30.0 a, within 0.05 30.0 b
    let fs = [| 130.0; 250.0; 300.0; 360.0; 500.0 |][abs (seed % 5)]
    let chunks = healthy fs first length (fun _ -> 0.8 * random.NextDouble()) 40.0
    let _, shown = live true chunks 40.0
    Assert.DoesNotContain(shown, isNotMonitored)

[<Fact>]
let ``a stream that never has 10 s in a row is not monitored 11.5 s after it came, says why, and alarms`` () =
    let backwards = [ for i in 0..20 -> float i + 1.0, chunk 300.0 i (float -i) 300 ]

    let restarted = [
        for at, chunk in backwards ->
            at, SampleChunk(chunk.Sequence, epoch.AddSeconds(at - 1.0), chunk.Fs, chunk.Millivolts, true)
    ]

    let repeated = [ for at, _ in backwards -> at, chunk 300.0 0 0.0 300 ]
    let reasons = [ "goes back"; "it restarts"; "came before" ]

    for chunks, why in List.zip [ backwards; restarted; repeated ] reasons do
        let stream, shown = live true chunks 14.0

        Assert.Equal<StreamState list>(
            [ StreamState.Starting; StreamState.NotMonitored ],
            List.map (fun (s, _, _) -> s) shown
        )

        let _, reason, at = List.last shown
        Assert.Equal(12.5, at)
        Assert.Contains(why, reason)
        let alarm = Assert.Single stream.Alarms.Active
        Assert.Equal((AlarmKind.NotMonitored, epoch.AddSeconds 12.5), (alarm.Kind, alarm.Raised))

[<Fact>]
let ``a new stream that gets no answer is not monitored 11.5 s after it came, and says why`` () =
    let stream, shown = live false (healthy 300.0 1.0 1.0 (fun _ -> 0.0) 14.0) 13.0
    Assert.Equal((StreamState.NotMonitored, "verdicts are late", 12.5), List.last shown)
    Assert.Equal(AlarmKind.NotMonitored, (Assert.Single stream.Alarms.Active).Kind)

[<Fact>]
let ``a stream that comes for a moment every 6 s is starting once`` () =
    let chunks = [ for i in 0..20 -> 6.0 * float i + 1.0, chunk 300.0 i (float -i) 300 ]
    let _, shown = live true chunks 120.0

    let later =
        shown
        |> List.filter (fun (_, _, at) -> at > 12.5)
        |> List.map (fun (state, _, _) -> state)

    Assert.Equal<StreamState Set>(Set [ StreamState.Stale; StreamState.NotMonitored ], Set later)

[<Fact>]
let ``a stream that was away for a minute has 11.5 s again`` () =
    let chunks = [
        1.0, chunk 300.0 0 0.0 300
        92.0, chunk 300.0 1 91.0 300
        96.0, chunk 300.0 2 95.0 300
    ]

    let _, shown = live true chunks 100.0

    Assert.Equal<(StreamState * float) list>(
        [
            StreamState.Starting, 1.0
            StreamState.Stale, 6.0
            StreamState.Starting, 92.0
        ],
        shown |> List.map (fun (state, _, at) -> state, at)
    )
