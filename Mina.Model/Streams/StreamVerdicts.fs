namespace Mina.Model.Streams

open System
open System.Collections.Generic
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Beats
open Mina.Preprocess.Streams

/// What windows, verdicts and time change in a stream: its episodes, its alarms and the state that it reports. Whatever
/// follows from a window has the time of the chunk that completed it, however late the answer is, so that a replay of
/// the same chunks gives the same outputs.
module internal StreamVerdicts =
    let private maxRecent = 60

    /// The one place where alarms are raised and cleared.
    let private observe kind present signal at (outputs: List<StreamOutput>) (stream: StreamValue) =
        let onset =
            match stream.Open with
            | ValueSome episode when kind = AlarmKind.AF -> Nullable episode.Start
            | _ -> Nullable()

        let struct (alarms, events) =
            Alarms.observe stream.Alarms kind present signal onset at

        if events.Length = 0 then
            stream
        else
            for event in events do
                outputs.Add(Alarm event)

            { stream with Alarms = alarms }

    let private isActive kind (stream: StreamValue) =
        stream.Alarms.Active |> Array.exists (fun alarm -> alarm.Kind = kind)

    let private endOfSignal (stream: StreamValue) =
        match stream.Cutter.Session with
        | null -> Nullable()
        | session -> Nullable session.Until

    /// Reports the state when it has changed.
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

    /// Raises and clears the alarms that follow from chunks that come or fail to come.
    let observeTime rules (at: DateTimeOffset) outputs (stream: StreamValue) =
        let isSilent = StreamStates.silentAt rules stream <= at
        let isWindowless = StreamStates.windowlessAt rules stream <= at
        let signal = endOfSignal stream

        // A restart gives devices time before it raises the alarm. One that is open stays: nothing has arrived.
        let isStale =
            isSilent
            && (StreamStates.staleAt rules stream <= at || isActive AlarmKind.Stale stream)

        stream
        |> observe AlarmKind.Stale isStale signal at outputs
        |> fun stream ->
            if isSilent || isWindowless then
                observe AlarmKind.NotMonitored (not isSilent) signal at outputs stream
            else
                stream

    /// Raises the alarm that the classifier is late or has no answers: whatever the chunks say, nobody watches the
    /// stream now.
    let observeLateness rules outputs (stream: StreamValue) =
        let struct (state, _) = StreamStates.at rules stream stream.Clock

        if state = StreamState.NotMonitored then
            observe AlarmKind.NotMonitored true (endOfSignal stream) stream.Clock outputs stream
        else
            stream

    /// Cuts windows, and asks the classifier about those without a fault.
    let cut (take: List<CutWindow> -> StreamCutter) at (outputs: List<StreamOutput>) (stream: StreamValue) =
        let windows = List()
        let stream = { stream with Cutter = take windows }

        if windows.Count = 0 then
            stream
        else
            let pending =
                windows.ToArray()
                |> Array.map (fun window ->
                    if window.Fault = WindowFault.None then
                        outputs.Add(Classify window)

                    Unjudged {
                        Window = window
                        Seen = at
                        Answer =
                            if window.Fault = WindowFault.None then
                                Nullable()
                            else
                                Nullable nanf
                    })

            {
                stream with
                    Pending = Array.append stream.Pending pending
                    Due = at
                    Closing = false
            }

    let private tellEpisodes (events: EpisodeEvent[]) (outputs: List<StreamOutput>) (stream: StreamValue) =
        let mutable opened = stream.Open

        for event in events do
            let origin = stream.Origin.Value

            let episode = {
                Kind = event.Kind
                // While it goes on, an episode keeps the start by which it is known.
                Start =
                    match opened with
                    | ValueSome before -> before.Start
                    | ValueNone -> origin.AddSeconds event.Episode.StartSeconds
                End = origin.AddSeconds event.Episode.EndSeconds
                MeanProbability = event.Episode.MeanProbability
            }

            outputs.Add(Episode episode)

            opened <-
                if event.Kind = EpisodeEventKind.Closed then
                    ValueNone
                else
                    ValueSome episode

        { stream with Open = opened }

    /// Takes the verdicts of the rhythm level and the changes of episodes that followed from an event.
    let private takeJudged
        (outputs: List<StreamOutput>)
        (struct (state: JudgeState, verdicts: Verdict[], events: EpisodeEvent[]))
        (stream: StreamValue)
        =
        for verdict in verdicts do
            outputs.Add(
                RhythmJudged {
                    Origin = stream.Origin.Value
                    Start = stream.Origin.Value.AddSeconds verdict.StartSeconds
                    Verdict = verdict
                }
            )

        {
            stream with
                Rhythm = state.Rhythm
                RhythmProbability =
                    if verdicts.Length = 0 then
                        stream.RhythmProbability
                    else
                        (Array.last verdicts).Probability
                Episodes = state.Episodes
        }
        |> tellEpisodes events outputs

    let private judgeState (stream: StreamValue) : JudgeState = {
        Rhythm = stream.Rhythm
        Episodes = stream.Episodes
    }

    /// Ends the episodes. As in a file, the last window also counts for a rest that is shorter than a stride.
    let private finish (rules: StreamRules) (until: Nullable<DateTimeOffset>) at outputs (stream: StreamValue) =
        let stream =
            if stream.Finished || not stream.Origin.HasValue then
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

                { stream with Finished = true }
                |> takeJudged outputs (EpisodeJudges.finish rules.Judge (judgeState stream) ends)

        match stream.Open with
        | ValueSome lost ->
            // An episode of which the rules know nothing, from a run before: nothing goes on with it.
            outputs.Add(
                Episode {
                    lost with
                        Kind = EpisodeEventKind.Closed
                }
            )
        | ValueNone -> ()

        { stream with Open = ValueNone }
        |> observe AlarmKind.AF false (Nullable()) at outputs

    /// Takes a verdict as the sign that the stream is watched again.
    let private observeVerdict rules (seen: DateTimeOffset) outputs (stream: StreamValue) =
        match
            stream.Alarms.Active
            |> Array.tryFind (fun alarm -> alarm.Kind = AlarmKind.NotMonitored)
        with
        | None -> stream
        | Some alarm when alarm.Raised <= seen -> observe AlarmKind.NotMonitored false (Nullable()) seen outputs stream
        | Some _ ->
            // It was the classifier that was late.
            let struct (state, _) = StreamStates.at rules stream stream.Clock

            if state = StreamState.NotMonitored then
                stream
            else
                observe AlarmKind.NotMonitored false (Nullable()) stream.Clock outputs stream

    /// The heart rate in beats a minute over the last ten seconds of which all beats are known at the end of a window.
    let private heartRate (windowStart: float) (beats: Beat[]) =
        let known =
            windowStart + float Shapes.Window / float Shapes.Fs
            - RhythmLevel.beatDelaySeconds

        BeatSpans.heartRate (BeatSpans.between (known - float Shapes.Window / float Shapes.Fs) known beats)

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

        let stream =
            if stream.Origin.HasValue && stream.Origin.Value = window.Origin then
                stream
            else
                {
                    finish rules (Nullable()) waiting.Seen outputs stream with
                        Origin = Nullable window.Origin
                        Rhythm = RhythmLevel.start
                        RhythmProbability = Nullable()
                        Episodes = Episodes.start
                }

        let next =
            EpisodeJudges.step rules.Judge (judgeState stream) (Seq.toArray window.Beats) verdict

        let struct (after, _, _) = next

        let judged = {
            Origin = window.Origin
            Start = window.Start
            Verdict = verdict
            HeartRate =
                if isNull rules.Rhythm then
                    window.HeartRate
                elif fault = WindowFault.None then
                    heartRate window.StartSeconds after.Rhythm.Beats
                else
                    Nullable()
            Seen = waiting.Seen
        }

        outputs.Add(Judged judged)

        // Without an answer there is no verdict, and the last one goes on growing old.
        let isCurrent = waiting.Seen >= stream.Came && fault <> WindowFault.NoAnswer

        let recent =
            Array.append stream.Recent [| (if answered then Nullable answer else Nullable()) |]

        let signal = Nullable(window.Start.AddSeconds rules.Episodes.WindowSeconds)

        {
            stream with
                Last = if isCurrent then ValueSome judged else stream.Last
                LastStart = window.StartSeconds
                Recent = Array.skip (max 0 (recent.Length - maxRecent)) recent
                Fresh = if isCurrent then waiting.Seen else stream.Fresh
                Repeated = stream.Cutter.Order.Repeated
                Failed =
                    if fault = WindowFault.NoAnswer then
                        WindowFaults.Describe fault
                    elif isCurrent then
                        null
                    else
                        stream.Failed
                Finished = false
        }
        |> takeJudged outputs next
        |> fun stream -> observe AlarmKind.AF stream.InEpisode signal waiting.Seen outputs stream
        |> fun stream ->
            if fault = WindowFault.Gap then
                stream
            else
                observe AlarmKind.LeadOff (fault = WindowFault.LeadOff) signal waiting.Seen outputs stream
        |> fun stream ->
            if not isCurrent then
                stream
            elif fault <> WindowFault.None && StreamStates.isBlind rules stream then
                observe AlarmKind.NotMonitored true signal waiting.Seen outputs stream
            else
                observeVerdict rules waiting.Seen outputs stream

    let private isSettled pending =
        match pending with
        | Unjudged waiting -> waiting.Answer.HasValue
        | EndOfEpisodes _ -> true

    /// Handles what is pending, up to the first window without an answer.
    let rec settle rules outputs (stream: StreamValue) =
        if stream.Pending.Length = 0 || not (isSettled stream.Pending[0]) then
            stream
        else
            let rest = {
                stream with
                    Pending = Array.skip 1 stream.Pending
            }

            match stream.Pending[0] with
            | Unjudged waiting -> judge rules outputs waiting rest
            | EndOfEpisodes(at, until) -> finish rules until at outputs rest
            |> settle rules outputs
