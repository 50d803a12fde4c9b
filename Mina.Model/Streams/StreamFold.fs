namespace Mina.Model.Streams

open System
open System.Collections.Generic
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Streams

/// A stream as a fold: an event and when it happened by the server's clock go in, a new value and what follows come
/// out. No clock, no store and no lock are in it: the same events give the same outputs bit for bit, live, replayed and
/// in a simulation.
///
/// What happens by time alone (a stream falls silent, a verdict grows old) happens at its instant, whenever the next
/// event comes to tell of it: ticks only make it known early, and their number changes nothing.
[<RequireQualifiedAccess>]
module StreamFold =
    let private longestChunk = TimeSpan.FromSeconds 60.0

    /// A stream from which nothing has come yet.
    [<CompiledName("Start")>]
    let start: StreamValue = {
        Cutter = StreamCutter.Start
        Pending = [||]
        Clock = DateTimeOffset.MinValue
        Arrived = DateTimeOffset.MinValue
        ChunkLength = TimeSpan.Zero
        Came = DateTimeOffset.MinValue
        Due = DateTimeOffset.MinValue
        Fresh = DateTimeOffset.MinValue
        Flushed = true
        Resumed = DateTimeOffset.MinValue
        Last = ValueNone
        Recent = [||]
        Origin = Nullable()
        LastStart = 0.0
        Rhythm = RhythmLevel.start
        RhythmProbability = Nullable()
        Episodes = Episodes.start
        Open = ValueNone
        Closing = true
        Finished = true
        Alarms = AlarmState.None
        Repeated = 0L
        Failed = null
        Shown = StreamState.Stale
        Reason = null
    }

    /// <summary>Continues a stream of which an earlier run left no more than its history.</summary>
    /// <param name="at">The time by the server's clock, from which on the stream is missed.</param>
    /// <param name="cutter">The result of StreamCutter.GoOn.</param>
    /// <param name="lastStart">The start of its last window, in seconds from the cutter's origin; null where there
    /// was none.</param>
    /// <param name="episodes">The state of its episode rules.</param>
    /// <param name="opened">The open episode.</param>
    /// <param name="alarms">The active alarms; at most one of each kind.</param>
    [<CompiledName("GoOn")>]
    let goOn
        (at: DateTimeOffset)
        (cutter: StreamCutter)
        (lastStart: Nullable<float>)
        (episodes: EpisodeState)
        (opened: StreamEpisode voption)
        (alarms: ActiveAlarm[])
        : StreamValue = {
        start with
            Cutter = cutter
            Clock = at
            Arrived = at.AddTicks -1L
            Came = at
            Due = at
            Fresh = at
            Resumed = at
            Origin = if lastStart.HasValue then cutter.Origin else Nullable()
            LastStart = lastStart.GetValueOrDefault()
            Episodes = episodes
            Open = opened
            Closing = not lastStart.HasValue && opened.IsNone
            Finished = not lastStart.HasValue
            Alarms = { Active = alarms }
    }

    let private fallSilent rules tools outputs (stream: StreamValue) =
        let at = StreamStates.silentAt rules stream

        {
            StreamVerdicts.cut (fun windows -> stream.Cutter.Flush(tools, windows)) at outputs stream with
                Flushed = true
                Last = ValueNone
        }

    let private close (rules: StreamRules) (stream: StreamValue) =
        let until =
            match stream.Cutter.Session with
            | null -> Nullable()
            | session -> Nullable session.Until

        {
            stream with
                Pending = Array.append stream.Pending [| EndOfEpisodes(stream.Arrived + rules.CloseAfter, until) |]
                Closing = true
        }

    /// Lets the instants pass at which something happens by itself, in order, up to `now`.
    let rec private advance
        (rules: StreamRules)
        tools
        outputs
        (now: DateTimeOffset)
        (stream: StreamValue)
        : StreamValue =
        let mutable next = DateTimeOffset.MaxValue
        let mutable happen = 0

        let consider at what =
            if at <= now && at < next then
                next <- at
                happen <- what

        if not stream.Flushed then
            consider (StreamStates.silentAt rules stream) 1

        if not stream.Closing then
            consider (stream.Arrived + rules.CloseAfter) 2

        // Nothing happens then but that it shows.
        for at in
            [|
                StreamStates.staleAt rules stream
                StreamStates.windowlessAt rules stream
                StreamStates.oldAt rules stream
                StreamStates.clockBlamedAt rules stream
            |] do
            if at > stream.Clock then
                consider at 3

        if happen = 0 || stream.Arrived = DateTimeOffset.MinValue then
            {
                stream with
                    Clock = max stream.Clock now
            }
        else
            let stream = {
                stream with
                    Clock = max stream.Clock next
            }

            match happen with
            | 1 -> fallSilent rules tools outputs stream
            | 2 -> close rules stream
            | _ -> stream
            |> StreamVerdicts.observeTime rules next outputs
            |> StreamVerdicts.settle rules outputs
            |> StreamVerdicts.show rules outputs
            |> advance rules tools outputs now

    /// Whether the stream brought no verdict when it last came, and was gone for a short time only. One that comes and
    /// goes gets no new time each time, or it would be starting for ever.
    let private cameInVain (rules: StreamRules) at (stream: StreamValue) =
        stream.Fresh = StreamStates.freshFrom rules stream.Came
        && stream.Resumed <= stream.Came
        && at - stream.Arrived < rules.CloseAfter

    let private comeBack rules at (stream: StreamValue) =
        let stream = { stream with Last = ValueNone }

        if cameInVain rules at stream then
            stream
        else
            let from = StreamStates.freshFrom rules at

            {
                stream with
                    Came = at
                    Due = from
                    Fresh = from
            }

    let private arrive rules tools (at: DateTimeOffset) outputs (chunk: SampleChunk) (stream: StreamValue) =
        let stream = {
            (if stream.Flushed then comeBack rules at stream else stream) with
                Arrived = at
                ChunkLength = min longestChunk chunk.Duration
                Flushed = false
        }

        stream
        |> StreamVerdicts.cut (fun windows -> stream.Cutter.Take(chunk, tools, windows)) at outputs
        |> StreamVerdicts.observeTime rules at outputs

    let private answer window probability (stream: StreamValue) = {
        stream with
            Pending =
                stream.Pending
                |> Array.map (fun pending ->
                    match pending with
                    | Unjudged waiting when waiting.Window.Number = window && not waiting.Answer.HasValue ->
                        Unjudged {
                            waiting with
                                Answer = Nullable probability
                        }
                    | other -> other)
    }

    let private acknowledge kind by (outputs: List<StreamOutput>) (stream: StreamValue) =
        let struct (alarms, events) = Alarms.acknowledge stream.Alarms kind by stream.Clock

        for event in events do
            outputs.Add(Alarm event)

        { stream with Alarms = alarms }

    let private fail rules at reason outputs (stream: StreamValue) =
        {
            stream with
                Cutter = stream.Cutter.Reset()
                Arrived = at
                Failed = reason
                Last = ValueNone
                Came = stream.Clock
                Due = DateTimeOffset.MinValue
                Fresh = DateTimeOffset.MinValue
        }
        |> StreamVerdicts.observeTime rules at outputs

    /// <summary>Takes an event.</summary>
    /// <param name="rules">The stream's rules.</param>
    /// <param name="tools">The buffers of this thread, on which no result depends.</param>
    /// <param name="stream">The stream before the event.</param>
    /// <param name="at">When it happened, by the server's clock. A clock that goes back counts as one that stands
    /// still. The time of an answer does not count.</param>
    /// <param name="event">What happened.</param>
    /// <returns>The stream after the event, and the outputs that follow from it, in order.</returns>
    [<CompiledName("Step")>]
    let step
        (rules: StreamRules)
        (tools: CutterTools)
        (stream: StreamValue)
        (at: DateTimeOffset)
        (event: StreamEvent)
        : struct (StreamValue * StreamOutput[]) =
        let outputs = List()
        let pass at = advance rules tools outputs at stream

        let stream =
            match event with
            | Chunk chunk ->
                // Chunks have a clock of their own, which a replay has too.
                let at = max stream.Arrived at
                arrive rules tools at outputs chunk (pass at)
            | Failure reason ->
                let at = max stream.Arrived at
                fail rules at reason outputs (pass at)
            | Answer(window, probability) -> answer window probability stream
            | Tick -> StreamVerdicts.observeLateness rules outputs (pass at)
            | Acknowledge(kind, by) -> acknowledge kind by outputs (pass at)
            | WasCleared(kind, raised) -> {
                stream with
                    Alarms = Alarms.drop stream.Alarms kind raised
              }
            | Resume -> { stream with Resumed = at }

        let stream =
            stream
            |> StreamVerdicts.settle rules outputs
            |> StreamVerdicts.show rules outputs

        struct (stream, outputs.ToArray())

    /// The windows that wait for the classifier's answer, which must be asked for again after a restore.
    [<CompiledName("Unanswered")>]
    let unanswered (stream: StreamValue) : CutWindow[] =
        stream.Pending
        |> Array.choose (fun pending ->
            match pending with
            | Unjudged waiting when not waiting.Answer.HasValue -> Some waiting.Window
            | _ -> None)

    /// Whether anything is due that needs no event but time, so that the stream should get a tick.
    [<CompiledName("IsDue")>]
    let isDue (rules: StreamRules) (stream: StreamValue) (now: DateTimeOffset) : bool =
        // In ticks, because F#'s generic comparisons would box each instant, a few times a second for each stream.
        let now = now.UtcTicks
        let isBy (at: DateTimeOffset) = at.UtcTicks <= now

        let passed at =
            isBy at && at.UtcTicks > stream.Clock.UtcTicks

        not stream.Flushed && isBy (StreamStates.silentAt rules stream)
        || not stream.Closing && isBy (stream.Arrived + rules.CloseAfter)
        || passed (StreamStates.staleAt rules stream)
        || passed (StreamStates.windowlessAt rules stream)
        || passed (StreamStates.clockBlamedAt rules stream)
        || isBy (StreamStates.oldAt rules stream)
           && not (isBy (StreamStates.silentAt rules stream))
           && not (
               stream.Alarms.Active
               |> Array.exists (fun alarm -> alarm.Kind = AlarmKind.NotMonitored)
           )
