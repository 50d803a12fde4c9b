namespace Mina.Model

/// The figures of one set of scores at one threshold. All lie in 0 .. 1 and are NaN where undefined.
type Figures = {
    RocAuc: float
    PrAuc: float
    F1: float
    Sensitivity: float
    Specificity: float
    Ppv: float
    Accuracy: float
}

module Figures =
    /// Computes all figures in one pass over the ranks, where each row counts as often as `weightOf` says. The result
    /// is exactly that of repeating the rows. `atLeast` is `ranked.CountAtLeast threshold`.
    let internal weighted (ranked: RankedScores) (atLeast: int) (weightOf: int[]) (unit: int[]) : Figures =
        // weightOf.[unit.[rank]] is the multiplicity of the recording that the row at this rank belongs to.
        let isPositive = ranked.IsPositive
        let score = ranked.Score
        let count = ranked.Count
        let mutable tp = 0L
        let mutable fp = 0L
        let mutable groupTp = 0L
        let mutable groupFp = 0L
        let mutable tpAtThreshold = 0L
        let mutable fpAtThreshold = 0L
        // Twice the number of (positive, negative) pairs in the right order, where a tie counts half. It is a whole
        // number and therefore exact.
        let mutable twicePairs = 0L
        let mutable averagePrecision = 0.0

        for rank in 0 .. count - 1 do
            let weight = int64 weightOf[unit[rank]]

            if isPositive[rank] then
                groupTp <- groupTp + weight
            else
                groupFp <- groupFp + weight

            if rank = count - 1 || score[rank + 1] <> score[rank] then
                twicePairs <- twicePairs + groupFp * (2L * tp + groupTp)
                tp <- tp + groupTp
                fp <- fp + groupFp

                if groupTp > 0L then
                    averagePrecision <- averagePrecision + float groupTp * (float tp / float (tp + fp))

                groupTp <- 0L
                groupFp <- 0L

            if rank + 1 = atLeast then
                tpAtThreshold <- tp
                fpAtThreshold <- fp

        let confusion = {
            TruePositives = int tpAtThreshold
            FalsePositives = int fpAtThreshold
            TrueNegatives = int (fp - fpAtThreshold)
            FalseNegatives = int (tp - tpAtThreshold)
        }

        {
            RocAuc =
                if tp = 0L || fp = 0L then
                    nan
                else
                    float twicePairs / (2.0 * float tp * float fp)
            PrAuc = if tp = 0L then nan else averagePrecision / float tp
            F1 = Confusion.f1 confusion
            Sensitivity = Confusion.sensitivity confusion
            Specificity = Confusion.specificity confusion
            Ppv = Confusion.ppv confusion
            Accuracy = Confusion.accuracy confusion
        }

    /// Computes the figures of scores, where each row counts once.
    [<CompiledName("FromRanked")>]
    let ofRanked (threshold: float) (ranked: RankedScores) : Figures =
        weighted ranked (ranked.CountAtLeast threshold) [| 1 |] (Array.zeroCreate ranked.Count)

    /// Figures that are all NaN.
    let internal undefined = {
        RocAuc = nan
        PrAuc = nan
        F1 = nan
        Sensitivity = nan
        Specificity = nan
        Ppv = nan
        Accuracy = nan
    }

    /// Applies `combine` to each figure over all sets: the seven columns of a table of figures.
    let internal columns (combine: float[] -> float) (all: Figures[]) : Figures =
        let column pick = all |> Array.map pick |> combine

        {
            RocAuc = column _.RocAuc
            PrAuc = column _.PrAuc
            F1 = column _.F1
            Sensitivity = column _.Sensitivity
            Specificity = column _.Specificity
            Ppv = column _.Ppv
            Accuracy = column _.Accuracy
        }
