/// The monitor's streams on one thread under a simulated clock, network, log and process, from one seed.
module Mina.Model.Tests.Streams.Simulation

open System
open System.Collections.Generic
open Mina.Model
open Mina.Model.Streams
open Mina.Model.Tests.Streams.Devices
open Mina.Preprocess
open Mina.Preprocess.Streams

/// Only what is missing makes a window unclassifiable, so that a simulated second costs little.
let private check =
    WindowCheck(fun samples ->
        let mutable fault = WindowFault.None

        for v in samples do
            if not (Single.IsFinite v) then
                fault <- WindowFault.Gap

        fault)

let newTools () =
    CutterTools(CutterOptions(Check = check))

let rules = {
    StreamRules.At 0.5 with
        Episodes = {
            EpisodeRules.At 0.5 with
                MinimumSeconds = 10.0
        }
}

/// What the log of a stream holds: what was acknowledged, and when it came.
type Logged = (struct (DateTimeOffset * StreamEvent))

/// What happens in the world.
type private Happening =
    | Arrival of SampleChunk
    | Answered of life: int * window: int64 * probability: float32
    | Passing
    | Seen of AlarmKind
    | Commit
    | Kill of downFor: float

/// One stream of the simulated monitor, with its disk.
type private Server(seed: int, kills: bool) =
    let random = Random seed
    let tools = newTools ()
    let queue = PriorityQueue<Happening, struct (DateTimeOffset * int)>()
    let log = List<Logged>()
    let history = List<struct (DateTimeOffset * StreamOutput)>()
    let untold = List<struct (DateTimeOffset * StreamOutput)>()
    let mutable order = 0
    let mutable stream = StreamFold.start
    let mutable kept = StreamSnapshot.write stream
    let mutable keptLog = 0
    let mutable life = 0
    let mutable upAt = DateTimeOffset.MinValue
    let mutable lastVerdict = DateTimeOffset.MinValue

    member _.Log = log
    member _.History = history
    member _.Stream = stream
    member _.Random = random

    member _.Plan(at: DateTimeOffset, happening) =
        order <- order + 1
        queue.Enqueue(happening, struct (at, order))

    member private server.Ask(now: DateTimeOffset, window: CutWindow) =
        let lag =
            if kills && random.Next 200 = 0 then
                20.0
            else
                0.4 * random.NextDouble()

        server.Plan(now.AddSeconds lag, Answered(life, window.Number, probability tools window))

    member private server.Step(now: DateTimeOffset, at: DateTimeOffset, event) =
        let struct (next, outputs) = StreamFold.step rules tools stream at event
        stream <- next

        for output in outputs do
            untold.Add(struct (now, output))

            match output with
            | Classify window -> server.Ask(now, window)
            | Judged verdict -> lastVerdict <- verdict.Seen
            | _ -> ()

    member private _.CheckFresh(now: DateTimeOffset) =
        let struct (state, _) = StreamStates.at rules stream now

        match state with
        | StreamState.Normal
        | StreamState.PossibleAF
        | StreamState.AF
        | StreamState.Unclassifiable when now - lastVerdict > TimeSpan.FromSeconds 13.0 ->
            failwith $"At {now:O} the stream is {state} by a verdict of {lastVerdict:O}."
        | _ -> ()

    member private server.Restart(now: DateTimeOffset) =
        stream <- StreamSnapshot.read kept
        lastVerdict <- DateTimeOffset.MinValue
        stream.Last |> ValueOption.iter (fun last -> lastVerdict <- last.Seen)

        // What was handed out before the snapshot is asked again; what is cut by the replay is asked as it is cut.
        for window in StreamFold.unanswered stream do
            server.Ask(now, window)

        for struct (at, event) in log.GetRange(keptLog, log.Count - keptLog) do
            server.Step(now, at, event)

    member private server.Happen(now: DateTimeOffset, happening) =
        match happening with
        | Arrival _
        | Seen _ when now < upAt ->
            // Nobody acknowledged it: it is sent again when somebody is there.
            server.Plan(upAt.AddSeconds(random.NextDouble()), happening)
        | Arrival chunk ->
            log.Add(struct (now, Chunk chunk))
            server.Step(now, now, Chunk chunk)
        | Seen kind ->
            let event = Acknowledge(kind, "nurse")
            log.Add(struct (now, event))
            server.Step(now, now, event)
        | Answered(asked, window, probability) when asked = life && now >= upAt ->
            server.Step(now, now, Answer(window, probability))
        | Passing when now >= upAt ->
            server.Step(now, now, Tick)
            server.CheckFresh now
        | Commit when now >= upAt ->
            history.AddRange untold
            untold.Clear()
            kept <- StreamSnapshot.write stream
            keptLog <- log.Count
        | Kill downFor when now >= upAt ->
            untold.Clear()
            life <- life + 1
            upAt <- now.AddSeconds downFor
            server.Restart upAt
        | _ -> ()

    /// Runs the world until nothing happens any more.
    member server.Run(seconds: float) =
        let until = epoch.AddSeconds(seconds + 150.0)
        let mutable at = epoch

        while at < until do
            server.Plan(at, Passing)
            at <- at.AddSeconds(0.3 + 0.4 * random.NextDouble())

            if random.Next 8 = 0 then
                server.Plan(at, Commit)

            if random.Next 40 = 0 then
                server.Plan(at, Seen(enum (random.Next 4)))

            if kills && random.Next 50 = 0 then
                server.Plan(
                    at,
                    Kill(
                        if random.Next 3 = 0 then
                            20.0 * random.NextDouble()
                        else
                            0.1
                    )
                )

        let mutable happening = Unchecked.defaultof<_>
        let mutable key = Unchecked.defaultof<_>

        while queue.TryDequeue(&happening, &key) do
            let struct (now, _) = key
            server.Happen(now, happening)

        server.Happen(until.AddSeconds 60.0, Passing)
        server.Happen(until.AddSeconds 60.0, Commit)

