namespace Mina.Model

/// The confusion matrix at one threshold. A row is judged AF when its score is at least the threshold.
type Confusion = {
    TruePositives: int
    FalsePositives: int
    TrueNegatives: int
    FalseNegatives: int
} with

    /// The number of rows.
    member this.Total =
        this.TruePositives
        + this.FalsePositives
        + this.TrueNegatives
        + this.FalseNegatives

/// The ratios of a confusion matrix. Each is NaN where its denominator is 0 (no positives, no row judged AF, ...), so
/// that an undefined figure is never taken for 0.
module Confusion =
    let private ratio (part: float) (whole: float) =
        if whole = 0.0 then nan else part / whole

    /// Counts the rows of a confusion matrix. `scores` and `classes` (0 or 1) have the same length.
    [<CompiledName("At")>]
    let at (threshold: float) (scores: float[]) (classes: int[]) =
        let count verdict cls =
            Array.fold2
                (fun n score c ->
                    if (score >= threshold) = verdict && c = cls then
                        n + 1
                    else
                        n)
                0
                scores
                classes

        {
            TruePositives = count true 1
            FalsePositives = count true 0
            TrueNegatives = count false 0
            FalseNegatives = count false 1
        }

    /// TP / (TP + FN), also called recall.
    [<CompiledName("Sensitivity")>]
    let sensitivity c =
        ratio (float c.TruePositives) (float (c.TruePositives + c.FalseNegatives))

    /// TN / (TN + FP).
    [<CompiledName("Specificity")>]
    let specificity c =
        ratio (float c.TrueNegatives) (float (c.TrueNegatives + c.FalsePositives))

    /// TP / (TP + FP), also called precision.
    [<CompiledName("Ppv")>]
    let ppv c =
        ratio (float c.TruePositives) (float (c.TruePositives + c.FalsePositives))

    /// 2 TP / (2 TP + FP + FN), where AF is the positive class.
    [<CompiledName("F1")>]
    let f1 c =
        ratio
            (2.0 * float c.TruePositives)
            (2.0 * float c.TruePositives + float c.FalsePositives + float c.FalseNegatives)

    /// (TP + TN) / all.
    [<CompiledName("Accuracy")>]
    let accuracy c =
        ratio (float (c.TruePositives + c.TrueNegatives)) (float c.Total)
