namespace Mina.Model

open System

/// Applies the rules to windows that are smoothed: which time each window decides, and what that does to the run of AF.
module internal EpisodeFold =
    // Starts are multiples of 5/3 s, which no float holds exactly.
    let tolerance = 1e-6

    let private noRun = Unchecked.defaultof<AFRun>

    let private episodeOf (run: AFRun) : Episode = {
        StartSeconds = run.Start
        EndSeconds = run.End
        ClassifiableSeconds = run.Seconds
        // This is a mean of probabilities, but the sums are rounded.
        MeanProbability = run.Weighted / run.Seconds |> max 0.0 |> min 1.0
    }

    let private tell (events: ResizeArray<EpisodeEvent>) kind run =
        events.Add { Kind = kind; Episode = episodeOf run }

    let closeRun (events: ResizeArray<EpisodeEvent>) (state: EpisodeState) =
        let run = state.Run

        if run.Active && run.Open then
            tell events EpisodeEventKind.Closed run

        {
            state with
                Run = noRun
                ClosedSeconds = state.ClosedSeconds + (if run.Open then run.Seconds else 0.0)
        }

    /// Takes the time up to `upTo` as unclassifiable.
    let blind (rules: EpisodeRules) events (upTo: float) (state: EpisodeState) =
        let seconds =
            if state.Settled.HasValue then
                upTo - state.Settled.Value
            else
                0.0

        if seconds <= 0.0 then
            state
        else
            let run =
                if state.Run.Active then
                    {
                        state.Run with
                            BlindSeconds = state.Run.BlindSeconds + seconds
                    }
                else
                    noRun

            let state = {
                state with
                    Settled = Nullable upTo
                    UnclassifiableSeconds = state.UnclassifiableSeconds + seconds
                    Run = run
            }

            if run.Active && run.BlindSeconds > rules.BridgeSeconds + tolerance then
                closeRun events state
            else
                state

    let private extend
        rules
        (events: ResizeArray<EpisodeEvent>)
        (seconds: float)
        probability
        (until: float)
        (run: AFRun)
        =
        let longer = {
            Active = true
            Open = run.Open
            Start = if run.Active then run.Start else until - seconds
            End = until
            Seconds = run.Seconds + run.PauseSeconds + seconds
            Weighted = run.Weighted + run.PauseWeighted + seconds * probability
            PauseSeconds = 0.0
            PauseWeighted = 0.0
            BlindSeconds = 0.0
        }

        let opened = longer.Open || longer.Seconds >= rules.MinimumSeconds - tolerance
        let longer = { longer with Open = opened }

        if run.Active && run.Open then
            tell events EpisodeEventKind.Extended longer
        elif opened then
            tell events EpisodeEventKind.Opened longer

        longer

    let private settleUntil rules events (until: float) (state: EpisodeState) =
        let probability = state.Pending.Value.Probability.Value
        let seconds = until - state.PendingFrom

        let state = {
            state with
                Pending = Nullable()
                Settled = Nullable until
                ClassifiableSeconds = state.ClassifiableSeconds + seconds
        }

        let run = state.Run

        if
            probability
            >= (if run.Active then
                    rules.OffsetProbability
                else
                    rules.OnsetProbability)
        then
            {
                state with
                    Run = extend rules events seconds probability until run
            }
        elif not run.Active then
            state
        else
            let paused = {
                run with
                    PauseSeconds = run.PauseSeconds + seconds
                    PauseWeighted = run.PauseWeighted + seconds * probability
            }

            if paused.PauseSeconds > rules.MergeGapSeconds + tolerance then
                closeRun events state
            else
                { state with Run = paused }

    /// Lets the pending window decide the time up to `until`. That time may be settled already, when a stream that was
    /// ended goes on with windows that reach back; then nothing happens.
    let settlePending rules events (until: float) (state: EpisodeState) =
        if until > state.PendingFrom then
            settleUntil rules events until state
        else
            { state with Pending = Nullable() }

    /// Takes a smoothed window.
    let take (rules: EpisodeRules) events (window: Verdict) (state: EpisodeState) =
        let state =
            if state.Settled.HasValue then
                state
            else
                {
                    state with
                        Settled = Nullable window.StartSeconds
                }

        // No later window reaches back beyond this one's start.
        let state =
            if state.Pending.HasValue then
                let ends = state.Pending.Value.StartSeconds + rules.WindowSeconds

                if window.StartSeconds > ends - tolerance then
                    settlePending rules events ends state
                elif window.Probability.HasValue then
                    let middle =
                        (state.Pending.Value.StartSeconds + window.StartSeconds + rules.WindowSeconds)
                        / 2.0

                    settlePending rules events middle state
                else
                    state
            else
                state

        if state.Pending.HasValue then
            state
        else
            let state = blind rules events window.StartSeconds state

            if window.Probability.HasValue then
                {
                    state with
                        Pending = Nullable window
                        PendingFrom = state.Settled.Value
                }
            else
                state
