/// A stream as a fold over chunks, answers and time.
module Mina.Model.Tests.Streams.StreamFoldTests

open System
open FsCheck.Xunit
open Mina.Model
open Mina.Model.Streams
open Mina.Model.Tests.Streams.Devices
open Mina.Model.Tests.Streams.Simulation
open Mina.Preprocess
open Mina.Preprocess.Streams
open Xunit

let private tools = newTools ()

/// Steps a stream through events; the classifier answers at once.
let private run (stream: StreamValue) (events: Logged seq) : struct (StreamValue * StreamOutput list) =
    let outputs = ResizeArray()
    let mutable stream = stream

    let rec step at event =
        let struct (next, outs) = StreamFold.step rules tools stream at event
        stream <- next
        outputs.AddRange outs

        for output in outs do
            match output with
            | Classify window -> step at (Answer(window.Number, probability tools window))
            | _ -> ()

    for struct (at, event) in events do
        step at event

    struct (stream, List.ofSeq outputs)

let private chunksOf seed seconds faults : Logged[] =
    arrivals seed seconds faults
    |> Array.map (fun struct (at, chunk) -> struct (at, Chunk chunk))

/// A chunk a second of a device whose clock is right.
let private steady (from: int) (count: int) (change: SampleChunk -> SampleChunk) : Logged list =
    let random = Random 1

    let samples =
        Array.init ((from + count) * 300) (fun i ->
            float32 (exp (-(float (i % 240 - 20) ** 2.0) / 30.0) + 0.02 * random.NextDouble()))

    [
        for s in from .. from + count - 1 do
            let chunk =
                SampleChunk(int64 s, epoch.AddSeconds(float s), 300.0, samples[s * 300 .. s * 300 + 299], false)

            struct (epoch.AddSeconds(float s + 1.0), Chunk(change chunk))
    ]

let private ticks (from: int) (count: int) : Logged list = [
    for s in from .. from + count - 1 -> struct (epoch.AddSeconds(float s + 0.9), Tick)
]

let private states outputs =
    outputs
    |> List.choose (fun output ->
        match output with
        | StateChanged(state, reason, at) -> Some(state, reason, (at - epoch).TotalSeconds)
        | _ -> None)

let private stateAfter stream (second: float) =
    let struct (state, reason) = StreamStates.at rules stream (epoch.AddSeconds second)
    state, string reason

[<Property(MaxTest = 15)>]
let ``a stream that is written down and read back at any event goes on bit for bit`` (seed: int) (cut: int) =
    let events = chunksOf seed 60.0 rough
    let at = abs (cut % (events.Length + 1))
    let struct (before, _) = run StreamFold.start (Array.take at events)
    let bytes = StreamSnapshot.write before
    let restored = StreamSnapshot.read bytes
    Assert.Equal<byte[]>(bytes, StreamSnapshot.write restored)
    let struct (a, expected) = run before (Array.skip at events)
    let struct (b, actual) = run restored (Array.skip at events)
    Assert.Equal<StreamOutput list>(List.filter isPlain expected, List.filter isPlain actual)
    Assert.Equal<byte[]>(StreamSnapshot.write a, StreamSnapshot.write b)

let private timeToldOften (seed: int) (every: int) =
    let events = chunksOf seed 60.0 rough |> Array.toList
    let pause = 0.2 + float (abs (every % 50)) / 10.0

    let more: Logged list = [
        for i in 0 .. int (120.0 / pause) -> struct (epoch.AddSeconds(pause * float i), Tick)
    ]

    let last: Logged list = [ struct (epoch.AddSeconds 1000.0, Tick) ]
    let struct (_, expected) = run StreamFold.start (events @ last)

    let struct (_, actual) =
        run StreamFold.start (List.sortBy (fun struct (at, _) -> at) (events @ more) @ last)

    Assert.Equal<StreamOutput list>(List.filter isPlain expected, List.filter isPlain actual)

[<Property(MaxTest = 10)>]
let ``how often time is told changes nothing`` (seed: int) (every: int) = timeToldOften seed every

[<Fact>]
let ``nor does it when it is between two chunks that the device's clock comes to be blamed`` () = timeToldOften 12 0

[<Fact>]
let ``a damaged snapshot, a cut one and one of a later version are named and never read`` () =
    let struct (stream, _) = run StreamFold.start (steady 0 30 id)
    let bytes = StreamSnapshot.write stream

    for at in [ 0; 4; bytes.Length / 2; bytes.Length - 1 ] do
        let damaged = Array.copy bytes
        damaged[at] <- damaged[at] ^^^ 4uy

        Assert.Throws<IO.InvalidDataException>(fun () -> StreamSnapshot.read damaged |> ignore)
        |> ignore

    for length in [ 0; 7; 20; bytes.Length - 1 ] do
        Assert.Throws<IO.InvalidDataException>(fun () -> StreamSnapshot.read bytes[.. length - 1] |> ignore)
        |> ignore

    let later = SnapshotWriter(StreamSnapshot.Version + 1)

    let e =
        Assert.Throws<IO.InvalidDataException>(fun () -> StreamSnapshot.read (later.ToArray()) |> ignore)

    Assert.Contains($"version {StreamSnapshot.Version + 1}", e.Message)

