namespace Mina.Model

/// The figures of one view of the scores.
type ViewMetrics = {
    View: View
    N: int
    Positives: int
    Threshold: float
    Figures: Figures
    /// The 95 % intervals of the figures, by a bootstrap over recordings.
    Ci: Interval
    Confusion: Confusion
    Roc: RocPoint[]
    PrecisionRecall: PrPoint[]
    Calibration: Calibration
    /// The threshold that would have given the best F1 on these same rows, and that F1. They are for information only,
    /// because a threshold that is chosen on the rows it is scored on flatters. NaN without positives.
    BestF1Threshold: float
    BestF1: float
}

/// Figures of scores and classes. Scores are any numbers, where a higher one is more like AF; classes are 0 or 1. Both
/// have the same length. Undefined figures (no positives, one class only, no rows) are NaN.
module Metrics =
    /// The area under the ROC curve: the chance that a random AF row scores above a random other row, where a tie
    /// counts half.
    [<CompiledName("RocAuc")>]
    let rocAuc (scores: float[]) (classes: int[]) : float =
        (Figures.ofRanked 0.5 (RankedScores.Create(scores, classes))).RocAuc

    /// The average precision: the sum over thresholds of precision times gained recall, without interpolation.
    [<CompiledName("PrAuc")>]
    let prAuc (scores: float[]) (classes: int[]) : float =
        (Figures.ofRanked 0.5 (RankedScores.Create(scores, classes))).PrAuc

    /// All figures at a threshold, where a row is judged AF when its score is at least the threshold.
    [<CompiledName("FiguresAt")>]
    let figuresAt (threshold: float) (scores: float[]) (classes: int[]) : Figures =
        Figures.ofRanked threshold (RankedScores.Create(scores, classes))

    /// The highest threshold with the best F1, and that F1. Thresholds are chosen on validation data, never on test
    /// data.
    [<CompiledName("BestF1")>]
    let bestF1 (scores: float[]) (classes: int[]) : struct (float * float) =
        Curves.bestF1 (RankedScores.Create(scores, classes))

    /// The number of calibration bins of a view.
    [<Literal>]
    let CalibrationBins = 10

    /// Computes all figures of one view. `seed` and `resamples` are those of the bootstrap.
    [<CompiledName("OfView")>]
    let ofView (threshold: float) (seed: int64) (resamples: int) (view: View) : ViewMetrics =
        let ranked = RankedScores.Create(view.Scores, view.Classes)
        let struct (bestThreshold, best) = Curves.bestF1 ranked

        {
            View = view
            N = ranked.Count
            Positives = ranked.Positives
            Threshold = threshold
            Figures = Figures.ofRanked threshold ranked
            Ci = Bootstrap.interval95 seed resamples threshold ranked view.Recording view.RecordingIds.Length
            Confusion = Confusion.at threshold view.Scores view.Classes
            Roc = Curves.roc ranked
            PrecisionRecall = Curves.precisionRecall ranked
            Calibration = Calibration.Measure(CalibrationBins, view.Scores, view.Classes)
            BestF1Threshold = bestThreshold
            BestF1 = best
        }
