namespace Mina.Model

open System

/// A detected episode, and when a monitor that got the recording live would have told of it.
[<Struct>]
type ToldEpisode = {
    Episode: Span
    /// Seconds from the recording's start.
    ToldSeconds: float
}

/// How long after its onset an episode of AF was told. Values add up over recordings.
type AlarmDelays = {
    /// Seconds from onset to notice, of the episodes that were found; in rising order.
    Seconds: float[]
    /// Episodes at whose onset the alarm was there already.
    AlreadyTold: int
    /// Episodes that no alarm overlaps.
    Missed: int
} with

    /// The delay that this share of the episodes found does not exceed, 0 .. 1; NaN without any.
    member d.Quantile(share: float) : float =
        if d.Seconds.Length = 0 then
            nan
        else
            d.Seconds[max 0 (int (ceil (share * float d.Seconds.Length - 1e-9)) - 1)]

/// From verdicts to the instants at which a monitor tells: a verdict comes when its window, and what it looks ahead, is
/// over; an episode is told when it has lasted for the rules' minimum.
[<RequireQualifiedAccess>]
module AlarmDelays =
    /// <summary>The episodes of a recording's verdicts, in order of time.</summary>
    /// <param name="rules">What makes episodes of them.</param>
    /// <param name="verdictDelay">Seconds from a window's start to its verdict.</param>
    /// <param name="seconds">Length of the recording.</param>
    /// <param name="verdicts">In order of time.</param>
    [<CompiledName("Told")>]
    let told (rules: EpisodeRules) (verdictDelay: float) (seconds: float) (verdicts: Verdict seq) : ToldEpisode[] =
        let opened = ResizeArray<float>()
        let episodes = ResizeArray<Episode>()

        let keep at (events: EpisodeEvent[]) =
            for e in events do
                if e.Kind = EpisodeEventKind.Opened then
                    opened.Add at
                elif e.Kind = EpisodeEventKind.Closed then
                    episodes.Add e.Episode

        let mutable state = Episodes.start

        for verdict in verdicts do
            let struct (next, events) = Episodes.step rules state verdict
            keep (min seconds (verdict.StartSeconds + verdictDelay)) events
            state <- next

        let struct (_, events) = Episodes.finish rules state seconds
        keep seconds events

        Seq.zip episodes opened
        |> Seq.map (fun (episode, at) -> {
            Episode = {
                Start = episode.StartSeconds
                End = episode.EndSeconds
            }
            ToldSeconds = at
        })
        |> Seq.toArray

    /// <summary>The delays of one recording.</summary>
    /// <param name="minimum">Seconds; episodes of the reference that are shorter raise no alarm by the rules, and are
    /// not asked for.</param>
    /// <param name="period">What is compared; an episode that began before it has no onset in it.</param>
    /// <param name="reference">The reference's AF.</param>
    /// <param name="told">`Told`.</param>
    [<CompiledName("Measure")>]
    let measure (minimum: float) (period: Span) (reference: Span[]) (told: ToldEpisode[]) : AlarmDelays =
        let delays = ResizeArray()
        let mutable already, missed = 0, 0

        for r in EpisodeComparisons.tidy reference do
            if r.Start > period.Start && min r.End period.End - r.Start >= minimum then
                match told |> Array.tryFind (fun t -> EpisodeComparisons.common t.Episode r > 0.0) with
                | None -> missed <- missed + 1
                | Some t when t.ToldSeconds <= r.Start -> already <- already + 1
                | Some t -> delays.Add(t.ToldSeconds - r.Start)

        {
            Seconds = delays.ToArray() |> Array.sort
            AlreadyTold = already
            Missed = missed
        }

    /// Those of all recordings together.
    [<CompiledName("Gross")>]
    let gross (recordings: AlarmDelays seq) : AlarmDelays =
        let all = Seq.toArray recordings

        {
            Seconds = all |> Array.collect _.Seconds |> Array.sort
            AlreadyTold = all |> Array.sumBy _.AlreadyTold
            Missed = all |> Array.sumBy _.Missed
        }
