namespace Mina.Model

open System
open Mina.Preprocess.Beats

/// What the beats of a span say of its rhythm, as numbers that guide the rhythm level. Pure.
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

    /// RR intervals in seconds: those whose both beats are in the span and in one stretch.
    let private intervals (beats: ReadOnlySpan<Beat>) =
        let x = ResizeArray<float> beats.Length

        for i in 1 .. beats.Length - 1 do
            if beats[i].Interval > 0 then
                x.Add(float beats[i].Interval / fs)

        x.ToArray()

    let private isNormal (beat: Beat) = beat.Kind = BeatKind.Normal

    /// The intervals between two normal beats, and the differences of two such that follow each other.
    let private normalIntervals (beats: ReadOnlySpan<Beat>) =
        let x = ResizeArray<float>()
        let steps = ResizeArray<float>()
        let mutable last = nan

        for i in 1 .. beats.Length - 1 do
            if beats[i].Interval > 0 && isNormal beats[i] && isNormal beats[i - 1] then
                let interval = float beats[i].Interval / fs
                x.Add interval

                if not (Double.IsNaN last) then
                    steps.Add(abs (interval - last))

                last <- interval
            else
                last <- nan

        struct (x.ToArray(), steps.ToArray())

    /// From a normal beat over one ectopic beat to the next normal one, in seconds.
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
                x.Add(float (beats[i].Interval + beats[i - 1].Interval) / fs)

        x.ToArray()

    let private pWaves (beats: ReadOnlySpan<Beat>) =
        let p = ResizeArray<float> beats.Length

        for beat in beats do
            if beat.PWave.HasValue then
                p.Add(float beat.PWave.Value)

        let p = p.ToArray()
        Array.sortInPlace p
        p

    let private shareOf (beats: ReadOnlySpan<Beat>) =
        let mutable ectopic = 0

        for beat in beats do
            if not (isNormal beat) then
                ectopic <- ectopic + 1

        float ectopic / float beats.Length

    let private rms (x: float[]) =
        sqrt (Array.averageBy (fun v -> v * v) x)

    let private typicalStep (x: float[]) =
        x |> Intervals.steps |> Array.map abs |> Intervals.median

    let private turning (x: float[]) =
        let steps = Intervals.steps x
        let mutable turns = 0

        for i in 1 .. steps.Length - 1 do
            if steps[i] * steps[i - 1] < 0.0 then
                turns <- turns + 1

        float turns / float (steps.Length - 1)

    /// <summary>The knowledge of a minute.</summary>
    /// <param name="beats">Its beats, in order of time.</param>
    /// <param name="seconds">The length of the span that they were looked for in.</param>
    /// <returns>By <c>names</c>, NaN where it cannot be known; null where there are fewer than eight
    /// intervals.</returns>
    [<CompiledName("OfMinute")>]
    let ofMinute (beats: ReadOnlySpan<Beat>) (seconds: float) : float[] | null =
        let x = intervals beats

        if x.Length < 8 then
            null
        else
            let sorted = Array.sort x
            let typical = Intervals.quantile 0.5 sorted
            let mean = Array.average x
            let struct (normal, normalSteps) = normalIntervals beats
            let around = aroundEctopic beats
            let p = pWaves beats
            let shapes = beats.ToArray() |> Array.map (fun b -> float b.Correlation)
            let enoughNormal = normal.Length >= 6 && normalSteps.Length >= 4
            let enoughAround = around.Length >= 4
            let enoughP = p.Length >= 4
            let known enough (value: unit -> float) = if enough then value () else nan
            let flag enough = if enough then 0.0 else 1.0

            [|
                Intervals.cosEn x
                Intervals.logOf (rms (Intervals.steps x) / mean)
                Intervals.logOf (typicalStep x / typical)
                Intervals.autocorrelation 1 x
                Intervals.autocorrelation 2 x
                Intervals.autocorrelation 3 x
                Intervals.autocorrelation 4 x
                Intervals.repetition 2 x
                Intervals.repetition 3 x
                known enoughNormal (fun () -> Intervals.cosEn normal)
                known enoughNormal (fun () -> Intervals.logOf (rms normalSteps / Array.average normal))
                known enoughNormal (fun () -> Intervals.logOf (Intervals.median normalSteps / Intervals.median normal))
                known enoughAround (fun () -> Intervals.logOf (typicalStep around / Intervals.median around))
                float normal.Length / float x.Length
                shareOf beats
                (x |> Array.sumBy (fun v -> if v < 0.85 * typical then 1.0 else 0.0))
                / float x.Length
                log typical
                log (Intervals.quantile 0.05 sorted / typical)
                log (Intervals.quantile 0.95 sorted / typical)
                turning x
                known enoughP (fun () -> Intervals.quantile 0.5 p)
                known enoughP (fun () -> Intervals.quantile 0.25 p)
                known enoughP (fun () -> (p |> Array.sumBy (fun v -> if v > 0.6 then 1.0 else 0.0)) / float p.Length)
                Intervals.median shapes
                Array.sum x / seconds
                flag enoughNormal
                flag enoughAround
                flag enoughP
            |]

    /// <summary>The knowledge of a window.</summary>
    /// <param name="beats">Its beats, in order of time.</param>
    /// <returns>By <c>windowNames</c>, NaN where it cannot be known; null where there are fewer than four
    /// intervals.</returns>
    [<CompiledName("OfWindow")>]
    let ofWindow (beats: ReadOnlySpan<Beat>) : float[] | null =
        let x = intervals beats

        if x.Length < 4 then
            null
        else
            let struct (normal, normalSteps) = normalIntervals beats
            let p = pWaves beats
            let typical = Intervals.median x
            let enoughNormal = normalSteps.Length >= 2
            let enoughP = p.Length >= 2

            [|
                Intervals.logOf (typicalStep x / typical)
                Intervals.logOf (rms (Intervals.steps x) / Array.average x)
                (if enoughNormal then
                     Intervals.logOf (Intervals.median normalSteps / Intervals.median normal)
                 else
                     nan)
                shareOf beats
                log typical
                (if enoughP then Intervals.quantile 0.5 p else nan)
                (if enoughNormal then 0.0 else 1.0)
                (if enoughP then 0.0 else 1.0)
            |]
