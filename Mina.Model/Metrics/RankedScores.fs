namespace Mina.Model

open System

/// Scores that are sorted once, highest first, so that every curve and every bootstrap resample is one pass without
/// sorting. Rows of equal score form one group, because no threshold can separate them.
[<Sealed>]
type RankedScores private (scores: float[], classes: int[], order: int[]) =
    let sortedScore = order |> Array.map (fun row -> scores[row])
    let positive = order |> Array.map (fun row -> classes[row] = 1)
    let positives = positive |> Array.sumBy (fun p -> if p then 1 else 0)

    /// The number of rows.
    member _.Count = order.Length

    /// The number of rows of class 1.
    member _.Positives = positives

    /// The indices of the rows as they were given, highest score first.
    member _.Order = order

    /// The scores, highest first.
    member _.Score = sortedScore

    /// Whether the row at each rank is of class 1.
    member _.IsPositive = positive

    /// Whether a group of equal scores ends at this rank.
    member _.EndsGroup rank =
        rank = order.Length - 1 || sortedScore[rank + 1] <> sortedScore[rank]

    /// The number of rows whose score is at least `threshold`, 0 .. Count.
    member _.CountAtLeast(threshold: float) =
        let mutable lo = 0
        let mutable hi = sortedScore.Length

        while lo < hi do
            let middle = (lo + hi) / 2

            if sortedScore[middle] >= threshold then
                lo <- middle + 1
            else
                hi <- middle

        lo

    /// Sorts `scores` (any finite or infinite numbers, higher = more like AF) with their `classes` (0 or 1).
    /// Raises ArgumentException when the lengths differ, a score is NaN or a class is neither 0 nor 1.
    static member Create(scores: float[], classes: int[]) =
        if scores.Length <> classes.Length then
            invalidArg
                (nameof classes)
                $"There are {scores.Length} scores but {classes.Length} classes: give one class for each score."

        for row in 0 .. scores.Length - 1 do
            if Double.IsNaN scores[row] then
                invalidArg
                    (nameof scores)
                    $"The score of row {row} is NaN: the model has diverged or the input was bad."

            if classes[row] <> 0 && classes[row] <> 1 then
                invalidArg
                    (nameof classes)
                    $"The class of row {row} is {classes[row]}: only 0 (not AF) and 1 (AF) can be scored."

        let keys = scores |> Array.map (fun s -> -s)
        let order = Array.init scores.Length id
        Array.Sort(keys, order)
        RankedScores(scores, classes, order)