/// The same as a converter of 200 steps a millivolt gives it.
let private converted (chunk: SampleChunk) =
    SampleChunk(
        chunk.Sequence,
        chunk.FirstSample,
        chunk.Fs,
        chunk.Millivolts
        |> Array.map (fun v -> float32 (round (200.0 * float v) / 200.0)),
        chunk.End
    )

[<Fact>]
let ``a stream of a minute is written down in less than 25 kB, and one of a converter in less than 15 kB`` () =
    let struct (stream, _) = run StreamFold.start (steady 0 200 id)
    Assert.InRange((StreamSnapshot.write stream).Length, 15_000, 25_000)
    let struct (stream, _) = run StreamFold.start (steady 0 200 converted)
    Assert.InRange((StreamSnapshot.write stream).Length, 5_000, 15_000)

// Layout 1 has all samples as floats, layout 2 those of the trailing minute, layout 3 all that the beat detection works
// with; the programs of their time wrote them.
[<Theory>]
[<InlineData(1, 15)>]
[<InlineData(2, 75)>]
[<InlineData(3, 75)>]
let ``a stream that was written down in an earlier layout goes on bit for bit`` (layout: int) (seconds: int) =
    use resource =
        System.Reflection.Assembly.GetExecutingAssembly().GetManifestResourceStream $"stream-layout-{layout}.snapshot"

    use memory = new IO.MemoryStream()
    (Unchecked.nonNull resource).CopyTo memory
    let restored = StreamSnapshot.read (memory.ToArray())
    let struct (stream, _) = run StreamFold.start (steady 0 seconds converted)
    let struct (expectedEnd, expected) = run stream (steady seconds 90 converted)
    let struct (actualEnd, actual) = run restored (steady seconds 90 converted)
    Assert.Equal<StreamOutput list>(List.filter isPlain expected, List.filter isPlain actual)
    // The earlier layouts kept more samples, which are dropped by now.
    Assert.Equal<byte[]>(StreamSnapshot.write expectedEnd, StreamSnapshot.write actualEnd)

[<Fact>]
let ``a stream that goes silent is stale after 5 s, with an alarm until it comes back`` () =
    let struct (stream, outputs) = run StreamFold.start (steady 0 20 id @ ticks 20 10)
    let shown = states outputs |> List.map (fun (state, _, _) -> state)
    Assert.Equal<StreamState list>([ StreamState.Starting; StreamState.Normal; StreamState.Stale ], shown)
    Assert.Equal(25.0, states outputs |> List.last |> fun (_, _, at) -> at)
    Assert.Single stream.Alarms.Active |> ignore
    let struct (back, _) = run stream (steady 30 1 id)
    Assert.Empty back.Alarms.Active
    Assert.Equal(StreamState.Starting, fst (stateAfter back 31.0))

[<Fact>]
let ``samples whose windows are never later than the last one are not monitored within 12 s, and say why`` () =
    // The device sends the same minute over and over.
    let again =
        steady 0 12 id
        |> List.map (fun struct (at, event) -> struct (at.AddSeconds 30.0, event))

    let struct (stream, outputs) = run StreamFold.start (steady 0 30 id @ again)
    let state, reason = stateAfter stream 42.0
    Assert.Equal(StreamState.NotMonitored, state)
    Assert.Equal("its chunks came before", reason)
    let _, _, at = states outputs |> List.last
    Assert.InRange(at, 30.0, 42.0)
    Assert.Single stream.Alarms.Active |> ignore

[<Fact>]
let ``answers that do not come are no reason to go on saying that there is no AF`` () =
    let mutable stream = StreamFold.start

    for struct (at, event) in steady 0 40 id do
        let struct (next, outputs) = StreamFold.step rules tools stream at event
        stream <- next

        for output in outputs do
            match output with
            | Classify window when window.Number < 3L ->
                let struct (next, _) =
                    StreamFold.step rules tools stream at (Answer(window.Number, 0.1f))

                stream <- next
            | _ -> ()

    Assert.Equal((StreamState.NotMonitored, "verdicts are late"), stateAfter stream 40.0)

