namespace Mina.Model

open System
open Mina.Preprocess

/// The bounds of an interval for each figure; both are NaN where it is undefined.
type Interval = { Lo: Figures; Hi: Figures }

/// Percentile bootstrap over recordings: a resample draws as many recordings as there are, with replacement, and each
/// draw brings all of its windows along. Windows of one recording are alike, so resampling windows would make every
/// interval far too narrow.
module Bootstrap =
    /// The value below which a share `q` (0 .. 1) of `sorted` lies, interpolated (numpy's default).
    let private quantile (sorted: float[]) (q: float) =
        let at = q * float (sorted.Length - 1)
        let below = int (Math.Floor at)
        let above = min (below + 1) (sorted.Length - 1)
        sorted[below] + (at - float below) * (sorted[above] - sorted[below])

    /// Resamples with an undefined figure (where no AF was drawn, say) are left out; where fewer than half are defined
    /// there is no interval.
    let internal percentile (q: float) (values: float[]) =
        let defined = values |> Array.filter (Double.IsNaN >> not)

        if defined.Length = 0 || defined.Length * 2 < values.Length then
            nan
        else
            Array.sortInPlace defined
            quantile defined q

    /// What `figures` says of each resample; it is given how often each recording was drawn.
    let internal resample (seed: int64) (resamples: int) (recordings: int) (figures: int[] -> 'T) : 'T[] =
        if resamples < 1 then
            invalidArg (nameof resamples) $"There must be at least one resample, not {resamples}."

        let multiplicity = Array.zeroCreate<int> recordings
        let mutable random = SplitMix64(uint64 seed)
        let results = Array.zeroCreate<'T> resamples

        for sample in 0 .. resamples - 1 do
            Array.Clear multiplicity

            for _ in 1..recordings do
                let drawn = random.Below recordings
                multiplicity[drawn] <- multiplicity[drawn] + 1

            results[sample] <- figures multiplicity

        results

    /// <summary>Computes the 95 % interval of each figure.</summary>
    /// <param name="seed">Any number; the same seed and rows (in any order) give the same interval.</param>
    /// <param name="resamples">The number of resamples, at least 1; 1000 is usual.</param>
    /// <param name="threshold">A row is judged AF when its score is at least this.</param>
    /// <param name="ranked">The scores.</param>
    /// <param name="recording">The index of each row's recording, 0 .. recordings - 1; rows are as given, not
    /// ranked.</param>
    /// <param name="recordings">The number of recordings.</param>
    [<CompiledName("Interval95")>]
    let interval95
        (seed: int64)
        (resamples: int)
        (threshold: float)
        (ranked: RankedScores)
        (recording: int[])
        (recordings: int)
        : Interval =
        if recording.Length <> ranked.Count then
            invalidArg (nameof recording) $"{ranked.Count} rows need as many recording indices, not {recording.Length}."

        if recordings = 0 then
            {
                Lo = Figures.undefined
                Hi = Figures.undefined
            }
        else
            let unit = ranked.Order |> Array.map (fun row -> recording[row])
            let atLeast = ranked.CountAtLeast threshold

            let resampled =
                resample seed resamples recordings (fun multiplicity ->
                    Figures.weighted ranked atLeast multiplicity unit)

            {
                Lo = Figures.columns (percentile 0.025) resampled
                Hi = Figures.columns (percentile 0.975) resampled
            }

    /// <summary>Computes a mean and its 95 % interval by a bootstrap over recordings.</summary>
    /// <param name="seed">Any number; the same seed and rows give the same interval.</param>
    /// <param name="resamples">The number of resamples, at least 1.</param>
    /// <param name="values">The finite value of each row.</param>
    /// <param name="recordingIds">The id of each row's recording.</param>
    /// <returns>The mean and the lower and upper end of the interval; NaN where there are no rows.</returns>
    [<CompiledName("Mean95")>]
    let mean95
        (seed: int64)
        (resamples: int)
        (values: float[])
        (recordingIds: string[])
        : struct (float * float * float) =
        if recordingIds.Length <> values.Length then
            invalidArg
                (nameof recordingIds)
                $"{values.Length} values need as many recordings, not {recordingIds.Length}."

        if values.Length = 0 then
            struct (nan, nan, nan)
        else
            let recordings =
                Array.zip recordingIds values
                |> Array.groupBy fst
                |> Array.sortWith (fun (a, _) (b, _) -> String.CompareOrdinal(a, b))
                |> Array.map (fun (_, rows) -> struct (Array.sumBy snd rows, float rows.Length))

            let mutable random = SplitMix64(uint64 seed)
            let means = Array.zeroCreate<float> resamples

            for sample in 0 .. resamples - 1 do
                let mutable sum = 0.0
                let mutable count = 0.0

                for _ in 1 .. recordings.Length do
                    let struct (s, n) = recordings[random.Below recordings.Length]
                    sum <- sum + s
                    count <- count + n

                means[sample] <- sum / count

            struct (Array.average values, percentile 0.025 (Array.copy means), percentile 0.975 means)
