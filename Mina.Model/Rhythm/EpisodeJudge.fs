namespace Mina.Model

open System
open Mina.Preprocess.Beats

/// What makes episodes of the network's verdicts.
type EpisodeJudge = {
    /// Judges windows again by their minute, so that episodes are made of its verdicts; null: of the network's.
    Rhythm: RhythmModel | null
    /// Of the verdicts that episodes are made of.
    Rules: EpisodeRules
} with

    /// The rhythm level with its own rules; null: the rules for a threshold of the network's probability.
    static member For(rhythm: RhythmModel | null, threshold: float) : EpisodeJudge = {
        Rhythm = rhythm
        Rules =
            match rhythm with
            | null -> EpisodeRules.At threshold
            | model -> model.Settings.Rules
    }

/// Where episodes stand after some windows. Nothing else is needed to go on; plain data.
type JudgeState = {
    Rhythm: RhythmState
    Episodes: EpisodeState
}

/// From the network's verdicts to episodes: the one way for recordings and streams, so that both say the same.
[<RequireQualifiedAccess>]
module EpisodeJudges =
    /// Before the first window.
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
    /// <param name="judge">How episodes are made.</param>
    /// <param name="state">After the window before it.</param>
    /// <param name="beats">As for `RhythmLevel.Step`; without a rhythm level they are not looked at.</param>
    /// <param name="window">As the network judged it.</param>
    /// <returns>The new state, the rhythm level's verdicts that are due (of earlier windows), and what happened to
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

    /// <summary>Ends the stream: the rhythm level judges what waits, and an open episode is closed.</summary>
    /// <param name="judge">How episodes are made.</param>
    /// <param name="state">After the last window.</param>
    /// <param name="endSeconds">As for `Episodes.Finish`.</param>
    /// <returns>As `Step`. Windows may follow later.</returns>
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

    /// <summary>The whole of a recording.</summary>
    /// <param name="judge">How episodes are made.</param>
    /// <param name="beats">All its beats, in order of time; without a rhythm level there need be none.</param>
    /// <param name="windows">As the network judged them, in order of time.</param>
    /// <param name="endSeconds">The recording's length.</param>
    /// <returns>The final state, which knows burden; the rhythm level's verdict of each window, none without it; the
    /// episodes in order of time.</returns>
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
