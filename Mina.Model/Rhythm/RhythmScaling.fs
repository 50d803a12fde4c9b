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

    /// A window's numbers, but for the offset. No probability: unclassifiable.
    let window (scaling: RhythmScaling) (knowledge: float[] | null) (probability: Nullable<float>) : float[] =
        let row = Array.zeroCreate MinuteNet.windowNames.Length
        scaled scaling.WindowMean scaling.WindowDeviation knowledge row

        if probability.HasValue then
            row[row.Length - 3] <- logit probability.Value / 3.0
            row[row.Length - 2] <- 1.0

        row

    /// The input for an instant: a minute (its lag is set), and windows with their distances to the instant. `offsets`
    /// are in seconds, of each window's centre from the instant; `lag` is from the instant to the minute's end.
    let input (minute: float[]) (windows: float[][]) (offsets: float[]) (lag: float) : RhythmInput = {
        Minute =
            let row = Array.copy minute
            row[row.Length - 1] <- lag / 30.0
            row
        Windows =
            Array.map2
                (fun (window: float[]) offset ->
                    let row = Array.copy window
                    row[row.Length - 1] <- offset / 30.0
                    row)
                windows
                offsets
    }
