namespace Mina.Model

open System

/// A stretch of time in seconds; End >= Start.
[<Struct>]
type Span = { Start: float; End: float }

/// The comparison of one recording's detected AF episodes with those of a reference. Counts and seconds add up over
/// recordings ("gross"), and the ratios of single recordings can be averaged ("average").
type EpisodeComparison = {
    /// The number of reference episodes, and of those that a detected episode overlaps.
    ReferenceEpisodes: int
    ReferenceFound: int
    /// The number of detected episodes, and of those that a reference episode overlaps.
    DetectedEpisodes: int
    DetectedTrue: int
    /// The seconds of reference AF, and those of them that were detected.
    ReferenceSeconds: float
    ReferenceFoundSeconds: float
    /// The seconds of detected AF, and those of them that are true.
    DetectedSeconds: float
    DetectedTrueSeconds: float
    /// The seconds that were compared.
    ComparedSeconds: float
} with

    static member private Ratio(part: float, whole: float) =
        if whole > 0.0 then part / whole else nan

    /// The share of the reference episodes that were found; NaN where there are none.
    member c.EpisodeSensitivity =
        EpisodeComparison.Ratio(float c.ReferenceFound, float c.ReferenceEpisodes)

    /// The share of the detected episodes that are true; NaN where there are none.
    member c.EpisodePpv =
        EpisodeComparison.Ratio(float c.DetectedTrue, float c.DetectedEpisodes)

    /// The share of the reference AF time that was detected; NaN where there is none.
    member c.DurationSensitivity =
        EpisodeComparison.Ratio(c.ReferenceFoundSeconds, c.ReferenceSeconds)

    /// The share of the detected AF time that is true; NaN where there is none.
    member c.DurationPpv =
        EpisodeComparison.Ratio(c.DetectedTrueSeconds, c.DetectedSeconds)

    /// The detected episodes that no reference episode overlaps, per 24 h compared; NaN where no time was compared.
    member c.FalseEpisodesPerDay =
        EpisodeComparison.Ratio(float (c.DetectedEpisodes - c.DetectedTrue) * 86400.0, c.ComparedSeconds)

    /// The detected seconds outside the reference's, per 24 h compared; NaN where no time was compared.
    member c.FalseSecondsPerDay =
        EpisodeComparison.Ratio((c.DetectedSeconds - c.DetectedTrueSeconds) * 86400.0, c.ComparedSeconds)

