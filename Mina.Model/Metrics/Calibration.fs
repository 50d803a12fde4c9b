namespace Mina.Model

open System

/// A bin of the probabilities in [Lo, Hi), where the last bin includes 1, and the share of AF in it.
type CalibrationBin = {
    Lo: float
    Hi: float
    Count: int
    /// The mean probability in the bin; NaN when it is empty.
    MeanProbability: float
    /// The share of class 1 in the bin; NaN when it is empty.
    PositiveRate: float
}

/// The calibration of probabilities: how well they agree with the share of AF.
type Calibration = {
    Bins: CalibrationBin[]
    /// The expected calibration error (Naeini, Cooper, Hauskrecht, AAAI 2015): the mean over rows of |mean probability
    /// - share of AF| of their bin. 0 is perfect; it is NaN without rows.
    ExpectedError: float
    /// The Brier score: the mean squared difference between probability and class. It is NaN without rows.
    Brier: float
} with

    /// Measures calibration in bins of equal width over 0 .. 1. `probabilities` lie in 0 .. 1, `classes` are 0 or 1,
    /// and `bins` >= 1.
    static member Measure(bins: int, probabilities: float[], classes: int[]) : Calibration =
        if bins < 1 then
            invalidArg (nameof bins) $"There must be at least one bin, not {bins}."

        let count = Array.zeroCreate<int> bins
        let sum = Array.zeroCreate<float> bins
        let positives = Array.zeroCreate<int> bins
        let mutable squares = 0.0

        for row in 0 .. probabilities.Length - 1 do
            let p = probabilities[row]

            if not (p >= 0.0 && p <= 1.0) then
                invalidArg (nameof probabilities) $"The probability of row {row} is {p}: it must lie in 0 .. 1."

            let bin = min (bins - 1) (int (Math.Floor(p * float bins)))
            count[bin] <- count[bin] + 1
            sum[bin] <- sum[bin] + p
            positives[bin] <- positives[bin] + classes[row]
            squares <- squares + (p - float classes[row]) * (p - float classes[row])

        let rows = float probabilities.Length
        let mutable error = 0.0

        for bin in 0 .. bins - 1 do
            error <- error + abs (sum[bin] - float positives[bin])

        {
            Bins =
                Array.init bins (fun bin ->
                    let n = float count[bin]

                    {
                        Lo = float bin / float bins
                        Hi = float (bin + 1) / float bins
                        Count = count[bin]
                        MeanProbability = if n = 0.0 then nan else sum[bin] / n
                        PositiveRate = if n = 0.0 then nan else float positives[bin] / n
                    })
            ExpectedError = if rows = 0.0 then nan else error / rows
            Brier = if rows = 0.0 then nan else squares / rows
        }
