namespace Mina.Model.Streams

open System
open System.Collections.Generic
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Streams

/// What windows and verdicts do to a stream: episodes, alarms, the state that is told.
module internal StreamVerdicts =
    let private maxRecent = 60

    /// The one place where alarms are raised and cleared.
    let private observe kind present (outputs: List<StreamOutput>) (stream: StreamValue) =
        let struct (alarms, events) = Alarms.observe stream.Alarms kind present stream.Clock

        for event in events do
            outputs.Add(Alarm(event, null))

        { stream with Alarms = alarms }

    /// Tells of a state that is another one now, and raises or clears the alarm of a stream without a current verdict.
    let show rules (outputs: List<StreamOutput>) (stream: StreamValue) =
        let struct (state, reason) = StreamStates.at rules stream stream.Clock

        if state = stream.Shown && reason = stream.Reason then
            stream
        else
            outputs.Add(StateChanged(state, reason, stream.Clock))

            {
                stream with
                    Shown = state
                    Reason = reason
            }
            |> observe AlarmKind.Stale (state = StreamState.Stale) outputs
            |> observe AlarmKind.NotMonitored (state = StreamState.NotMonitored) outputs

    /// Cuts windows; the classifier is asked about those that have no fault.
    let cut (take: List<CutWindow> -> StreamCutter) (outputs: List<StreamOutput>) (stream: StreamValue) =
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

    let private tellEpisodes (events: EpisodeEvent[]) (outputs: List<StreamOutput>) (stream: StreamValue) =
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
    let finish (rules: StreamRules) (until: Nullable<DateTimeOffset>) outputs (stream: StreamValue) =
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
            |> fun stream -> observe AlarmKind.AF stream.InEpisode outputs stream

    let private judge
        (rules: StreamRules)
        (outputs: List<StreamOutput>)
        (waiting: WaitingWindow)
        (stream: StreamValue)
        =
        let window = waiting.Window
        let answer = waiting.Answer.Value
        let answered = answer >= 0.0f && answer <= 1.0f

        let fault =
            if window.Fault = WindowFault.None && not answered then
                WindowFault.NoAnswer
            else
                window.Fault

        let verdict: Verdict = {
            StartSeconds = window.StartSeconds
            Probability = if answered then Nullable(float answer) else Nullable()
            Fault = fault
        }

        let judged = {
            Origin = window.Origin
            Start = window.Start
            Verdict = verdict
            HeartRate = window.HeartRate
            Seen = waiting.Seen
        }

        let stream =
            if stream.Origin.HasValue && stream.Origin.Value = window.Origin then
                stream
            else
                {
                    finish rules (Nullable()) outputs stream with
                        Origin = Nullable window.Origin
                        Episodes = Episodes.start
                }

        outputs.Add(Judged judged)

        let struct (episodes, events) = Episodes.step rules.Episodes stream.Episodes verdict

        // Without an answer there is no verdict, and the last one goes on growing old.
        let isCurrent = waiting.Seen >= stream.Came && fault <> WindowFault.NoAnswer

        let recent =
            Array.append stream.Recent [| (if answered then Nullable answer else Nullable()) |]

        {
            stream with
                Last = if isCurrent then ValueSome judged else stream.Last
                LastStart = window.StartSeconds
                Recent = Array.skip (max 0 (recent.Length - maxRecent)) recent
                Fresh = if isCurrent then waiting.Seen else stream.Fresh
                Repeated = stream.Cutter.Order.Repeated
                Failed =
                    if fault = WindowFault.NoAnswer then
                        WindowFaults.WordsOf fault
                    elif isCurrent then
                        null
                    else
                        stream.Failed
                Episodes = episodes
                Finished = false
        }
        |> tellEpisodes events outputs
        |> fun stream -> observe AlarmKind.AF stream.InEpisode outputs stream
        |> fun stream ->
            if fault = WindowFault.Gap then
                stream
            else
                observe AlarmKind.LeadOff (fault = WindowFault.LeadOff) outputs stream

    /// Judges the windows that have answers, up to the first that has none.
    let rec judgeAnswered rules outputs (stream: StreamValue) =
        if stream.Waiting.Length > 0 && stream.Waiting[0].Answer.HasValue then
            {
                stream with
                    Waiting = Array.skip 1 stream.Waiting
            }
            |> judge rules outputs stream.Waiting[0]
            |> judgeAnswered rules outputs
        else
            stream
