namespace Mina.Model

/// The minutes of a recording, counted by the verdicts of a reference and a detector. Counts add up over recordings.
type MinuteComparison = {
    /// AF by both the reference and the detector.
    Both: int
    /// AF by the reference alone, so it was missed.
    ReferenceOnly: int
    /// AF by the detector alone, so it is false.
    DetectedOnly: int
    /// AF by neither.
    Neither: int
} with

    static member private Ratio(part: int, whole: int) =
        if whole > 0 then float part / float whole else nan

    /// The share of the minutes of AF that were detected; NaN without any.
    member c.Sensitivity = MinuteComparison.Ratio(c.Both, c.Both + c.ReferenceOnly)

    /// The share of the minutes detected as AF that are AF; NaN without any.
    member c.Ppv = MinuteComparison.Ratio(c.Both, c.Both + c.DetectedOnly)

    /// The number of minutes that were judged.
    member c.Minutes = c.Both + c.ReferenceOnly + c.DetectedOnly + c.Neither

/// Compares AF minute by minute. For each side, a minute is AF when AF fills at least half of it. Minutes follow each
/// other from the start of the compared period, and the last one is judged where it has 30 s or more. In a minute with
/// excluded time the rest is judged, if that is 30 s or more.
[<RequireQualifiedAccess>]
module MinuteComparisons =
    let private minute = 60.0

    /// Rounding keeps sums of parts just below a half.
    let private tolerance = 1e-6

    let private none = {
        Both = 0
        ReferenceOnly = 0
        DetectedOnly = 0
        Neither = 0
    }

    /// <summary>Compares one recording.</summary>
    /// <param name="reference">The AF of the reference; spans that overlap count once.</param>
    /// <param name="detected">The AF that was detected.</param>
    /// <param name="excluded">The time that is not judged.</param>
    /// <param name="period">The time that is compared.</param>
    [<CompiledName("Compare")>]
    let compare (reference: Span[]) (detected: Span[]) (excluded: Span[]) (period: Span) : MinuteComparison =
        let reference = EpisodeComparisons.tidy reference
        let detected = EpisodeComparisons.tidy detected
        let excluded = EpisodeComparisons.tidy excluded

        let rec judge start counts =
            let whole = {
                Start = start
                End = min (start + minute) period.End
            }

            if whole.End - whole.Start < minute / 2.0 - tolerance then
                counts
            else
                let parts = EpisodeComparisons.without excluded whole
                let seconds = parts |> List.sumBy (fun p -> p.End - p.Start)

                let isAF spans =
                    2.0
                    * (parts |> List.sumBy (fun p -> spans |> List.sumBy (EpisodeComparisons.common p)))
                    >= seconds - tolerance

                let counts =
                    if seconds < minute / 2.0 - tolerance then
                        counts
                    else
                        match isAF reference, isAF detected with
                        | true, true -> { counts with Both = counts.Both + 1 }
                        | true, false -> {
                            counts with
                                ReferenceOnly = counts.ReferenceOnly + 1
                          }
                        | false, true -> {
                            counts with
                                DetectedOnly = counts.DetectedOnly + 1
                          }
                        | false, false -> {
                            counts with
                                Neither = counts.Neither + 1
                          }

                judge (start + minute) counts

        judge period.Start none

    /// Adds up the counts of all recordings.
    [<CompiledName("Gross")>]
    let gross (recordings: MinuteComparison seq) : MinuteComparison =
        recordings
        |> Seq.fold
            (fun a b -> {
                Both = a.Both + b.Both
                ReferenceOnly = a.ReferenceOnly + b.ReferenceOnly
                DetectedOnly = a.DetectedOnly + b.DetectedOnly
                Neither = a.Neither + b.Neither
            })
            none
