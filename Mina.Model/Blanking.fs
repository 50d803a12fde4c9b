namespace Mina.Model

open System
open Mina.Preprocess

/// Removes parts of a window, so that it can be measured how the network judges the rest.
[<RequireQualifiedAccess>]
module Blanking =
    /// <summary>Chooses the samples with the highest attention.</summary>
    /// <param name="attention">(n): the attention of each sample.</param>
    /// <param name="share">The share of the samples to choose, 0 .. 1; it is rounded to whole samples.</param>
    /// <returns>(n): true for the chosen samples. Of samples with equal attention, the earlier is chosen.</returns>
    [<CompiledName("Highest")>]
    let highest (attention: float32[]) (share: float) : bool[] =
        if not (share >= 0.0 && share <= 1.0) then
            invalidArg (nameof share) $"%g{share} is no share of the samples: it lies between 0 and 1."

        let chosen = Array.zeroCreate<bool> attention.Length

        [| 0 .. attention.Length - 1 |]
        |> Array.sortBy (fun t -> struct (-attention[t], t))
        |> Array.take (int (Math.Round(share * float attention.Length)))
        |> Array.iter (fun t -> chosen[t] <- true)

        chosen

    /// Chooses the samples where the signal is steepest, by the mean of |x[t] - x[t-1]| over the 32 samples around
    /// them, which is the length of the network's kernel. In an ECG these are the QRS complexes.
    [<CompiledName("Steepest")>]
    let steepest (window: ReadOnlySpan<float32>) (share: float) : bool[] =
        let reach = AttentionSizes.Kernel / 2
        let sums = Array.zeroCreate<float>(window.Length + 1)

        for t in 0 .. window.Length - 1 do
            let step = if t = 0 then 0.0f else abs (window[t] - window[t - 1])
            sums[t + 1] <- sums[t] + float step

        let n = window.Length

        let mean t =
            let first, after = max 0 (t - reach), min n (t + reach)
            float32 ((sums[after] - sums[first]) / float (after - first))

        highest (Array.init n mean) share

    /// Moves a choice later by a number of samples, where samples that leave the window enter again at its start. The
    /// stretches keep their lengths and lie in other places.
    [<CompiledName("Shifted")>]
    let shifted (chosen: bool[]) (by: int) : bool[] =
        let n = chosen.Length
        Array.init n (fun t -> chosen[((t - by) % n + n) % n])

    /// Shifts a choice by a random number of samples other than 0. The number is a function of (seed, window, draw)
    /// alone.
    [<CompiledName("Elsewhere")>]
    let elsewhere (seed: int64) (recordingId: string) (start: int) (draw: int) (chosen: bool[]) : bool[] =
        let mutable random =
            SplitMix64.ForWindow(seed, 0x626C616EL + int64 draw, recordingId, start)

        shifted chosen (1 + int (random.Uniform() * float (chosen.Length - 1)))

    /// Replaces the chosen stretches of a window by the straight line between the samples on either side. At the edge
    /// of the window the one neighbouring sample is repeated, and where all samples are chosen the result is 0
    /// everywhere.
    [<CompiledName("Without")>]
    let without (window: ReadOnlySpan<float32>) (chosen: bool[]) : float32[] =
        if chosen.Length <> window.Length then
            invalidArg
                (nameof chosen)
                $"A window of %d{window.Length} samples needs as many choices, not %d{chosen.Length}."

        let blanked = window.ToArray()
        let mutable t = 0

        while t < blanked.Length do
            if not chosen[t] then
                t <- t + 1
            else
                let first = t

                while t < blanked.Length && chosen[t] do
                    t <- t + 1

                let before, after = first > 0, t < blanked.Length

                let left =
                    if before then blanked[first - 1]
                    elif after then blanked[t]
                    else 0.0f

                let right = if after then blanked[t] else left

                for i in first .. t - 1 do
                    blanked[i] <- left + (right - left) * float32 (i - first + 1) / float32 (t - first + 1)

        blanked
