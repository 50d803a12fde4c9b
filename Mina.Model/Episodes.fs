namespace Mina.Model

open System

/// The episodes of AF as a fold over verdicts, live with one window at a time or over a whole recording.
///
/// Windows overlap, so the fold must choose which window decides an instant: it is the classifiable window that holds
/// the instant and whose centre is nearest. In a steady stream a window thus decides the 5/3 s about its centre, where
/// it has seen as much before as after, so that onsets and ends are neither early nor late. At the edge of a stretch it
/// decides the edge too. An instant in no classifiable window is unclassifiable.
module Episodes =
    /// The state before the first window.
    [<CompiledName("Start")>]
    let start: EpisodeState = {
        Recent = [||]
        Passed = 0
        Pending = Nullable()
        PendingFrom = 0.0
        Settled = Nullable()
        Run = Unchecked.defaultof<AFRun>
        ClassifiableSeconds = 0.0
        ClosedSeconds = 0.0
        UnclassifiableSeconds = 0.0
    }

    /// Passes on the windows that have all the neighbours that smoothing needs or, with `final`, that they will ever
    /// have.
    let private passOn (rules: EpisodeRules) events final (state: EpisodeState) =
        let reach = rules.SmoothingSeconds / 2.0 + EpisodeFold.tolerance
        let recent = state.Recent

        let newest =
            if recent.Length = 0 then
                0.0
            else
                recent[recent.Length - 1].StartSeconds

        let mutable passed = state.Passed
        let mutable state = state

        while passed < recent.Length
              && (final
                  || newest - recent[passed].StartSeconds
                     >= rules.SmoothingSeconds / 2.0 - EpisodeFold.tolerance) do
            let window = recent[passed]

            let smoothed =
                if not window.Probability.HasValue then
                    window
                else
                    {
                        window with
                            Probability =
                                recent
                                |> Array.filter (fun w ->
                                    w.Probability.HasValue && abs (w.StartSeconds - window.StartSeconds) <= reach)
                                |> Array.averageBy _.Probability.Value
                                |> Nullable
                    }

            state <- EpisodeFold.take rules events smoothed state
            passed <- passed + 1

        let needed =
            if passed < recent.Length then
                recent[passed].StartSeconds - reach
            else
                newest - reach

        let dropped =
            recent
            |> Array.take passed
            |> Array.filter (fun w -> w.StartSeconds < needed)
            |> Array.length

        {
            state with
                Recent = Array.skip dropped recent
                Passed = passed - dropped
        }

    /// <summary>Takes the next window.</summary>
    /// <returns>The new state, and the events that follow, in order; mostly there are none.</returns>
    /// <exception cref="T:System.ArgumentException">The window does not start after the last one, or its probability
    /// does not lie in 0 .. 1.</exception>
    [<CompiledName("Step")>]
    let step (rules: EpisodeRules) (state: EpisodeState) (window: Verdict) : struct (EpisodeState * EpisodeEvent[]) =
        if
            window.Probability.HasValue
            && not (window.Probability.Value >= 0.0 && window.Probability.Value <= 1.0)
        then
            invalidArg (nameof window) $"{window.Probability.Value} is no probability."

        if
            state.Recent.Length > 0
            && not (window.StartSeconds > state.Recent[state.Recent.Length - 1].StartSeconds)
        then
            invalidArg (nameof window) $"The window at {window.StartSeconds} s does not start after the one before it."

        let events = ResizeArray()

        let state =
            passOn rules events false {
                state with
                    Recent = Array.append state.Recent [| window |]
            }

        struct (state, events.ToArray())

    /// <summary>Ends the stream: settles what still waits, and closes an open episode.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="state">The state after the last window.</param>
    /// <param name="endSeconds">The end of the stream; the last window decides a rest that is shorter than a
    /// stride.</param>
    [<CompiledName("Finish")>]
    let finish
        (rules: EpisodeRules)
        (state: EpisodeState)
        (endSeconds: float)
        : struct (EpisodeState * EpisodeEvent[]) =
        let events = ResizeArray()

        let last =
            if state.Recent.Length = 0 then
                nan
            else
                state.Recent[state.Recent.Length - 1].StartSeconds

        let state = passOn rules events true state

        let state =
            if not state.Pending.HasValue then
                state
            else
                let ends = state.Pending.Value.StartSeconds + rules.WindowSeconds
                let isLast = state.Pending.Value.StartSeconds = last

                let until =
                    if
                        isLast
                        && endSeconds > ends
                        && endSeconds < ends + rules.StrideSeconds + EpisodeFold.tolerance
                    then
                        endSeconds
                    else
                        ends

                EpisodeFold.settlePending rules events until state

        let state =
            state
            |> EpisodeFold.blind rules events endSeconds
            |> EpisodeFold.closeRun events

        struct ({ state with Recent = [||]; Passed = 0 }, events.ToArray())

    /// Folds the verdicts of a whole recording to its closed episodes in order of time, and the final state, which has
    /// its burden.
    [<CompiledName("OfRecording")>]
    let ofRecording
        (rules: EpisodeRules)
        (windows: Verdict seq)
        (endSeconds: float)
        : struct (EpisodeState * Episode[]) =
        let episodes = ResizeArray()

        let keep (events: EpisodeEvent[]) =
            for e in events do
                if e.Kind = EpisodeEventKind.Closed then
                    episodes.Add e.Episode

        let mutable state = start

        for window in windows do
            let struct (next, events) = step rules state window
            keep events
            state <- next

        let struct (final, events) = finish rules state endSeconds
        keep events
        struct (final, episodes.ToArray())

    /// The share of the settled classifiable time that lies in episodes, including an open one, 0 .. 1; null while
    /// nothing is classifiable.
    [<CompiledName("Burden")>]
    let burden (state: EpisodeState) : Nullable<float> =
        let openSeconds =
            if state.Run.Active && state.Run.Open then
                state.Run.Seconds
            else
                0.0

        if state.ClassifiableSeconds > 0.0 then
            Nullable(min 1.0 ((state.ClosedSeconds + openSeconds) / state.ClassifiableSeconds))
        else
            Nullable()