[<Fact>]
let ``answers are taken in the order of windows, and what is no probability is unclassifiable`` () =
    let mutable stream = StreamFold.start
    let asked = ResizeArray()
    let told = ResizeArray()

    let step at event =
        let struct (next, outputs) = StreamFold.step rules tools stream at event
        stream <- next

        for output in outputs do
            match output with
            | Classify window -> asked.Add window.Number
            | Judged verdict -> told.Add((verdict.Verdict.StartSeconds, verdict.Verdict.Fault))
            | _ -> ()

    for struct (at, event) in steady 0 15 id do
        step at event

    let now = epoch.AddSeconds 15.0
    step now (Answer(asked[2], 0.2f))
    step now (Answer(asked[1], nanf))
    Assert.Empty told
    step now (Answer(asked[0], 0.2f))
    step now (Answer(asked[0], 0.9f))
    let faults = told |> Seq.map snd |> List.ofSeq
    Assert.Equal<WindowFault list>([ WindowFault.None; WindowFault.NoAnswer; WindowFault.None ], faults)

[<Fact>]
let ``a classifier that has no answers leaves the stream not monitored, and says so`` () =
    let mutable stream = StreamFold.start

    for struct (at, event) in steady 0 30 id do
        let struct (next, outputs) = StreamFold.step rules tools stream at event
        stream <- next

        for output in outputs do
            match output with
            | Classify window ->
                let struct (next, _) =
                    StreamFold.step rules tools stream at (Answer(window.Number, nanf))

                stream <- next
            | _ -> ()

    Assert.Equal((StreamState.NotMonitored, "no answer from the classifier"), stateAfter stream 30.0)

[<Fact>]
let ``a stream that failed is not monitored, says why, and begins again`` () =
    let struct (stream, _) = run StreamFold.start (steady 0 30 id)

    let struct (failed, _) =
        run stream [ struct (epoch.AddSeconds 30.0, Failure "it failed") ]

    Assert.Equal((StreamState.NotMonitored, "it failed"), stateAfter failed 30.0)
    let struct (later, _) = run failed (steady 30 12 id)
    Assert.Equal(StreamState.Normal, fst (stateAfter later 42.0))

[<Fact>]
let ``a clock that steps back or stands leaves the stream monitored but for 12 s`` () =
    for change in
        [
            fun (chunk: SampleChunk) ->
                if chunk.Sequence < 40L then
                    chunk
                else
                    SampleChunk(chunk.Sequence, chunk.FirstSample.AddSeconds -65.0, chunk.Fs, chunk.Millivolts, false)
            fun chunk ->
                SampleChunk(
                    chunk.Sequence,
                    min chunk.FirstSample (epoch.AddSeconds 40.0),
                    chunk.Fs,
                    chunk.Millivolts,
                    false
                )
        ] do
        let struct (stream, _) = run StreamFold.start (steady 0 53 change)
        Assert.Equal(StreamState.Normal, fst (stateAfter stream 53.0))

[<Fact>]
let ``an alarm is acknowledged by a person, once`` () =
    let struct (stream, _) = run StreamFold.start (steady 0 20 id @ ticks 20 10)

    let acknowledge: Logged list =
        List.replicate 2 (struct (epoch.AddSeconds 31.0, Acknowledge(AlarmKind.Stale, "nurse")))

    let struct (_, outputs) = run stream acknowledge

    match outputs with
    | [ Alarm event ] -> Assert.Equal((AlarmEventKind.Acknowledged, "nurse"), (event.Kind, string event.Alarm.By))
    | other -> Assert.Fail $"{other}"

[<Fact>]
let ``a stream of which a history alone is known goes on with its episode and its alarm`` () =
    let struct (known, _) = run StreamFold.start (steady 0 20 id)
    let origin = known.Origin.Value

    let opened: StreamEpisode = {
        Kind = EpisodeEventKind.Extended
        Start = origin
        End = origin.AddSeconds 40.0
        MeanProbability = 0.9
    }

    let alarm: ActiveAlarm = {
        Kind = AlarmKind.AF
        Raised = epoch
        Acknowledged = Nullable()
        By = null
        Signal = Nullable()
        Onset = Nullable()
    }

    let back = epoch.AddSeconds 100.0
    let cutter = StreamCutter.GoOn(origin, Nullable 30.0)

    let stream =
        StreamFold.goOn back cutter (Nullable 30.0) Episodes.start (ValueSome opened) [| alarm |]

    Assert.Equal(StreamState.Stale, fst (stateAfter stream 100.0))
    let struct (later, outputs) = run stream [ struct (back.AddSeconds 59.0, Tick) ]
    Assert.True later.InEpisode

    // It is missed 5 s after the start, and its episode ends after a minute without it.
    match outputs with
    | [ Alarm event ] -> Assert.Equal((AlarmKind.Stale, back.AddSeconds 5.0), (event.Alarm.Kind, event.Alarm.Raised))
    | other -> Assert.Fail $"{other}"

    let struct (ended, outputs) = run later [ struct (back.AddSeconds 61.0, Tick) ]
    Assert.False ended.InEpisode
    Assert.Contains(outputs, (fun output -> output.IsEpisode))
