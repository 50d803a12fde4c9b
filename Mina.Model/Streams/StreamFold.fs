namespace Mina.Model.Streams

open System
open System.Collections.Generic
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Streams

/// A stream as a fold: an event and when it happened by the server's clock go in, a new value and what follows come out.
/// No clock, no store and no lock are in it: the same events give the same outputs bit for bit, live, replayed and in a
/// simulation.
///
/// What happens by time alone (a stream falls silent, a verdict grows old) happens at its instant, whenever the next event
/// comes to tell of it: ticks only make it known early, and their number changes nothing.
[<RequireQualifiedAccess>]
module StreamFold =
    let private longestChunk = TimeSpan.FromSeconds 60.0

    let private firstWindow =
        TimeSpan.FromSeconds(float Shapes.Window / float Shapes.Fs)

    /// A stream of which nothing has come.
    [<CompiledName("Start")>]
    let start: StreamValue = {
        Cutter = StreamCutter.Start
        Waiting = [||]
        Clock = DateTimeOffset.MinValue
        Arrived = DateTimeOffset.MinValue
        ChunkLength = TimeSpan.Zero
        Came = DateTimeOffset.MinValue
        Fresh = DateTimeOffset.MinValue
        Flushed = true
        Last = ValueNone
        Recent = [||]
        Origin = Nullable()
        LastStart = 0.0
        Episodes = Episodes.start
        InEpisode = false
        Finished = true
        Alarms = AlarmState.None
        Repeated = 0L
        Failed = null
        Shown = StreamState.Stale
        Reason = null
    }

    let private fallSilent rules tools outputs (stream: StreamValue) =
        {
            StreamVerdicts.cut (fun windows -> stream.Cutter.Flush(tools, windows)) outputs stream with
                Flushed = true
        }
        |> StreamVerdicts.judgeAnswered rules outputs
        |> fun stream -> { stream with Last = ValueNone }

    /// Lets the instants pass at which something happens by itself, in order, up to `now`.
    let rec private advance
        (rules: StreamRules)
        tools
        outputs
        (now: DateTimeOffset)
        (stream: StreamValue)
        : StreamValue =
        let due = [|
            if not stream.Flushed then
                struct (StreamStates.silentAt rules stream, fallSilent rules tools outputs)
            if StreamStates.oldAt rules stream > stream.Clock then
                struct (StreamStates.oldAt rules stream, id)
            if not stream.Finished then
                let until =
                    match stream.Cutter.Session with
                    | null -> Nullable()
                    | session -> Nullable session.Until

                struct (stream.Arrived + rules.CloseAfter, StreamVerdicts.finish rules until outputs)
        |]

        let next = due |> Array.filter (fun struct (at, _) -> at <= now)

        if next.Length = 0 then
            {
                stream with
                    Clock = max stream.Clock now
            }
        else
            let struct (at, happen) = next |> Array.minBy (fun struct (at, _) -> at)

            {
                stream with
                    Clock = max stream.Clock at
            }
            |> happen
            |> StreamVerdicts.show rules outputs
            |> advance rules tools outputs now

    let private arrive tools outputs (chunk: SampleChunk) (stream: StreamValue) =
        let cameBack = stream.Flushed

        let stream = {
            stream with
                Arrived = stream.Clock
                ChunkLength = min longestChunk chunk.Duration
                Flushed = false
                Came = if cameBack then stream.Clock else stream.Came
                Fresh =
                    if cameBack then
                        stream.Clock + firstWindow
                    else
                        stream.Fresh
                Last = if cameBack then ValueNone else stream.Last
        }

        StreamVerdicts.cut (fun windows -> stream.Cutter.Take(chunk, tools, windows)) outputs stream

    let private answer window probability (stream: StreamValue) = {
        stream with
            Waiting =
                stream.Waiting
                |> Array.map (fun waiting ->
                    if waiting.Window.Number = window && not waiting.Answer.HasValue then
                        {
                            waiting with
                                Answer = Nullable probability
                        }
                    else
                        waiting)
    }

    let private acknowledge kind by (outputs: List<StreamOutput>) (stream: StreamValue) =
        let struct (alarms, events) = Alarms.acknowledge stream.Alarms kind stream.Clock

        for event in events do
            outputs.Add(Alarm(event, by))

        { stream with Alarms = alarms }

    let private fail reason (stream: StreamValue) = {
        stream with
            Cutter = stream.Cutter.Reset()
            Failed = reason
            Last = ValueNone
            Came = stream.Clock
            Fresh = DateTimeOffset.MinValue
    }

    /// <summary>Takes an event.</summary>
    /// <param name="rules">The stream's rules.</param>
    /// <param name="tools">Buffers of this thread; nothing of them shows in the result.</param>
    /// <param name="stream">Before.</param>
    /// <param name="at">When it happened, by the server's clock; a clock that goes back stands still here.</param>
    /// <param name="event">What happened.</param>
    /// <returns>The stream after it, and what follows from it in order.</returns>
    [<CompiledName("Step")>]
    let step
        (rules: StreamRules)
        (tools: CutterTools)
        (stream: StreamValue)
        (at: DateTimeOffset)
        (event: StreamEvent)
        : struct (StreamValue * StreamOutput[]) =
        let outputs = List()
        let stream = advance rules tools outputs at stream

        let stream =
            match event with
            | Chunk chunk -> arrive tools outputs chunk stream
            | Answer(window, probability) -> answer window probability stream
            | Tick -> stream
            | Acknowledge(kind, by) -> acknowledge kind by outputs stream
            | Failure reason -> fail reason stream

        let stream =
            stream
            |> StreamVerdicts.judgeAnswered rules outputs
            |> StreamVerdicts.show rules outputs

        struct (stream, outputs.ToArray())

    /// The windows that wait for the classifier's answer: after a restore it is to be asked again.
    [<CompiledName("Unanswered")>]
    let unanswered (stream: StreamValue) : CutWindow[] =
        stream.Waiting
        |> Array.filter (fun waiting -> not waiting.Answer.HasValue)
        |> Array.map _.Window
