namespace Mina.Model

open System
open Mina.Preprocess.Beats

/// The settings by which the network's verdicts become episodes.
type EpisodeJudge = {
    /// The rhythm level, which judges windows again by their minute and from whose verdicts episodes are made; null
    /// makes them from the network's.
    Rhythm: RhythmModel | null
    /// The rules for the verdicts that episodes are made from.
    Rules: EpisodeRules
} with

    /// The rhythm level with its own rules or, for null, the rules for a threshold of the network's probability.
    static member For(rhythm: RhythmModel | null, threshold: float) : EpisodeJudge = {
        Rhythm = rhythm
        Rules =
            match rhythm with
            | null -> EpisodeRules.At threshold
            | model -> model.Settings.Rules
    }

/// The state of episodes after some windows, from which they continue. It is plain data.
type JudgeState = {
    Rhythm: RhythmState
    Episodes: EpisodeState
}

/// Makes episodes from the network's verdicts. Recordings and streams both go this way, so that they agree.
[<RequireQualifiedAccess>]
module EpisodeJudges =
    /// The state before the first window.
    [<CompiledName("Start")>]
    let start: JudgeState = {
        Rhythm = RhythmLevel.start
        Episodes = Episodes.start
    }

    let private take rules (episodes: EpisodeState) (verdicts: Verdict[]) =
        let events = ResizeArray<EpisodeEvent>()
        let mutable episodes = episodes

        for verdict in verdicts do
            let struct (next, happened) = Episodes.step rules episodes verdict
            events.AddRange happened
            episodes <- next

        struct (episodes, events)

    /// <summary>Takes the next window.</summary>
    /// <param name="judge">The settings.</param>
    /// <param name="state">The state after the window before it.</param>
    /// <param name="beats">The beats, as for `RhythmLevel.Step`; without a rhythm level they do not matter.</param>
    /// <param name="window">The network's verdict of the window.</param>
    /// <returns>The new state, the rhythm level's verdicts of earlier windows that are due, and the changes of
    /// episodes.</returns>
    [<CompiledName("Step")>]
    let step (judge: EpisodeJudge) (state: JudgeState) (beats: Beat[]) (window: Verdict) =
        match judge.Rhythm with
        | null ->
            let struct (episodes, events) = Episodes.step judge.Rules state.Episodes window
            struct ({ state with Episodes = episodes }, Array.empty<Verdict>, events)
        | model ->
            let struct (rhythm, verdicts) = RhythmLevel.step model state.Rhythm beats window
            let struct (episodes, events) = take judge.Rules state.Episodes verdicts

            struct ({ Rhythm = rhythm; Episodes = episodes }, verdicts, events.ToArray())

    /// <summary>Ends the stream: the rhythm level judges the windows that wait, and an open episode is
    /// closed.</summary>
    /// <param name="judge">The settings.</param>
    /// <param name="state">The state after the last window.</param>
    /// <param name="endSeconds">The end, as for `Episodes.Finish`.</param>
    /// <returns>The same as `Step` returns. Windows may follow later.</returns>
    [<CompiledName("Finish")>]
    let finish (judge: EpisodeJudge) (state: JudgeState) (endSeconds: float) =
        let struct (rhythm, verdicts) =
            match judge.Rhythm with
            | null -> struct (state.Rhythm, Array.empty<Verdict>)
            | model -> RhythmLevel.finish model state.Rhythm

        let struct (episodes, events) = take judge.Rules state.Episodes verdicts
        let struct (episodes, closed) = Episodes.finish judge.Rules episodes endSeconds
        events.AddRange closed

        struct ({ Rhythm = rhythm; Episodes = episodes }, verdicts, events.ToArray())

    /// <summary>Makes the episodes of a whole recording.</summary>
    /// <param name="judge">The settings.</param>
    /// <param name="beats">All its beats, in order of time; they may be left out where there is no rhythm
    /// level.</param>
    /// <param name="windows">The network's verdicts, in order of time.</param>
    /// <param name="endSeconds">The recording's length.</param>
    /// <returns>The final state, which has the burden; the rhythm level's verdict of each window, which are none
    /// without the level; and the episodes in order of time.</returns>
    [<CompiledName("OfRecording")>]
    let ofRecording (judge: EpisodeJudge) (beats: Beat[]) (windows: Verdict seq) (endSeconds: float) =
        let verdicts = ResizeArray<Verdict>()
        let episodes = ResizeArray<Episode>()
        let mutable state = start
        let mutable next = 0

        let keep struct (after, due: Verdict[], events: EpisodeEvent[]) =
            verdicts.AddRange due

            for e in events do
                if e.Kind = EpisodeEventKind.Closed then
                    episodes.Add e.Episode

            state <- after

        for window in windows do
            let from = next

            while next < beats.Length && RhythmLevel.isDue beats[next] window.StartSeconds do
                next <- next + 1

            step judge state (Array.sub beats from (next - from)) window |> keep

        finish judge state endSeconds |> keep
        struct (state, verdicts.ToArray(), episodes.ToArray())
