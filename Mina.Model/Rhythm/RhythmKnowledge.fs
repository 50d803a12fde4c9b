namespace Mina.Model

open System
open Mina.Preprocess.Beats

/// The knowledge that the beats of a span give of its rhythm, as numbers that guide the rhythm level.
[<RequireQualifiedAccess>]
module RhythmKnowledge =
    /// The names of the minute's knowledge, in order. Logarithms are natural; "normal" means between two beats of
    /// normal shape.
    let names = [|
        "cosen" // coefficient of sample entropy of the RR intervals
        "rmssd" // log of the RMS of their successive differences over their mean
        "step" // log of the median absolute successive difference over the median
        "lag1" // autocorrelation of the intervals at lags 1 to 4
        "lag2"
        "lag3"
        "lag4"
        "period2" // log of how much closer intervals two apart are than neighbours: bigeminy
        "period3" // the same three apart: trigeminy
        "normal_cosen" // the first three among normal intervals
        "normal_rmssd"
        "normal_step"
        "around_step" // the third of the distances of normal beats with one ectopic beat between them
        "normal" // share of normal intervals
        "ectopic" // share of ectopic beats
        "premature" // share of intervals below 85 % of the median
        "interval" // log of the median interval in seconds
        "shortest" // log of the 5th and of the 95th percentile over the median
        "longest"
        "turning" // share of successive differences that turn round
        "p_wave" // median correlation of P waves with their running mean
        "p_wave_low" // its lower quartile
        "p_wave_high" // share of normal beats in which it is above 0.6
        "shape" // median correlation of QRS complexes with the prevailing one
        "covered" // share of the span that lies between beats
        "few_normal" // 1 where there are too few normal intervals for their measures, else 0
        "few_around" // the same for distances around ectopic beats
        "no_p_wave" // the same for P waves
        "multiples" // how well differences of successive intervals fit multiples of one flutter cycle
    |]

    /// The names of a window's knowledge, in order, of the same kinds.
    let windowNames = [|
        "step"
        "rmssd"
        "normal_step"
        "ectopic"
        "interval"
        "p_wave"
        "few_normal"
        "no_p_wave"
    |]

    let private fs = float Mina.Preprocess.Shapes.Fs
    let private few = 1.0
    let private enough = 0.0

    /// The RR intervals in samples whose two beats are in the span and in one stretch.
    let private intervals (beats: ReadOnlySpan<Beat>) =
        let mutable count = 0

        for i in 1 .. beats.Length - 1 do
            if beats[i].Interval > 0 then
                count <- count + 1

        let x = Array.zeroCreate<float> count
        count <- 0

        for i in 1 .. beats.Length - 1 do
            if beats[i].Interval > 0 then
                x[count] <- float beats[i].Interval
                count <- count + 1

        x

    let private isNormal (beat: Beat) = beat.Kind = BeatKind.Normal

    let private ectopic (beats: ReadOnlySpan<Beat>) =
        let mutable count = 0

        for i in 0 .. beats.Length - 1 do
            if not (isNormal beats[i]) then
                count <- count + 1

        count

    /// The intervals between two normal beats, and the absolute differences of those that follow each other.
    let private normalIntervals (beats: ReadOnlySpan<Beat>) =
        let x, steps = ResizeArray<float> beats.Length, ResizeArray<float> beats.Length
        let mutable last = nan

        for i in 1 .. beats.Length - 1 do
            if beats[i].Interval > 0 && isNormal beats[i] && isNormal beats[i - 1] then
                let interval = float beats[i].Interval
                x.Add interval

                if not (Double.IsNaN last) then
                    steps.Add(abs (interval - last))

                last <- interval
            else
                last <- nan

        struct (x.ToArray(), steps.ToArray())

    /// The samples from a normal beat over one ectopic beat to the next normal one.
    let private aroundEctopic (beats: ReadOnlySpan<Beat>) =
        let x = ResizeArray<float>()

        for i in 2 .. beats.Length - 1 do
            if
                beats[i].Interval > 0
                && beats[i - 1].Interval > 0
                && isNormal beats[i]
                && not (isNormal beats[i - 1])
                && isNormal beats[i - 2]
            then
                x.Add(float (beats[i].Interval + beats[i - 1].Interval))

        x.ToArray()

    /// Converts a correlation to a whole number, and back.
    let private grade (correlation: float32) = 6000.0 * (float correlation + 1.0)

    let private ungraded (grade: float) = grade / 6000.0 - 1.0

    /// The grades of the P waves that are known, and their number.
    let private pWaves (beats: ReadOnlySpan<Beat>) =
        let grades = Ranks.start beats.Length
        let mutable count = 0

        for i in 0 .. beats.Length - 1 do
            if beats[i].PWave.HasValue then
                Ranks.set grades count (grade beats[i].PWave.Value)
                count <- count + 1

        struct (grades, count)

    let private ranked (x: float[]) =
        let ranks = Ranks.start x.Length

        for i in 0 .. x.Length - 1 do
            Ranks.set ranks i x[i]

        ranks

    let private medianOf (x: float[]) = Ranks.quantile 0.5 (ranked x) x.Length

    let private rms (x: float[]) =
        let mutable squares = 0.0

        for i in 0 .. x.Length - 1 do
            squares <- squares + x[i] * x[i]

        sqrt (squares / float x.Length)

    let private turning (x: float[]) =
        let mutable turns = 0

        for i in 2 .. x.Length - 1 do
            if (x[i] - x[i - 1]) * (x[i - 1] - x[i - 2]) < 0.0 then
                turns <- turns + 1

        float turns / float (x.Length - 2)

    let private shareBelow (limit: float) (x: float[]) =
        let mutable below = 0

        for i in 0 .. x.Length - 1 do
            if x[i] < limit then
                below <- below + 1

        float below / float x.Length

    /// <summary>Computes the knowledge of a minute.</summary>
    /// <param name="beats">Its beats, in order of time.</param>
    /// <param name="seconds">The length of the span in which beats were looked for.</param>
    /// <returns>The numbers of <c>names</c>, NaN where one cannot be known; null where there are fewer than eight
    /// intervals.</returns>
    [<CompiledName("OfMinute")>]
    let ofMinute (beats: ReadOnlySpan<Beat>) (seconds: float) : float[] | null =
        let x = intervals beats

        if x.Length < 8 then
            null
        else
            let known = Array.create names.Length nan
            let ranks = ranked x
            let typical, mean = Ranks.quantile 0.5 ranks x.Length, Array.average x
            let rmssd = Intervals.logOf (Intervals.rmsDifference x / mean)
            let step = Intervals.typicalDistance 1 x
            known[0] <- Intervals.cosEn x mean
            known[1] <- rmssd
            known[2] <- Intervals.logOf (step / typical)
            Intervals.autocorrelations x mean known 3
            known[7] <- Intervals.repetition (Intervals.typicalDistance 2 x) step
            known[8] <- Intervals.repetition (Intervals.typicalDistance 3 x) step
            let ectopic = ectopic beats
            known[25] <- enough
            known[26] <- few
            known[27] <- few

            // In most minutes all beats are normal and in one stretch.
            if ectopic = 0 && x.Length = beats.Length - 1 then
                known[9] <- known[0]
                known[10] <- rmssd
                known[11] <- known[2]
                known[13] <- 1.0
            else
                let struct (normal, steps) = normalIntervals beats
                known[13] <- float normal.Length / float x.Length

                if normal.Length >= 6 && steps.Length >= 4 then
                    let mean = Array.average normal
                    known[9] <- Intervals.cosEn normal mean
                    known[10] <- Intervals.logOf (rms steps / mean)
                    known[11] <- Intervals.logOf (medianOf steps / medianOf normal)
                else
                    known[25] <- few

                let around = aroundEctopic beats

                if around.Length >= 4 then
                    let step = Intervals.typicalDistance 1 around
                    known[12] <- Intervals.logOf (step / medianOf around)
                    known[26] <- enough

            known[14] <- float ectopic / float beats.Length
            known[15] <- shareBelow (0.85 * typical) x
            known[16] <- log (typical / fs)
            known[17] <- log (Ranks.quantile 0.05 ranks x.Length / typical)
            known[18] <- log (Ranks.quantile 0.95 ranks x.Length / typical)
            known[19] <- turning x
            let struct (p, waves) = pWaves beats

            if waves >= 4 then
                known[20] <- ungraded (Ranks.quantile 0.5 p waves)
                known[21] <- ungraded (Ranks.quantile 0.25 p waves)
                let mutable high = 0

                for i in 0 .. beats.Length - 1 do
                    if beats[i].PWave.HasValue && beats[i].PWave.Value > 0.6f then
                        high <- high + 1

                known[22] <- float high / float waves
                known[27] <- enough

            let shapes = Ranks.start beats.Length

            for i in 0 .. beats.Length - 1 do
                Ranks.set shapes i (grade beats[i].Correlation)

            known[23] <- ungraded (Ranks.quantile 0.5 shapes beats.Length)
            known[24] <- Array.sum x / fs / seconds
            known[28] <- Intervals.multiples x
            known

    /// <summary>Computes the knowledge of a window.</summary>
    /// <param name="beats">Its beats, in order of time.</param>
    /// <returns>The numbers of <c>windowNames</c>, NaN where one cannot be known; null where there are fewer than four
    /// intervals.</returns>
    [<CompiledName("OfWindow")>]
    let ofWindow (beats: ReadOnlySpan<Beat>) : float[] | null =
        let x = intervals beats

        if x.Length < 4 then
            null
        else
            let struct (normal, steps) = normalIntervals beats
            let struct (p, waves) = pWaves beats
            let enoughNormal, enoughP = steps.Length >= 2, waves >= 2
            let typical = medianOf x

            [|
                Intervals.logOf (Intervals.typicalDistance 1 x / typical)
                Intervals.logOf (Intervals.rmsDifference x / Array.average x)
                (if enoughNormal then
                     Intervals.logOf (medianOf steps / medianOf normal)
                 else
                     nan)
                float (ectopic beats) / float beats.Length
                log (typical / fs)
                (if enoughP then
                     ungraded (Ranks.quantile 0.5 p waves)
                 else
                     nan)
                (if enoughNormal then enough else few)
                (if enoughP then enough else few)
            |]
