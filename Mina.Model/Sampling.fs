namespace Mina.Model

open Mina.Preprocess

/// Chooses a sample of windows where all would be too many.
[<RequireQualifiedAccess>]
module Sampling =
    /// Chooses at most `count` of the windows, each with the same chance, and returns them in the order of their
    /// recordings and starts. The choice is a function of the seed and the set of windows; the order in which they come
    /// does not matter.
    [<CompiledName("Windows")>]
    let windows (seed: int64) (count: int) (windows: WindowScore seq) : WindowScore[] =
        let drawn (w: WindowScore) =
            let mutable random = SplitMix64.ForWindow(seed, 0x73616D70L, w.RecordingId, w.Start)
            random.Next()

        windows
        |> Seq.toArray
        |> Array.sortBy (fun w -> struct (drawn w, w.Start))
        |> Array.truncate count
        |> Array.sortWith (fun a b ->
            match System.String.CompareOrdinal(a.RecordingId, b.RecordingId) with
            | 0 -> compare a.Start b.Start
            | order -> order)
