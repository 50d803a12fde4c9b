namespace Mina.Model

open System
open System.Collections.Generic

/// How a window was judged.
type Outcome =
    /// AF, judged AF.
    | TruePositive = 0
    /// Not AF, judged not AF.
    | TrueNegative = 1
    /// Not AF, judged AF.
    | FalsePositive = 2
    /// AF, judged not AF.
    | FalseNegative = 3

/// The typical window of each outcome.
[<RequireQualifiedAccess>]
module TypicalWindows =
    /// How a score was judged at a threshold.
    [<CompiledName("OutcomeAt")>]
    let outcomeAt (threshold: float) (score: WindowScore) : Outcome =
        match score.Class = 1, score.Probability >= threshold with
        | true, true -> Outcome.TruePositive
        | true, false -> Outcome.FalseNegative
        | false, true -> Outcome.FalsePositive
        | false, false -> Outcome.TrueNegative

    let private compareScores (a: WindowScore) (b: WindowScore) =
        match a.Probability.CompareTo b.Probability, String.CompareOrdinal(a.RecordingId, b.RecordingId) with
        | 0, 0 -> a.Start.CompareTo b.Start
        | 0, byId -> byId
        | byProbability, _ -> byProbability

    /// Of each outcome that occurs, the window of the median probability: of two the lower, of equal ones by id and
    /// start. Only uniform
    /// windows are considered, since they stand for every recording alike.
    [<CompiledName("Choose")>]
    let choose (threshold: float) (scores: WindowScore seq) : IReadOnlyDictionary<Outcome, WindowScore> =
        scores
        |> Seq.filter Views.isUniform
        |> Seq.groupBy (outcomeAt threshold)
        |> Seq.map (fun (outcome, own) ->
            let sorted = own |> Seq.toArray |> Array.sortWith compareScores
            outcome, sorted[(sorted.Length - 1) / 2])
        |> readOnlyDict
