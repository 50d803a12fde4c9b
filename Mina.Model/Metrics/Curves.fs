namespace Mina.Model

/// A point of the ROC curve: the rates when rows with a score of at least `Threshold` are judged AF.
[<Struct>]
type RocPoint = {
    Threshold: float
    FalsePositiveRate: float
    TruePositiveRate: float
}

/// A point of the precision-recall curve.
[<Struct>]
type PrPoint = {
    Threshold: float
    Recall: float
    Precision: float
}

/// The ROC and the precision-recall curve. They have one point for each distinct score, so ties do not add steps.
module Curves =
    /// The groups of equal score, highest first, each with its score and the true and false positives down to it.
    let private groups (ranked: RankedScores) =
        let found = ResizeArray()
        let mutable tp = 0
        let mutable fp = 0

        for rank in 0 .. ranked.Count - 1 do
            if ranked.IsPositive[rank] then
                tp <- tp + 1
            else
                fp <- fp + 1

            if ranked.EndsGroup rank then
                found.Add(struct (ranked.Score[rank], tp, fp))

        found

    /// The ROC curve from (0, 0) at threshold +inf to (1, 1). It is empty unless both classes occur.
    [<CompiledName("Roc")>]
    let roc (ranked: RankedScores) : RocPoint[] =
        let positives = float ranked.Positives
        let negatives = float (ranked.Count - ranked.Positives)

        if positives = 0.0 || negatives = 0.0 then
            [||]
        else
            [|
                {
                    Threshold = infinity
                    FalsePositiveRate = 0.0
                    TruePositiveRate = 0.0
                }
                for struct (score, tp, fp) in groups ranked do
                    {
                        Threshold = score
                        FalsePositiveRate = float fp / negatives
                        TruePositiveRate = float tp / positives
                    }
            |]

    /// The precision-recall curve from recall 0 (precision 1 by convention, threshold +inf) to recall 1. It is empty
    /// when there are no positives.
    [<CompiledName("PrecisionRecall")>]
    let precisionRecall (ranked: RankedScores) : PrPoint[] =
        if ranked.Positives = 0 then
            [||]
        else
            [|
                {
                    Threshold = infinity
                    Recall = 0.0
                    Precision = 1.0
                }
                for struct (score, tp, fp) in groups ranked do
                    {
                        Threshold = score
                        Recall = float tp / float ranked.Positives
                        Precision = float tp / float (tp + fp)
                    }
            |]

    /// The threshold of the best F1 (the highest where several tie) and that F1; (NaN, NaN) when there are no
    /// positives.
    [<CompiledName("BestF1")>]
    let bestF1 (ranked: RankedScores) : struct (float * float) =
        if ranked.Positives = 0 then
            struct (nan, nan)
        else
            let mutable bestThreshold = nan
            let mutable best = -1.0

            for struct (score, tp, fp) in groups ranked do
                let f1 = 2.0 * float tp / float (tp + fp + ranked.Positives)

                if f1 > best then
                    best <- f1
                    bestThreshold <- score

            struct (bestThreshold, best)
