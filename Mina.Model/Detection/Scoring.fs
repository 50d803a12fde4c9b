namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess

/// The annotations of a record by a person or a detector.
type RecordAnnotations = {
    /// The record's name.
    Id: string
    /// The length of the record in seconds.
    Seconds: float
    /// The ticks in a second of Beats and Cpsc, which is mostly the sampling frequency.
    TicksPerSecond: float
    /// The beats; null where none are marked.
    Beats: BeatMarks | null
    /// The rhythms in order of time; null where none are marked.
    Rhythms: IReadOnlyList<RhythmSpan> | null
    /// Whether some of the beats are paced.
    IsPaced: bool
    /// The annotations for the rule of CPSC 2021; null where the record is not one of that challenge.
    Cpsc: CpscReference | null
}

/// The options of scoring a detector's annotations.
[<Sealed>]
type ScoringOptions() =
    /// The meaning of the annotation "(AFL".
    member val Flutter = Flutter.NotAF with get, set

    /// The seconds at each record's start that are left out; ANSI/AAMI EC57 leaves out 300.
    member val LearningSeconds = 0.0 with get, set

    /// The length in seconds below which episodes do not count.
    member val ShortestSeconds = 0.0 with get, set

    /// The largest number of seconds between two marks of the same beat; EC57 says 0.15.
    member val BeatWindowSeconds = 0.15 with get, set

    /// Whether records with paced beats are scored; EC57 leaves them out.
    member val WithPaced = true with get, set

    /// Whether records are also scored by the rule of CPSC 2021.
    member val WithCpsc = false with get, set

/// The scores of one record. A score is null where one of the two sides lacks the annotations for it.
type ScoredRecord = {
    Id: string
    IsPaced: bool
    Beats: BeatComparison | null
    Rhythm: EpisodeComparison | null
    Minutes: MinuteComparison | null
    Cpsc: CpscScore | null
}

/// The result of scoring.
type ScoringResult = {
    /// The options of the scoring.
    Options: ScoringOptions
    /// The records in the order given.
    Records: IReadOnlyList<ScoredRecord>
    /// The paced records that were left out.
    LeftOut: IReadOnlyList<string>
    /// One sentence for each record that could not be scored.
    Failures: IReadOnlyList<string>
} with

    /// The comparisons of beats, of the records that have one.
    member result.Beats: BeatComparison[] =
        result.Records |> Seq.choose (fun r -> Option.ofObj r.Beats) |> Seq.toArray

    /// The comparisons of episodes, of the records that have one.
    member result.Rhythms: EpisodeComparison[] =
        result.Records |> Seq.choose (fun r -> Option.ofObj r.Rhythm) |> Seq.toArray

    /// The minutes of all records.
    member result.Minutes: MinuteComparison =
        result.Records
        |> Seq.choose (fun r -> Option.ofObj r.Minutes)
        |> MinuteComparisons.gross

    /// The scores by the rule of CPSC 2021, of the records that have one.
    member result.Cpsc: CpscScore[] =
        result.Records |> Seq.choose (fun r -> Option.ofObj r.Cpsc) |> Seq.toArray

/// Scores any detector's annotations against those of a reference.
[<RequireQualifiedAccess>]
module Scoring =
    /// Converts a detector's episodes to samples, for the rule of CPSC 2021.
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
            // WFDB's programs round seconds to samples like this.
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
    /// <param name="options">The options of the scoring.</param>
    /// <param name="reference">The annotations that are true.</param>
    /// <param name="detected">The annotations that are scored, whose beats are in the reference's ticks.</param>
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
    /// <param name="options">The options of the scoring.</param>
    /// <param name="records">Functions that each give the two sides of a record, the reference's first. A
    /// ProblemException of one is a failure of that record alone.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">No record could be scored.</exception>
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
