namespace Mina.Model

open System

/// Brings knowledge to the network's scale: the mean is subtracted, the rest is divided by the standard deviation and
/// limited to -4 .. 4, and an unknown number becomes 0.
type RhythmScaling = {
    /// The means and standard deviations of `RhythmKnowledge.names`.
    MinuteMean: float[]
    MinuteDeviation: float[]
    /// The means and standard deviations of `RhythmKnowledge.windowNames`.
    WindowMean: float[]
    WindowDeviation: float[]
}

/// Makes the numbers that the network reads.
[<RequireQualifiedAccess>]
module RhythmScaling =
    /// Computes the scale of the knowledge of minutes and windows, without unknown numbers (NaN) and null rows.
    let ofKnowledge (minutes: (float[] | null) seq) (windows: (float[] | null) seq) : RhythmScaling =
        let moments count (rows: (float[] | null) seq) =
            let sums, squares, counts =
                Array.zeroCreate<float> count, Array.zeroCreate<float> count, Array.zeroCreate<float> count

            for row in rows do
                match row with
                | null -> ()
                | row ->
                    for i in 0 .. count - 1 do
                        if Double.IsFinite row[i] then
                            sums[i] <- sums[i] + row[i]
                            squares[i] <- squares[i] + row[i] * row[i]
                            counts[i] <- counts[i] + 1.0

            let mean = Array.map2 (fun s n -> if n > 0.0 then s / n else 0.0) sums counts

            let deviation =
                Array.init count (fun i ->
                    if counts[i] > 0.0 then
                        sqrt (max 0.0 (squares[i] / counts[i] - mean[i] * mean[i])) + 1e-6
                    else
                        1.0)

            mean, deviation

        let minuteMean, minuteDeviation = moments RhythmKnowledge.names.Length minutes
        let windowMean, windowDeviation = moments RhythmKnowledge.windowNames.Length windows

        {
            MinuteMean = minuteMean
            MinuteDeviation = minuteDeviation
            WindowMean = windowMean
            WindowDeviation = windowDeviation
        }

    let private scaled (mean: float[]) (deviation: float[]) (row: float[] | null) (result: float[]) =
        match row with
        | null -> result[mean.Length] <- 1.0
        | row ->
            for i in 0 .. mean.Length - 1 do
                let z = (row[i] - mean[i]) / deviation[i]
                result[i] <- if Double.IsNaN z then 0.0 else Math.Clamp(z, -4.0, 4.0)

    /// The numbers of a minute, except the lag.
    let minute (scaling: RhythmScaling) (knowledge: float[] | null) : float[] =
        let row = Array.zeroCreate MinuteNet.minuteNames.Length
        scaled scaling.MinuteMean scaling.MinuteDeviation knowledge row
        row

    /// The log odds of a probability of the network, within -7 .. 7.
    let logit (probability: float) =
        Math.Clamp(log ((probability + 1e-6) / (1.0 - probability + 1e-6)), -7.0, 7.0)

    /// The indices of a window's log odds, and of the number that says whether there are any.
    let internal logitAt, internal classifiedAt =
        MinuteNet.windowNames.Length - 3, MinuteNet.windowNames.Length - 2

    /// The numbers of a window, except the offset. A null probability means that it is unclassifiable.
    let window (scaling: RhythmScaling) (knowledge: float[] | null) (probability: Nullable<float>) : float[] =
        let row = Array.zeroCreate (MinuteNet.windowNames.Length - 1)
        scaled scaling.WindowMean scaling.WindowDeviation knowledge row

        if probability.HasValue then
            row[logitAt] <- logit probability.Value / 3.0
            row[classifiedAt] <- 1.0

        row
