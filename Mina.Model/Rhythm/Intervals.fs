namespace Mina.Model

open System
open System.Numerics

/// Measures of a series of RR intervals in seconds, each of it at least as long as the measure says. Pure; none of them
/// depends on the unit of time except where a length in seconds is named.
module internal Intervals =
    /// Of sorted numbers, at least one; by linear interpolation between neighbours.
    let quantile (share: float) (sorted: float[]) =
        let at = share * float (sorted.Length - 1)
        let below = int at
        let above = min (below + 1) (sorted.Length - 1)
        sorted[below] + (at - float below) * (sorted[above] - sorted[below])

    /// Of at least one number.
    let median (values: float[]) = quantile 0.5 (Array.sort values)

    /// A logarithm that stays finite where there is no variation at all.
    let logOf (ratio: float) = log (ratio + 1e-3)

    /// Differences of successive numbers.
    let steps (x: float[]) =
        Array.init (max 0 (x.Length - 1)) (fun i -> x[i + 1] - x[i])

    /// The share of variance that the series keeps when shifted by `lag`: -1 .. 1; near 0 in AF, and alternating in
    /// bigeminy.
    let autocorrelation (lag: int) (x: float[]) =
        let mean = Array.average x
        let mutable all = 1e-4 * float x.Length * mean * mean
        let mutable shifted = 0.0

        for i in 0 .. x.Length - 1 do
            all <- all + (x[i] - mean) * (x[i] - mean)

            if i + lag < x.Length then
                shifted <- shifted + (x[i] - mean) * (x[i + lag] - mean)

        shifted / all

    /// How much better a series repeats after `lag` intervals than after one, as a logarithm: far below 0 for a regular
    /// pattern of `lag` beats.
    let repetition (lag: int) (x: float[]) =
        let typical k =
            Array.init (x.Length - k) (fun i -> abs (x[i + k] - x[i])) |> median

        log ((typical lag + 0.01) / (typical 1 + 0.01))

    /// The coefficient of sample entropy (Lake, Moorman: "Accurate estimation of entropy in very short physiological
    /// time series", Am. J. Physiol. Heart 300:H319, 2011), with m = 1: the tolerance grows from 30 ms until ten pairs
    /// of successive intervals match. NaN when none do at any tolerance below a second.
    let cosEn (x: float[]) =
        let n = x.Length - 1

        // Each pair's distance, and that of the pair and its successors, once; matches are then counted at each
        // tolerance.
        let pairs = n * (n - 1) / 2
        let first = Array.zeroCreate<float> pairs
        let both = Array.zeroCreate<float> pairs
        let mutable at = 0

        for i in 0 .. n - 1 do
            for j in i + 1 .. n - 1 do
                let d = abs (x[i] - x[j])
                first[at] <- d
                both[at] <- max d (abs (x[i + 1] - x[j + 1]))
                at <- at + 1

        let below (limit: float) (distances: float[]) =
            let limits = Vector<float> limit
            let mutable counts = Vector<int64>.Zero
            let whole = distances.Length / Vector<float>.Count * Vector<float>.Count

            for k in 0 .. Vector<float>.Count .. whole - 1 do
                counts <- counts - Vector.LessThan(Vector<float>(distances, k), limits)

            let mutable count = int (Vector.Sum counts)

            for k in whole .. distances.Length - 1 do
                if distances[k] < limit then
                    count <- count + 1

            count

        let mutable tolerance = 0.03
        let mutable matches = below tolerance both

        while matches < 10 && tolerance < 1.0 do
            tolerance <- 1.25 * tolerance
            matches <- below tolerance both

        if matches = 0 then
            nan
        else
            log (2.0 * tolerance)
            - log (float matches / float (below tolerance first))
            - log (Array.average x)
