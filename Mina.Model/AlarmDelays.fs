namespace Mina.Model

open System

/// A detected episode, and the time at which a monitor that got the recording live would have reported it.
[<Struct>]
type ReportedEpisode = {
    Episode: Span
    /// The time of the report, in seconds from the recording's start.
    ReportedSeconds: float
}

/// The delays from the onsets of AF to the reports of its episodes. Values add up over recordings.
type AlarmDelays = {
    /// The seconds from onset to report, for each episode that was found, in rising order.
    Seconds: float[]
    /// The number of episodes at whose onset an alarm was on already.
    AlreadyOn: int
    /// The number of episodes that no alarm overlaps.
    Missed: int
} with

    /// The delay that a share (0 .. 1) of the episodes found does not exceed; NaN where none was found.
    member d.Quantile(share: float) : float =
        if d.Seconds.Length = 0 then
            nan
        else
            d.Seconds[max 0 (int (ceil (share * float d.Seconds.Length - 1e-9)) - 1)]

/// Computes when a monitor reports episodes. A verdict comes when its window and its look-ahead are over, and an
/// episode is reported when it has lasted for the rules' minimum.
[<RequireQualifiedAccess>]
module AlarmDelays =
    /// <summary>Computes the episodes of a recording's verdicts, in order of time, with the time of each
    /// report.</summary>
    /// <param name="rules">The rules of episodes.</param>
    /// <param name="verdictDelay">The seconds from a window's start to its verdict.</param>
    /// <param name="seconds">The length of the recording.</param>
    /// <param name="verdicts">The verdicts in order of time.</param>
    [<CompiledName("Episodes")>]
    let episodes
        (rules: EpisodeRules)
        (verdictDelay: float)
        (seconds: float)
        (verdicts: Verdict seq)
        : ReportedEpisode[] =
        let opened = ResizeArray<float>()
        let closed = ResizeArray<Episode>()

        let keep at (events: EpisodeEvent[]) =
            for e in events do
                if e.Kind = EpisodeEventKind.Opened then
                    opened.Add at
                elif e.Kind = EpisodeEventKind.Closed then
                    closed.Add e.Episode

        let mutable state = Episodes.start

        for verdict in verdicts do
            let struct (next, events) = Episodes.step rules state verdict
            keep (min seconds (verdict.StartSeconds + verdictDelay)) events
            state <- next

        let struct (_, events) = Episodes.finish rules state seconds
        keep seconds events

        Seq.zip closed opened
        |> Seq.map (fun (episode, at) -> {
            Episode = {
                Start = episode.StartSeconds
                End = episode.EndSeconds
            }
            ReportedSeconds = at
        })
        |> Seq.toArray

    /// <summary>Computes the delays of one recording.</summary>
    /// <param name="minimum">The rules' minimum in seconds. Shorter episodes of the reference raise no alarm and do not
    /// count.</param>
    /// <param name="period">The time that is compared; an episode that began before it has no onset in it.</param>
    /// <param name="reference">The AF of the reference.</param>
    /// <param name="reported">The result of `episodes`.</param>
    [<CompiledName("Measure")>]
    let measure (minimum: float) (period: Span) (reference: Span[]) (reported: ReportedEpisode[]) : AlarmDelays =
        let delays = ResizeArray()
        let mutable already, missed = 0, 0

        for r in EpisodeComparisons.tidy reference do
            if r.Start > period.Start && min r.End period.End - r.Start >= minimum then
                match reported |> Array.tryFind (fun e -> EpisodeComparisons.common e.Episode r > 0.0) with
                | None -> missed <- missed + 1
                | Some e when e.ReportedSeconds <= r.Start -> already <- already + 1
                | Some e -> delays.Add(e.ReportedSeconds - r.Start)

        {
            Seconds = delays.ToArray() |> Array.sort
            AlreadyOn = already
            Missed = missed
        }

    /// Adds up the delays of all recordings.
    [<CompiledName("Gross")>]
    let gross (recordings: AlarmDelays seq) : AlarmDelays =
        let all = Seq.toArray recordings

        {
            Seconds = all |> Array.collect _.Seconds |> Array.sort
            AlreadyOn = all |> Array.sumBy _.AlreadyOn
            Missed = all |> Array.sumBy _.Missed
        }
