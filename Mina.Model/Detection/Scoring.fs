namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess

/// What a person or a detector says of a record.
type RecordAnnotations = {
    /// The record's name.
    Id: string
    /// How long the record is.
    Seconds: float
    /// Of the beats and of Cpsc: mostly the sampling frequency.
    TicksPerSecond: float
    /// Null where no beats are marked.
    Beats: BeatMarks | null
    /// In order of time; null where no rhythm is.
    Rhythms: IReadOnlyList<RhythmSpan> | null
    /// Some of the beats are paced.
    IsPaced: bool
    /// Null where the record is not one of CPSC 2021.
    Cpsc: CpscReference | null
}

/// How a detector's annotations are scored.
[<Sealed>]
type ScoringOptions() =
    /// What "(AFL" counts as.
    member val Flutter = Flutter.NotAF with get, set

    /// Seconds at each record's start that are left out; ANSI/AAMI EC57 says 300.
    member val LearningSeconds = 0.0 with get, set

    /// Seconds; episodes that are shorter do not count.
    member val ShortestSeconds = 0.0 with get, set

    /// Seconds between two marks of the same beat, at most; EC57 says 0.15.
    member val BeatWindowSeconds = 0.15 with get, set

    /// Whether records with paced beats are scored; EC57 leaves them out.
    member val WithPaced = true with get, set

    /// Whether records are scored by the rule of CPSC 2021 too.
    member val WithCpsc = false with get, set

/// One record, scored. What one of the two sides says nothing of is null.
type ScoredRecord = {
    Id: string
    IsPaced: bool
    Beats: BeatComparison | null
    Rhythm: EpisodeComparison | null
    Minutes: MinuteComparison | null
    Cpsc: CpscScore | null
}

/// What scoring came to.
type ScoringResult = {
    /// How it was scored.
    Options: ScoringOptions
    /// In the order given.
    Records: IReadOnlyList<ScoredRecord>
    /// Paced records that were left out.
    LeftOut: IReadOnlyList<string>
    /// One sentence for each record that could not be scored.
    Failures: IReadOnlyList<string>
} with

    /// The beat comparisons there are.
    member result.Beats: BeatComparison[] =
        result.Records |> Seq.choose (fun r -> Option.ofObj r.Beats) |> Seq.toArray

    /// The episode comparisons there are.
    member result.Rhythms: EpisodeComparison[] =
        result.Records |> Seq.choose (fun r -> Option.ofObj r.Rhythm) |> Seq.toArray

    /// The minutes of all records.
    member result.Minutes: MinuteComparison =
        result.Records
        |> Seq.choose (fun r -> Option.ofObj r.Minutes)
        |> MinuteComparisons.gross

    /// The scores by the rule of CPSC 2021 there are.
    member result.Cpsc: CpscScore[] =
        result.Records |> Seq.choose (fun r -> Option.ofObj r.Cpsc) |> Seq.toArray

/// Scores a detector's annotations against a reference's, whoever made them.
[<RequireQualifiedAccess>]
module Scoring =
    /// What a detector's episodes are to the rule of CPSC 2021, which knows samples.
    [<CompiledName("CpscEpisodes")>]
    let cpscEpisodes (fs: float) (length: int64) (episodes: Span seq) : CpscEpisode[] =
        let sample (seconds: float) =
            int64 (Math.Round(min (seconds * fs) (float length)))

        [|
            for e in episodes ->
                {
                    Onset = max 0L (sample e.Start)
                    // An episode that lasts to the end of the record holds its last sample.
                    End = min (length - 1L) (sample e.End)
                }
        |]

    let private beats (options: ScoringOptions) (reference: RecordAnnotations) (detected: RecordAnnotations) =
        match reference.Beats, detected.Beats with
        | NonNull truth, NonNull found ->
            // As WFDB's programs turn seconds into samples.
            let ticks (seconds: float) =
                int64 (Math.Round(seconds * reference.TicksPerSecond, MidpointRounding.AwayFromZero))

            BeatComparisons.compare
                (ticks options.BeatWindowSeconds)
                (ticks options.LearningSeconds)
                (ticks reference.Seconds)
                truth
                found
            |> Some
        | _ -> None

    /// <summary>Scores one record.</summary>
    /// <param name="options">How.</param>
    /// <param name="reference">What is true.</param>
    /// <param name="detected">What is judged; its beats are in the reference's ticks.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The record is no longer than the learning
    /// period.</exception>
    [<CompiledName("Score")>]
    let score (options: ScoringOptions) (reference: RecordAnnotations) (detected: RecordAnnotations) : ScoredRecord =
        if options.LearningSeconds >= reference.Seconds then
            raise (
                ProblemException(
                    $"%s{reference.Id} lasts %g{reference.Seconds} s, no longer than the learning period, "
                    + "so nothing of it is compared."
                )
            )

        let rhythm =
            match reference.Rhythms, detected.Rhythms with
            | NonNull truth, NonNull found ->
                let struct (af, excluded) = RecordingsEvaluator.Reference(truth, options.Flutter)
                let struct (detectedAF, _) = RecordingsEvaluator.Reference(found, options.Flutter)

                let period: Span = {
                    Start = options.LearningSeconds
                    End = reference.Seconds
                }

                Some(
                    EpisodeComparisons.compare af detectedAF excluded period options.ShortestSeconds,
                    MinuteComparisons.compare af detectedAF excluded period
                )
            | _ -> None

        let cpsc =
            match reference.Cpsc, detected.Rhythms with
            | NonNull truth, NonNull found when options.WithCpsc ->
                let struct (predicted, _) = RecordingsEvaluator.Reference(found, Flutter.AF)
                Some(CpscScores.score truth (cpscEpisodes reference.TicksPerSecond truth.Length predicted))
            | _ -> None

        {
            Id = reference.Id
            IsPaced = reference.IsPaced
            Beats = beats options reference detected |> Option.toObj
            Rhythm = rhythm |> Option.map fst |> Option.toObj
            Minutes = rhythm |> Option.map snd |> Option.toObj
            Cpsc = cpsc |> Option.toObj
        }

    /// <summary>Scores one record after the other.</summary>
    /// <param name="options">How.</param>
    /// <param name="records">Each gives a record's two sides, the reference's first; one that raises a ProblemException
    /// is a failure, and the rest go on.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">None could be scored.</exception>
    [<CompiledName("Run")>]
    let run
        (options: ScoringOptions)
        (records: Func<struct (RecordAnnotations * RecordAnnotations)> seq)
        : ScoringResult =
        let scored = ResizeArray()
        let leftOut = ResizeArray()
        let failures = ResizeArray()

        for read in records do
            try
                let struct (reference, detected) = read.Invoke()

                if reference.IsPaced && not options.WithPaced then
                    leftOut.Add reference.Id
                else
                    scored.Add(score options reference detected)
            with :? ProblemException as e ->
                failures.Add e.Message

        if scored.Count = 0 then
            let why =
                if failures.Count > 0 then
                    $"the first of %d{failures.Count} reasons: %s{failures[0]}"
                elif leftOut.Count > 0 then
                    "all are paced, and those are left out."
                else
                    "there is none."

            raise (ProblemException $"no record could be scored; %s{why}")

        {
            Options = options
            Records = scored
            LeftOut = leftOut
            Failures = failures
        }
