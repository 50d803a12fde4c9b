namespace Mina.Model.Streams

open System
open System.Collections.Generic
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Streams

/// A stream as a fold: an event and when it happened by the server's clock go in, a new value and what follows come out. No clock,
/// no store and no lock are in it: the same events give the same outputs bit for bit, live, replayed and in a simulation.
///
/// What happens by time alone (a stream falls silent, a verdict grows old) happens at its instant, whenever the next event comes
/// to tell of it: ticks only make it known early, and their number changes nothing.
[<RequireQualifiedAccess>]
module StreamFold =
    let private maxRecent = 60
    let private longestChunk = TimeSpan.FromSeconds 60.0
    let private firstWindow = TimeSpan.FromSeconds(float Shapes.Window / float Shapes.Fs)

    /// A stream of which nothing has come.
    [<CompiledName("Start")>]
    let start: Stream = {
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

    // ---- what the clock says

    let private silentAt (rules: StreamRules) (stream: Stream) =
        stream.Arrived + max rules.StaleAfter (2.0 * stream.ChunkLength)

    let private oldAt (rules: StreamRules) (stream: Stream) =
        stream.Fresh + rules.FreshFor + stream.ChunkLength

    let private reasonOfSilence (stream: Stream) =
        match stream.Failed with
        | null ->
            if stream.Waiting.Length > 0 then
                "verdicts are late"
            elif stream.Cutter.Order.Repeated > stream.Repeated then
                "its chunks came before"
            else
                "no 10 s of signal without a break"
        | failed -> failed

    /// What the stream is doing at an instant of the server's clock, and why in a few words (null: nothing to say).
    [<CompiledName("StateAt")>]
    let stateAt (rules: StreamRules) (stream: Stream) (now: DateTimeOffset) : struct (StreamState * (string | null)) =
        if silentAt rules stream <= now then
            struct (StreamState.Stale, null)
        elif oldAt rules stream <= now then
            struct (StreamState.NotMonitored, reasonOfSilence stream)
        else
            match stream.Last with
            | ValueNone -> struct (StreamState.Starting, null)
            | ValueSome last when last.Fault <> WindowFault.None ->
                struct (StreamState.Unclassifiable, WindowFaults.WordsOf last.Fault)
            | ValueSome _ when stream.InEpisode -> struct (StreamState.AF, null)
            | ValueSome last when last.Probability.Value >= rules.Threshold || stream.Episodes.Run.Active ->
                let minimum = rules.Episodes.MinimumSeconds
                struct (StreamState.PossibleAF, (if minimum > 0.0 then $"under {minimum:``0.#``} s" else null))
            | ValueSome _ -> struct (StreamState.Normal, null)

    // ---- alarms: one at most of a kind, all in this place

    let private observe kind present (outputs: List<StreamOutput>) (stream: Stream) =
        let struct (alarms, events) =
            Alarms.observe stream.Alarms kind present stream.Clock

        for event in events do
            outputs.Add(Alarm(event, null))

        { stream with Alarms = alarms }

    /// Tells of a state that is another one now, and raises or clears the alarm of a stream without a current verdict.
    let private show rules (outputs: List<StreamOutput>) (stream: Stream) =
        let struct (state, reason) = stateAt rules stream stream.Clock

        if state = stream.Shown && reason = stream.Reason then
            stream
        else
            outputs.Add(StateChanged(state, reason, stream.Clock))

            {
                stream with
                    Shown = state
                    Reason = reason
            }
            |> observe AlarmCause.Stale (state = StreamState.Stale || state = StreamState.NotMonitored) outputs

    // ---- windows and verdicts

    let private cut (take: List<CutWindow> -> StreamCutter) (outputs: List<StreamOutput>) (stream: Stream) =
        let windows = List()
        let cutter = take windows

        let waiting =
            windows.ToArray()
            |> Array.map (fun window ->
                if window.Fault = WindowFault.None then
                    outputs.Add(Classify window)

                {
                    Window = window
                    Seen = stream.Clock
                    Answer =
                        if window.Fault = WindowFault.None then
                            Nullable()
                        else
                            Nullable nanf
                })

        {
            stream with
                Cutter = cutter
                Waiting =
                    if waiting.Length = 0 then
                        stream.Waiting
                    else
                        Array.append stream.Waiting waiting
        }

    let private tellEpisodes (events: EpisodeEvent[]) (outputs: List<StreamOutput>) (stream: Stream) =
        for event in events do
            outputs.Add(
                Episode {
                    Kind = event.Kind
                    Start = stream.Origin.Value.AddSeconds event.Episode.StartSeconds
                    End = stream.Origin.Value.AddSeconds event.Episode.EndSeconds
                    MeanProbability = event.Episode.MeanProbability
                }
            )

        if events.Length = 0 then
            stream
        else
            {
                stream with
                    InEpisode = (Array.last events).Kind <> EpisodeEventKind.Closed
            }

    /// Ends the episodes; as in a file, the last window speaks for a rest that is shorter than a stride.
    let private finish (rules: StreamRules) (until: Nullable<DateTimeOffset>) outputs (stream: Stream) =
        if stream.Finished then
            stream
        else
            let ends = stream.LastStart + rules.Episodes.WindowSeconds

            let ends =
                if not until.HasValue then
                    ends
                else
                    let rest = (until.Value - stream.Origin.Value).TotalSeconds

                    if rest > ends && rest < ends + rules.Episodes.StrideSeconds then
                        rest
                    else
                        ends

            let struct (episodes, events) = Episodes.finish rules.Episodes stream.Episodes ends

            {
                stream with
                    Episodes = episodes
                    Finished = true
            }
            |> tellEpisodes events outputs
            |> fun stream -> observe AlarmCause.AF stream.InEpisode outputs stream

    let private judge (rules: StreamRules) (outputs: List<StreamOutput>) (waiting: WaitingWindow) (stream: Stream) =
        let window = waiting.Window
        let answer = waiting.Answer.Value
        let answered = answer >= 0.0f && answer <= 1.0f

        let fault =
            if window.Fault = WindowFault.None && not answered then
                WindowFault.NoAnswer
            else
                window.Fault

        let verdict: StreamVerdict = {
            Origin = window.Origin
            StartSeconds = window.StartSeconds
            Start = window.Start
            Probability = if answered then Nullable(float answer) else Nullable()
            Fault = fault
            HeartRate = window.HeartRate
            Seen = waiting.Seen
        }

        outputs.Add(Judged verdict)

        let stream =
            if stream.Origin.HasValue && stream.Origin.Value = window.Origin then
                stream
            else
                {
                    finish rules (Nullable()) outputs stream with
                        Origin = Nullable window.Origin
                        Episodes = Episodes.start
                }

        let struct (episodes, events) =
            Episodes.step rules.Episodes stream.Episodes {
                StartSeconds = window.StartSeconds
                Probability = verdict.Probability
            }

        let isCurrent = waiting.Seen >= stream.Came
        let recent = Array.append stream.Recent [| (if answered then Nullable answer else Nullable()) |]

        {
            stream with
                Last = if isCurrent then ValueSome verdict else stream.Last
                LastStart = window.StartSeconds
                Recent = Array.skip (max 0 (recent.Length - maxRecent)) recent
                Fresh = if isCurrent then waiting.Seen else stream.Fresh
                Repeated = stream.Cutter.Order.Repeated
                Failed = if isCurrent then null else stream.Failed
                Episodes = episodes
                Finished = false
        }
        |> tellEpisodes events outputs
        |> fun stream -> observe AlarmCause.AF stream.InEpisode outputs stream
        |> fun stream ->
            if fault = WindowFault.Gap then
                stream
            else
                observe AlarmCause.LeadOff (fault = WindowFault.LeadOff) outputs stream

    /// Judges the windows that have answers, up to the first that has none.
    let rec private judgeAnswered rules outputs (stream: Stream) =
        if stream.Waiting.Length > 0 && stream.Waiting[0].Answer.HasValue then
            { stream with Waiting = Array.skip 1 stream.Waiting }
            |> judge rules outputs stream.Waiting[0]
            |> judgeAnswered rules outputs
        else
            stream

    // ---- time

    let private fallSilent rules tools outputs (stream: Stream) =
        {
            cut (fun windows -> stream.Cutter.Flush(tools, windows)) outputs stream with
                Flushed = true
        }
        |> judgeAnswered rules outputs
        |> fun stream -> { stream with Last = ValueNone }

    /// Lets the instants pass at which something happens by itself, in order, up to `now`.
    let rec private advance (rules: StreamRules) tools outputs (now: DateTimeOffset) (stream: Stream) : Stream =
        let due = [|
            if not stream.Flushed then
                struct (silentAt rules stream, fallSilent rules tools outputs)
            if oldAt rules stream > stream.Clock then
                struct (oldAt rules stream, id)
            if not stream.Finished then
                let until =
                    match stream.Cutter.Session with
                    | null -> Nullable()
                    | session -> Nullable session.Until

                struct (stream.Arrived + rules.CloseAfter, finish rules until outputs)
        |]

        let next = due |> Array.filter (fun struct (at, _) -> at <= now)

        if next.Length = 0 then
            { stream with Clock = max stream.Clock now }
        else
            let struct (at, happen) = next |> Array.minBy (fun struct (at, _) -> at)

            { stream with Clock = max stream.Clock at }
            |> happen
            |> show rules outputs
            |> advance rules tools outputs now

    let private arrive tools outputs (chunk: SampleChunk) (stream: Stream) =
        let cameBack = stream.Flushed

        let stream = {
            stream with
                Arrived = stream.Clock
                ChunkLength = min longestChunk chunk.Duration
                Flushed = false
                Came = if cameBack then stream.Clock else stream.Came
                Fresh = if cameBack then stream.Clock + firstWindow else stream.Fresh
                Last = if cameBack then ValueNone else stream.Last
        }

        cut (fun windows -> stream.Cutter.Take(chunk, tools, windows)) outputs stream

    let private answer window probability (stream: Stream) = {
        stream with
            Waiting =
                stream.Waiting
                |> Array.map (fun waiting ->
                    if waiting.Window.Number = window && not waiting.Answer.HasValue then
                        { waiting with Answer = Nullable probability }
                    else
                        waiting)
    }

    let private acknowledge kind by (outputs: List<StreamOutput>) (stream: Stream) =
        let struct (alarms, events) = Alarms.acknowledge stream.Alarms kind stream.Clock

        for event in events do
            outputs.Add(Alarm(event, by))

        { stream with Alarms = alarms }

    let private fail reason (stream: Stream) = {
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
        (stream: Stream)
        (at: DateTimeOffset)
        (event: StreamEvent)
        : struct (Stream * StreamOutput[]) =
        let outputs = List()
        let stream = advance rules tools outputs at stream

        let stream =
            match event with
            | Chunk chunk -> arrive tools outputs chunk stream
            | Answer(window, probability) -> answer window probability stream
            | Tick -> stream
            | Acknowledge(kind, by) -> acknowledge kind by outputs stream
            | Failure reason -> fail reason stream

        let stream = stream |> judgeAnswered rules outputs |> show rules outputs
        struct (stream, outputs.ToArray())

    /// The windows that were handed to a classifier whose answers are not there: after a restore it is to be asked again.
    [<CompiledName("Unanswered")>]
    let unanswered (stream: Stream) : CutWindow[] =
        stream.Waiting
        |> Array.filter (fun waiting -> not waiting.Answer.HasValue)
        |> Array.map _.Window
