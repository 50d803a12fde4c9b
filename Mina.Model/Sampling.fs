namespace Mina.Model

open Mina.Preprocess

/// Chooses windows to look at when all would be too many.
[<RequireQualifiedAccess>]
module Sampling =
    /// At most `count` of the windows, each with the same chance; in the order of their recordings and starts. A function of
    /// (seed, windows), whatever order they come in.
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
