namespace Mina.Model

open System
open Mina.Preprocess

/// Takes parts of a window away, to see what the network makes of the rest.
[<RequireQualifiedAccess>]
module Blanking =
    /// <summary>The instants with the highest attention.</summary>
    /// <param name="attention">One number a sample.</param>
    /// <param name="share">Of the samples, 0 .. 1; rounded to whole samples.</param>
    /// <returns>True for them. Of equal attention, the earlier is taken.</returns>
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

    /// The samples where the signal is steepest: mean |x[t] - x[t-1]| of the 32 samples about them, as many as the network's
    /// kernel sees. In an ECG, the QRS complexes.
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

    /// The same choice, later by so many samples, what leaves the window coming in again at its start: stretches of the same
    /// lengths in other places.
    [<CompiledName("Shifted")>]
    let shifted (chosen: bool[]) (by: int) : bool[] =
        let n = chosen.Length
        Array.init n (fun t -> chosen[((t - by) % n + n) % n])

    /// The choice shifted by a random number of samples, not 0: a function of (seed, window, draw) alone.
    [<CompiledName("Elsewhere")>]
    let elsewhere (seed: int64) (recordingId: string) (start: int) (draw: int) (chosen: bool[]) : bool[] =
        let mutable random =
            SplitMix64.ForWindow(seed, 0x626C616EL + int64 draw, recordingId, start)

        shifted chosen (1 + int (random.Uniform() * float (chosen.Length - 1)))

    /// A window whose chosen stretches are replaced by the straight line between the samples on either side; at the window's
    /// edge by the one sample there is; 0 everywhere when all is chosen.
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
