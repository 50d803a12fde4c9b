namespace Mina.Model

open System
open Mina.Preprocess
open Mina.Preprocess.Beats

/// A window in the state of the rhythm level, in the form that its network reads.
type RhythmWindow = {
    StartSeconds: float
    /// The network's probability of AF, 0 .. 1; null where the window is unclassifiable.
    Probability: Nullable<float>
    /// The fault that makes it unclassifiable; `None` where it is classifiable.
    Fault: WindowFault
    /// The numbers of `MinuteNet.windowNames`, except the offset.
    Row: float[]
}

/// The state of the rhythm level after some windows, from which it continues. It is plain data.
type RhythmState = {
    /// The beats of the last minute and those after it, in order of time.
    Beats: Beat[]
    /// The windows of the last minute, in order of time.
    Windows: RhythmWindow[]
    /// The number of these windows that have their verdict.
    Judged: int
}

/// The reasons for a verdict.
type RhythmExplanation = {
    /// The start of the window, and the end of the minute by which it was judged.
    StartSeconds: float
    MinuteEndSeconds: float
    /// The starts of the minute's windows, the attention to each (they add up to 1), and the log odds of AF by each.
    WindowStarts: float[]
    Attention: float[]
    Evidence: float[]
    /// What each number of `MinuteNet.minuteNames` adds to the log odds; the last number is what they add together.
    Knowledge: float[]
    /// The log odds of AF: the sum of attention times evidence, plus the sum of Knowledge.
    Logit: float
}

