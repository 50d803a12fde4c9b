namespace Mina.Model

open System
open System.Collections.Generic

/// A misjudged window with its trace.
type Mistake = {
    /// The window and its probability.
    Score: WindowScore
    /// (3000): the original channel at 300 Hz, in standard deviations of the recording.
    Trace: float32[]
}

/// The worst mistakes of one kind, at most one of each recording. The value is immutable, and its contents do not
/// depend on the order in which windows come.
[<Sealed>]
type WorstMistakes private (capacity: int, classOfMistake: int, held: Mistake list) =
    /// Compares two scores; the result is below zero where a is worse. Equal probabilities are ordered by id and start,
    /// so that the choice is the same every time.
    let compareScores (a: WindowScore) (b: WindowScore) =
        let byProbability =
            if classOfMistake = 0 then
                b.Probability.CompareTo a.Probability
            else
                a.Probability.CompareTo b.Probability

        if byProbability <> 0 then
            byProbability
        else
            match String.CompareOrdinal(a.RecordingId, b.RecordingId) with
            | 0 -> a.Start.CompareTo b.Start
            | byId -> byId

    /// <summary>Creates a value that holds no mistakes yet.</summary>
    /// <param name="capacity">The largest number of mistakes, and so of recordings, that are kept.</param>
    /// <param name="classOfMistake">0 for false positives, where a higher probability is worse; 1 for false negatives,
    /// where a lower one is worse.</param>
    new(capacity: int, classOfMistake: int) = WorstMistakes(capacity, classOfMistake, [])

    /// The mistakes, the worst first.
    member _.Worst: IReadOnlyList<Mistake> = held

    /// The worst mistakes with this window taken into account. Its trace is copied only if the window is among them.
    member this.With(score: WindowScore, trace: ReadOnlySpan<float32>) : WorstMistakes =
        // A recording takes one place, so its own mistake is the one to beat. A new recording must beat the mildest
        // mistake once all places are taken.
        let rival =
            match held |> List.tryFind (fun m -> m.Score.RecordingId = score.RecordingId) with
            | None when held.Length = capacity -> List.tryLast held
            | own -> own

        let isKept =
            capacity > 0
            && (match rival with
                | Some rival -> compareScores score rival.Score < 0
                | None -> true)

        if not isKept then
            this
        else
            let others =
                match rival with
                | Some rival -> held |> List.filter (fun m -> not (obj.ReferenceEquals(m, rival)))
                | None -> held

            let held =
                {
                    Score = score
                    Trace = trace.ToArray()
                }
                :: others
                |> List.sortWith (fun a b -> compareScores a.Score b.Score)

            WorstMistakes(capacity, classOfMistake, held)
