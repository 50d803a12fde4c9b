namespace Mina.Model

open System
open System.Numerics

/// Measures of a series of RR intervals, each of which needs a series of some length. Intervals are in samples at 300
/// Hz. No measure depends on the unit, except where a length in seconds is named.
module internal Intervals =
    let private fs = float Mina.Preprocess.Shapes.Fs

    /// A quantile of at least one sorted number, by linear interpolation between neighbours.
    let private interpolated (share: float) (sorted: float[]) =
        let at = share * float (sorted.Length - 1)
        let below = int at
        let above = min (below + 1) (sorted.Length - 1)
        sorted[below] + (at - float below) * (sorted[above] - sorted[below])

    /// The median of at least one number.
    let median (values: float[]) = interpolated 0.5 (Array.sort values)

    /// A logarithm that stays finite where there is no variation at all.
    let logOf (ratio: float) = log (ratio + 1e-3)

    /// The median distance of intervals that are `lag` apart.
    let typicalDistance (lag: int) (x: float[]) =
        let distances = Ranks.start (x.Length - lag)

        for i in 0 .. x.Length - lag - 1 do
            Ranks.set distances i (abs (x[i + lag] - x[i]))

        Ranks.quantile 0.5 distances (x.Length - lag)

    /// The root of the mean square of successive differences.
    let rmsDifference (x: float[]) =
        let mutable squares = 0.0

        for i in 1 .. x.Length - 1 do
            squares <- squares + (x[i] - x[i - 1]) * (x[i] - x[i - 1])

        sqrt (squares / float (x.Length - 1))

    /// The autocorrelation of the series at lags 1 to 4, -1 .. 1. It is near 0 in AF, and its sign alternates in
    /// bigeminy.
    let autocorrelations (x: float[]) (mean: float) (result: float[]) (first: int) =
        let mutable all = 1e-4 * float x.Length * mean * mean

        for i in 0 .. x.Length - 1 do
            all <- all + (x[i] - mean) * (x[i] - mean)

        for lag in 1..4 do
            let mutable shifted = 0.0

            for i in 0 .. x.Length - 1 - lag do
                shifted <- shifted + (x[i] - mean) * (x[i + lag] - mean)

            result[first + lag - 1] <- shifted / all

    /// How much better a series repeats after some intervals than after one, as a logarithm of the median distances. It
    /// is far below 0 for a regular pattern of that many beats.
    let repetition (after: float) (afterOne: float) =
        log ((after + 0.01 * fs) / (afterOne + 0.01 * fs))

    /// The lengths of a flutter cycle in samples, for 350 to 220 cycles a minute.
    let private cycles = [| for cycle in 52..2..82 -> float cycle |]

    let private longestStep = 600

    /// For each difference in samples, the cosine of its phase in each cycle.
    let private phases =
        lazy
            [|
                for difference in 0..longestStep do
                    for cycle in cycles do
                        float32 (cos (2.0 * Math.PI * float difference / cycle))
            |]

    /// How well the differences of successive intervals, of those of 100 ms and more, fit multiples of one cycle of
    /// atrial flutter. It is near 1 in flutter whose conduction changes between 2:1, 3:1 and 4:1, and near 0 where
    /// there are no such differences or they fit no cycle.
    let multiples (x: float[]) =
        let phases = phases.Value
        let lanes = Vector<float32>.Count
        let sums = Array.zeroCreate<float32> cycles.Length
        let mutable count = 0

        for i in 1 .. x.Length - 1 do
            let difference = min longestStep (int (abs (x[i] - x[i - 1])))

            if difference >= 30 then
                count <- count + 1
                let mutable c = 0

                while c < cycles.Length do
                    (Vector<float32>(sums, c)
                     + Vector<float32>(phases, difference * cycles.Length + c))
                        .CopyTo(sums, c)

                    c <- c + lanes

        float (Array.max sums) / float (count + 3)

    /// The coefficient of sample entropy (Lake, Moorman: "Accurate estimation of entropy in very short physiological
    /// time series", Am. J. Physiol. Heart 300:H319, 2011), with m = 1: the tolerance grows from 30 ms until ten pairs
    /// of successive intervals match. NaN when none do at any tolerance below a second. `x` holds whole samples.
    let cosEn (x: float[]) (mean: float) =
        let lanes = Vector<int16>.Count
        let n = x.Length - 1
        // Beyond the series lie numbers far above and far below every interval, so that nothing matches.
        let room = x.Length + 2 * lanes
        let earlier = Array.create room -15_000s
        let later, afterLater = Array.create room 30_000s, Array.create room 30_000s

        for i in 0..n do
            let interval = int16 (min Ranks.highest x[i])
            earlier[i] <- interval

            if i < n then
                later[i] <- interval

            if i > 0 then
                afterLater[i - 1] <- interval

        let sumOf (counts: Vector<int16>) =
            let mutable sum = 0

            for lane in 0 .. lanes - 1 do
                sum <- sum + int counts[lane]

            sum

        /// The number of pairs of intervals that differ by less than the limit, and of those whose successors do as
        /// well.
        let matches (limit: float) =
            let limit = Vector<int16>(int16 (ceil limit))
            let mutable alone, both = Vector<int16>.Zero, Vector<int16>.Zero

            for lag in 1 .. n - 1 do
                let mutable i = 0

                while i < n - lag do
                    let first =
                        Vector.LessThan(Vector.Abs(Vector<int16>(later, i + lag) - Vector<int16>(earlier, i)), limit)

                    let second =
                        Vector.LessThan(
                            Vector.Abs(Vector<int16>(afterLater, i + lag) - Vector<int16>(earlier, i + 1)),
                            limit
                        )

                    alone <- alone - first
                    both <- both - (first &&& second)
                    i <- i + lanes

            struct (sumOf alone, sumOf both)

        let mutable tolerance = 0.03 * fs
        let mutable found = matches tolerance

        let few (struct (_, both)) = both < 10

        while few found && tolerance < fs do
            tolerance <- 1.25 * tolerance
            found <- matches tolerance

        let struct (alone, both) = found

        if both = 0 then
            nan
        else
            log (2.0 * tolerance) - log (float both / float alone) - log mean