/// The level above the network, which judges AF by the rhythm of a minute. It is a fold over windows, live or over a
/// whole recording with the same bits. Each window is judged once, when a window `LookAheadSeconds` - 5 s later has
/// come, by the minute that ends with that window.
[<RequireQualifiedAccess>]
module RhythmLevel =
    /// The span of knowledge and attention in seconds.
    let minuteSeconds = 60.0

    /// The seconds at a minute's end whose beats are not waited for, which are the beat detector's look-ahead.
    let beatDelaySeconds = float BeatDetector.LookAhead / float Shapes.Fs

    let private windowSeconds = 10.0
    let private tolerance = BeatSpans.tolerance

    /// The state before the first window.
    [<CompiledName("Start")>]
    let start: RhythmState = {
        Beats = [||]
        Windows = [||]
        Judged = 0
    }

    /// Returns the array without its first items and with others at its end.
    let private moved (dropped: int) (items: 'T[]) (more: 'T[]) =
        let result = Array.zeroCreate (items.Length - dropped + more.Length)
        Array.Copy(items, dropped, result, 0, items.Length - dropped)
        Array.Copy(more, 0, result, items.Length - dropped, more.Length)
        result

    /// The knowledge of the minute that ends with a window, from the beats up to the beat detector's delay before its
    /// end.
    let private minuteKnowledge (beats: Beat[]) (windowStart: float) =
        let ends = windowStart + windowSeconds

        RhythmKnowledge.ofMinute
            (BeatSpans.between (ends - minuteSeconds) (ends - beatDelaySeconds) beats)
            (min ends minuteSeconds - beatDelaySeconds)

    /// The knowledge of a window, with the same delay.
    let private windowKnowledge (beats: Beat[]) (windowStart: float) =
        let known = windowStart + windowSeconds - beatDelaySeconds
        RhythmKnowledge.ofWindow (BeatSpans.between (known - windowSeconds) known beats)

    /// The knowledge of the minute that ends with a window, and of that window: what a model is trained on. Both end at
    /// the beat detector's delay before the window's end.
    [<CompiledName("KnowledgeAt")>]
    let knowledgeAt (beats: Beat[]) (windowStart: float) : struct ((float[] | null) * (float[] | null)) =
        struct (minuteKnowledge beats windowStart, windowKnowledge beats windowStart)

    let private judge (model: RhythmModel) (minute: float[]) (windows: RhythmWindow[]) (window: RhythmWindow) =
        let rows, offsets = Array.zeroCreate windows.Length, Array.zeroCreate windows.Length

        for i in 0 .. windows.Length - 1 do
            rows[i] <- windows[i].Row
            offsets[i] <- windows[i].StartSeconds - window.StartSeconds

        MinuteNet.run model.Parameters {
            Minute = minute
            Lag = offsets[offsets.Length - 1] + windowSeconds / 2.0
            Windows = rows
            Offsets = offsets
        }

    /// Where the network's mean over the minute is below this, the level's probability is no higher: patterns of
    /// ectopic beats that nobody in training had would be taken for AF by their intervals alone.
    let internal networkSeesNone = 0.03

    let private meanProbability (windows: RhythmWindow[]) =
        let mutable sum, count = 0.0, 0

        for i in 0 .. windows.Length - 1 do
            if windows[i].Probability.HasValue then
                sum <- sum + windows[i].Probability.Value
                count <- count + 1

        if count = 0 then 1.0 else sum / float count

    let private probabilityOf (windows: RhythmWindow[]) (logit: float) =
        let probability = Temperature.probability 1.0 logit
        let mean = meanProbability windows

        if mean < networkSeesNone then
            min mean probability
        else
            probability

    let private reasonsOf (windows: RhythmWindow[]) (window: RhythmWindow) (output: RhythmOutput) = {
        StartSeconds = window.StartSeconds
        MinuteEndSeconds = windows[windows.Length - 1].StartSeconds + windowSeconds
        WindowStarts = windows |> Array.map _.StartSeconds
        Attention = output.Attention
        Evidence = output.Evidence
        Knowledge = output.Contributions
        Logit = output.Logit
    }

    /// Judges the windows that wait, if they start no later than `upTo`, by the minute that ends with the last window.
    let private judgeUpTo (model: RhythmModel) (minute: float[]) (upTo: float) (state: RhythmState) =
        let verdicts = ResizeArray<struct (Verdict * RhythmExplanation | null)>()
        let mutable judged = state.Judged

        while judged < state.Windows.Length
              && state.Windows[judged].StartSeconds <= upTo + tolerance do
            let window = state.Windows[judged]

            if not window.Probability.HasValue then
                verdicts.Add(
                    struct ({
                                StartSeconds = window.StartSeconds
                                Probability = Nullable()
                                Fault = window.Fault
                            },
                            null)
                )
            else
                let output = judge model minute state.Windows window

                verdicts.Add(
                    struct ({
                                StartSeconds = window.StartSeconds
                                Probability = Nullable(probabilityOf state.Windows output.Logit)
                                Fault = WindowFault.None
                            },
                            reasonsOf state.Windows window output)
                )

            judged <- judged + 1

        struct ({ state with Judged = judged }, verdicts.ToArray())

    /// The numbers of the minute at the last window, which are computed where a verdict needs them.
    let private minuteAt (model: RhythmModel) (state: RhythmState) =
        minuteKnowledge state.Beats state.Windows[state.Windows.Length - 1].StartSeconds
        |> RhythmScaling.minute model.Scaling

    /// <summary>Takes the next window and the beats found since the one before it.</summary>
    /// <param name="model">The trained level.</param>
    /// <param name="state">The state after the window before it.</param>
    /// <param name="beats">The beats in order of time, after those taken already, including all up to two seconds
    /// before the window's end.</param>
    /// <param name="window">The network's verdict of the window.</param>
    /// <returns>The new state, and the verdicts that are due, each with its reasons (null where it is
    /// unclassifiable).</returns>
    /// <exception cref="T:System.ArgumentException">The window does not start after the last one.</exception>
    [<CompiledName("StepWithReasons")>]
    let stepWithReasons (model: RhythmModel) (state: RhythmState) (beats: Beat[]) (window: Verdict) =
        let count = state.Windows.Length

        if count > 0 && not (window.StartSeconds > state.Windows[count - 1].StartSeconds) then
            invalidArg (nameof window) $"The window at {window.StartSeconds} s does not start after the one before it."

        let from = window.StartSeconds + windowSeconds - minuteSeconds

        // Knowledge reaches no further back than a minute before the window's end.
        // A stream that connected again may send again what it sent before.
        let fresh =
            if state.Beats.Length = 0 then
                beats
            else
                let last = state.Beats[state.Beats.Length - 1].Sample

                if beats.Length > 0 && beats[0].Sample <= last then
                    beats |> Array.filter (fun beat -> beat.Sample > last)
                else
                    beats

        let kept = moved (BeatSpans.countUpTo from state.Beats) state.Beats fresh
        let row = windowKnowledge kept window.StartSeconds

        let taken: RhythmWindow = {
            StartSeconds = window.StartSeconds
            Probability = window.Probability
            Fault = window.Fault
            Row = RhythmScaling.window model.Scaling row window.Probability
        }

        // Windows that are out of the minute are forgotten, but none before it has its verdict, as may happen after a
        // break in the windows.
        let upTo =
            window.StartSeconds - (model.Settings.LookAheadSeconds - windowSeconds / 2.0)

        let outOfMinute (w: RhythmWindow) = w.StartSeconds < from - tolerance

        let state, early =
            if state.Judged < count && outOfMinute state.Windows[state.Judged] then
                let struct (judged, verdicts) =
                    judgeUpTo model (minuteAt model state) Double.PositiveInfinity state

                judged, verdicts
            else
                state, [||]

        let mutable forgotten = 0

        while forgotten < count && outOfMinute state.Windows[forgotten] do
            forgotten <- forgotten + 1

        let state = {
            Beats = kept
            Windows = moved forgotten state.Windows [| taken |]
            Judged = state.Judged - forgotten
        }

        if state.Windows[state.Judged].StartSeconds <= upTo + tolerance then
            let struct (state, verdicts) = judgeUpTo model (minuteAt model state) upTo state
            struct (state, Array.append early verdicts)
        else
            struct (state, early)

    /// <summary>Ends the stream: judges the windows that wait, by the last minute.</summary>
    /// <param name="model">The trained level.</param>
    /// <param name="state">The state after the last window.</param>
    [<CompiledName("FinishWithReasons")>]
    let finishWithReasons (model: RhythmModel) (state: RhythmState) =
        if state.Judged >= state.Windows.Length then
            struct (state, [||])
        else
            judgeUpTo model (minuteAt model state) Double.PositiveInfinity state

    let private verdictsOf (results: struct (Verdict * RhythmExplanation | null)[]) =
        results |> Array.map (fun (struct (verdict, _)) -> verdict)

    /// Does the same as StepWithReasons, without the reasons.
    [<CompiledName("Step")>]
    let step (model: RhythmModel) (state: RhythmState) (beats: Beat[]) (window: Verdict) =
        let struct (state, results) = stepWithReasons model state beats window
        struct (state, verdictsOf results)

    /// Does the same as FinishWithReasons, without the reasons.
    [<CompiledName("Finish")>]
    let finish (model: RhythmModel) (state: RhythmState) =
        let struct (state, results) = finishWithReasons model state
        struct (state, verdictsOf results)

    /// Whether a beat must have come with the window that starts at a time. Further beats that a live stream's detector
    /// may have found by then make no difference.
    let internal isDue (beat: Beat) (windowStart: float) =
        BeatSpans.secondsOf beat
        <= windowStart + windowSeconds - beatDelaySeconds + tolerance

    /// <summary>Returns the rhythm level's verdict of each window of a whole recording, in order.</summary>
    /// <param name="model">The trained level.</param>
    /// <param name="beats">All its beats, in order of time.</param>
    /// <param name="windows">All its windows, in order of time.</param>
    [<CompiledName("OfRecording")>]
    let ofRecording (model: RhythmModel) (beats: Beat[]) (windows: Verdict seq) : Verdict[] =
        let verdicts = ResizeArray<Verdict>()
        let mutable state = start
        let mutable next = 0

        for window in windows do
            let from = next

            while next < beats.Length && isDue beats[next] window.StartSeconds do
                next <- next + 1

            let struct (after, due) =
                step model state (Array.sub beats from (next - from)) window

            verdicts.AddRange due
            state <- after

        let struct (_, due) = finish model state
        verdicts.AddRange due
        verdicts.ToArray()
