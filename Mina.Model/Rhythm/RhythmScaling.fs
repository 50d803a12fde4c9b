namespace Mina.Model

open System

/// Brings knowledge to the network's scale: less its mean, over its standard deviation, within -4 .. 4; what is unknown
/// becomes 0.
type RhythmScaling = {
    /// Of `RhythmKnowledge.names`.
    MinuteMean: float[]
    MinuteDeviation: float[]
    /// Of `RhythmKnowledge.windowNames`.
    WindowMean: float[]
    WindowDeviation: float[]
}

/// Makes what the network reads.
[<RequireQualifiedAccess>]
module RhythmScaling =
    /// The scale of some minutes' and windows' knowledge, of which unknown numbers (NaN) and null rows are no part.
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

    /// A minute's numbers, but for the lag.
    let minute (scaling: RhythmScaling) (knowledge: float[] | null) : float[] =
        let row = Array.zeroCreate MinuteNet.minuteNames.Length
        scaled scaling.MinuteMean scaling.MinuteDeviation knowledge row
        row

    /// The first level's log odds of a probability, within -7 .. 7.
    let logit (probability: float) =
        Math.Clamp(log ((probability + 1e-6) / (1.0 - probability + 1e-6)), -7.0, 7.0)

    /// Where a window's log odds stand, and whether there are any.
    let internal logitAt, internal classifiedAt =
        MinuteNet.windowNames.Length - 3, MinuteNet.windowNames.Length - 2

    /// A window's numbers, but for the offset. No probability: unclassifiable.
    let window (scaling: RhythmScaling) (knowledge: float[] | null) (probability: Nullable<float>) : float[] =
        let row = Array.zeroCreate (MinuteNet.windowNames.Length - 1)
        scaled scaling.WindowMean scaling.WindowDeviation knowledge row

        if probability.HasValue then
            row[logitAt] <- logit probability.Value / 3.0
            row[classifiedAt] <- 1.0

        row
