namespace Mina.Model

open System

/// The class of a record in CPSC 2021.
type CpscClass =
    | NonAF = 0
    | Persistent = 1
    | Paroxysmal = 2

/// A record's annotations, as the score of CPSC 2021 reads them.
type CpscReference = {
    Class: CpscClass
    /// The samples of all annotations, beats and changes of rhythm, in order of time.
    Marks: int64[]
    /// The true episodes, each as the indices in Marks of the annotations at which AF begins and ends.
    Episodes: struct (int * int)[]
    /// The number of samples in the record.
    Length: int64
}

/// A predicted episode: its first and last sample.
[<Struct>]
type CpscEpisode = { Onset: int64; End: int64 }

/// The score of a record.
type CpscScore = {
    Class: CpscClass
    Predicted: CpscClass
    /// Ur, the score of the rhythm class, -2 to 1.
    RhythmScore: float
    /// Ue, the score of onsets and ends, 0 or more.
    EpisodeScore: float
} with

    /// U, the sum of the two.
    member score.Total = score.RhythmScore + score.EpisodeScore

/// The score of the China Physiological Signal Challenge 2021, which counts AF of any length. Onset and end of an
/// episode each earn 1 within a beat of a true one and 0.5 within two, times true / max(true, predicted) episodes. The
/// record's class earns the element of a matrix.
[<RequireQualifiedAccess>]
module CpscScores =
    /// The scores by true and predicted class.
    let private classScores = [| [| 1.0; -1.0; -0.5 |]; [| -2.0; 1.0; 0.0 |]; [| -1.0; 0.0; 1.0 |] |]

    let private within (from: int64) (until: int64) (t: int64) = from <= t && t < until

    let private onsetCredit (reference: CpscReference) (s: int) (t: int64) =
        let mark k =
            if k >= reference.Marks.Length then
                reference.Length
            else
                reference.Marks[k]

        if reference.Class = CpscClass.Persistent then
            if t < mark (s + 2) then 1.0
            elif t < mark (s + 3) then 0.5
            else 0.0
        else
            // So near the record's beginning, the credit reaches back to it.
            let full = if s <= 1 then 0L else mark (s - 1)
            let half = if s <= 2 then 0L else mark (s - 2)

            if within full (mark (s + 2)) t then
                1.0
            elif within half full t || within (mark (s + 2)) (mark (s + 3)) t then
                0.5
            else
                0.0

    let private endCredit (reference: CpscReference) (e: int) (t: int64) =
        let last = reference.Marks.Length - 1

        let mark k =
            if k < 0 then 0L else reference.Marks[k]

        let full, half = mark (e - 2), mark (e - 3)

        if reference.Class = CpscClass.Persistent then
            if t >= full then 1.0
            elif within half full t then 0.5
            else 0.0
        else
            // So near the record's end, the credit reaches to it.
            let fullUntil = if e + 1 >= last then Int64.MaxValue else mark (e + 1)
            let halfUntil = if e + 2 >= last then Int64.MaxValue else mark (e + 2)

            if within full fullUntil t then
                1.0
            elif within half full t || within fullUntil halfUntil t then
                0.5
            else
                0.0

    /// The class of a record with these predictions, which is persistent where one episode fills the record.
    [<CompiledName("ClassOf")>]
    let classOf (length: int64) (predicted: CpscEpisode[]) : CpscClass =
        match predicted with
        | [||] -> CpscClass.NonAF
        | [| one |] when one.End - one.Onset = length - 1L -> CpscClass.Persistent
        | _ -> CpscClass.Paroxysmal

    /// <summary>Scores the predictions for one record.</summary>
    [<CompiledName("Score")>]
    let score (reference: CpscReference) (predicted: CpscEpisode[]) : CpscScore =
        let called = classOf reference.Length predicted
        let count = reference.Episodes.Length

        let credits =
            predicted
            |> Array.sumBy (fun p ->
                reference.Episodes
                |> Array.sumBy (fun struct (s, e) -> onsetCredit reference s p.Onset + endCredit reference e p.End))

        {
            Class = reference.Class
            Predicted = called
            RhythmScore = classScores[int reference.Class][int called]
            EpisodeScore =
                if reference.Class = CpscClass.NonAF || count = 0 then
                    0.0
                else
                    credits * float count / float (max count predicted.Length)
        }

    /// The challenge's score: the mean over records; NaN without any.
    [<CompiledName("Mean")>]
    let mean (scores: CpscScore seq) : float =
        let all = Seq.toArray scores

        if all.Length = 0 then
            nan
        else
            all |> Array.averageBy _.Total