/// Detected AF against a reference, as ANSI/AAMI EC57 and WFDB's `epicmp` define it: an episode is found (or true) when
/// one of the other side overlaps it at all, however briefly; duration figures count the time that both share.
[<RequireQualifiedAccess>]
module EpisodeComparisons =
    /// Sorts spans, leaves out empty ones and joins those that overlap or touch.
    let internal tidy (spans: Span[]) : Span list =
        spans
        |> Array.filter (fun s -> s.End > s.Start)
        |> Array.sortBy _.Start
        |> Array.fold
            (fun joined s ->
                match joined with
                | last :: rest when s.Start <= last.End -> { last with End = max last.End s.End } :: rest
                | _ -> s :: joined)
            []
        |> List.rev

    let private clip (period: Span) (spans: Span[]) : Span[] =
        spans
        |> Array.map (fun s -> {
            Start = max s.Start period.Start
            End = min s.End period.End
        })

    let internal common (a: Span) (b: Span) =
        max 0.0 (min a.End b.End - max a.Start b.Start)

    let private seconds (spans: Span list) =
        spans |> List.sumBy (fun s -> s.End - s.Start)

    /// The parts of a span that lie outside tidy spans, in order of time.
    let internal without (excluded: Span list) (span: Span) : Span list =
        let rec cut from excluded =
            match excluded with
            | _ when from >= span.End -> []
            | [] -> [ { Start = from; End = span.End } ]
            | e :: rest when e.End <= from -> cut from rest
            | e :: rest when e.Start >= span.End -> [ { Start = from; End = span.End } ]
            | e :: rest when e.Start > from -> { Start = from; End = e.Start } :: cut e.End rest
            | e :: rest -> cut e.End rest

        cut span.Start excluded

    /// The seconds of a span that lie outside tidy spans.
    let private outside (excluded: Span list) (span: Span) =
        (span.End - span.Start) - (excluded |> List.sumBy (common span))

    /// <summary>Compares one recording.</summary>
    /// <param name="reference">The AF of the reference.</param>
    /// <param name="detected">The AF that was detected.</param>
    /// <param name="excluded">Time that counts neither for nor against a detection, such as atrial flutter (epicmp's
    /// -x).</param>
    /// <param name="period">The time that is compared; episodes are cut off at its ends. EC57 leaves out the first 5
    /// minutes.</param>
    /// <param name="shortest">Episodes shorter than this many seconds, after they are cut off, do not count as
    /// reference or as detected, but those of the other side may overlap them (epicmp's -i). 0 counts all.</param>
    [<CompiledName("Compare")>]
    let compare
        (reference: Span[])
        (detected: Span[])
        (excluded: Span[])
        (period: Span)
        (shortest: float)
        : EpisodeComparison =
        let reference = reference |> clip period |> tidy
        let detected = detected |> clip period |> tidy
        let excluded = excluded |> clip period |> tidy
        let overlap span = List.sumBy (common span)

        let counted = reference |> List.filter (fun r -> r.End - r.Start >= shortest)

        // Excluded time is no part of a detection, and a detection that lies wholly in excluded time does not count.
        let judged =
            detected
            |> List.map (fun d -> d, outside excluded d)
            |> List.filter (fun (_, left) -> left > 1e-9 && left >= shortest)

        let truth d =
            reference
            |> List.sumBy (fun r ->
                let shared = {
                    Start = max r.Start d.Start
                    End = min r.End d.End
                }

                if shared.End > shared.Start then
                    outside excluded shared
                else
                    0.0)

        {
            ReferenceEpisodes = counted.Length
            ReferenceFound = counted |> List.filter (fun r -> overlap r detected > 0.0) |> List.length
            DetectedEpisodes = judged.Length
            DetectedTrue = judged |> List.filter (fun (d, _) -> truth d > 0.0) |> List.length
            ReferenceSeconds = seconds counted
            ReferenceFoundSeconds = counted |> List.sumBy (fun r -> overlap r detected)
            DetectedSeconds = judged |> List.sumBy snd
            DetectedTrueSeconds = judged |> List.sumBy (fun (d, _) -> truth d)
            ComparedSeconds = max 0.0 (period.End - period.Start)
        }

    let private zero = {
        ReferenceEpisodes = 0
        ReferenceFound = 0
        DetectedEpisodes = 0
        DetectedTrue = 0
        ReferenceSeconds = 0.0
        ReferenceFoundSeconds = 0.0
        DetectedSeconds = 0.0
        DetectedTrueSeconds = 0.0
        ComparedSeconds = 0.0
    }

    /// Adds up the counts and seconds of all recordings; the ratios of the sum are EC57's "gross" figures.
    [<CompiledName("Gross")>]
    let gross (recordings: EpisodeComparison seq) : EpisodeComparison =
        recordings
        |> Seq.fold
            (fun a b -> {
                ReferenceEpisodes = a.ReferenceEpisodes + b.ReferenceEpisodes
                ReferenceFound = a.ReferenceFound + b.ReferenceFound
                DetectedEpisodes = a.DetectedEpisodes + b.DetectedEpisodes
                DetectedTrue = a.DetectedTrue + b.DetectedTrue
                ReferenceSeconds = a.ReferenceSeconds + b.ReferenceSeconds
                ReferenceFoundSeconds = a.ReferenceFoundSeconds + b.ReferenceFoundSeconds
                DetectedSeconds = a.DetectedSeconds + b.DetectedSeconds
                DetectedTrueSeconds = a.DetectedTrueSeconds + b.DetectedTrueSeconds
                ComparedSeconds = a.ComparedSeconds + b.ComparedSeconds
            })
            zero

    /// The mean of the numbers that are defined; NaN where none is.
    let internal meanOfDefined (numbers: float seq) : float =
        let known = numbers |> Seq.filter (Double.IsNaN >> not) |> Seq.toArray
        if known.Length = 0 then nan else Array.average known

    /// The mean of a ratio over the recordings where it is defined, which is EC57's "average"; NaN where it is defined
    /// in none.
    [<CompiledName("Average")>]
    let average (ratio: Func<EpisodeComparison, float>) (recordings: EpisodeComparison seq) : float =
        recordings |> Seq.map ratio.Invoke |> meanOfDefined
