namespace Mina.Model

open System
open System.Collections.Generic

/// The judgement of a window compared with its class.
type Outcome =
    /// An AF window that was judged AF.
    | TruePositive = 0
    /// A window without AF that was judged not AF.
    | TrueNegative = 1
    /// A window without AF that was judged AF.
    | FalsePositive = 2
    /// An AF window that was judged not AF.
    | FalseNegative = 3

/// Chooses a typical window of each outcome.
[<RequireQualifiedAccess>]
module TypicalWindows =
    /// The outcome of a score at a threshold.
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

    /// Chooses, for each outcome that occurs, the window of the median probability. Of two middle windows the lower is
    /// taken, and equal ones are ordered by id and start. Only uniform windows are considered, because they stand for
    /// every recording alike.
    [<CompiledName("Choose")>]
    let choose (threshold: float) (scores: WindowScore seq) : IReadOnlyDictionary<Outcome, WindowScore> =
        scores
        |> Seq.filter Views.isUniform
        |> Seq.groupBy (outcomeAt threshold)
        |> Seq.map (fun (outcome, own) ->
            let sorted = own |> Seq.toArray |> Array.sortWith compareScores
            outcome, sorted[(sorted.Length - 1) / 2])
        |> readOnlyDict