/// How a simulated life of a stream went.
type Life = {
    Log: Logged list
    /// What the outside was told, and when: only what was written together with the state that it comes from.
    History: (struct (DateTimeOffset * StreamOutput)) list
    Stream: StreamValue
}

/// Lives a stream through, from a seed.
let live (seed: int) (seconds: float) (faults: Faults) (kills: bool) : Life =
    let server = Server(seed + 1, kills)

    for struct (at, chunk) in arrivals seed seconds faults do
        server.Plan(at, Arrival chunk)

    server.Run seconds

    {
        Log = List.ofSeq server.Log
        History = List.ofSeq server.History
        Stream = server.Stream
    }

/// The same log in a monitor that is never killed and whose classifier answers at once.
let undisturbed (life: Life) : StreamOutput list =
    let tools = newTools ()
    let outputs = List()
    let mutable stream = StreamFold.start

    let rec step at event =
        let struct (next, outs) = StreamFold.step rules tools stream at event
        stream <- next
        outputs.AddRange outs

        for output in outs do
            match output with
            | Classify window -> step at (Answer(window.Number, probability tools window))
            | _ -> ()

    for struct (at, event) in life.Log do
        step at event

    step (stream.Clock.AddMinutes 10.0) Tick
    List.ofSeq outputs

/// The chunks in a monitor whose answers take up to a number of seconds, and whose ticks come at random.
let answeredAtRandom
    (seed: int)
    (longest: float)
    (chunks: struct (DateTimeOffset * SampleChunk)[])
    : StreamOutput list =
    let random = Random(seed + 7)
    let tools = newTools ()
    let outputs = List()
    let queue = PriorityQueue<StreamEvent, struct (DateTimeOffset * int)>()
    let mutable order = 0
    let mutable stream = StreamFold.start

    let plan (at: DateTimeOffset) event =
        order <- order + 1
        queue.Enqueue(event, struct (at, order))

    for struct (at, chunk) in chunks do
        plan at (Chunk chunk)

        if longest > 0.0 && random.Next 3 = 0 then
            plan (at.AddSeconds(4.0 * random.NextDouble())) Tick

    let struct (last, _) = Array.last chunks
    plan (last.AddMinutes 10.0) Tick
    let mutable event = Unchecked.defaultof<_>
    let mutable key = Unchecked.defaultof<_>

    while queue.TryDequeue(&event, &key) do
        let struct (now, _) = key
        let struct (next, outs) = StreamFold.step rules tools stream now event
        stream <- next
        outputs.AddRange outs

        for output in outs do
            match output with
            | Classify window ->
                plan
                    (now.AddSeconds(longest * random.NextDouble() ** 4.0))
                    (Answer(window.Number, probability tools window))
            | _ -> ()

    List.ofSeq outputs

/// Whether an output is made of plain values, which can be compared; a question to the classifier is compared by its
/// answer.
let isPlain output =
    match output with
    | Classify _ -> false
    | _ -> true
