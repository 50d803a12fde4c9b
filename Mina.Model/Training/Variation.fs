namespace Mina.Model

open System
open Mina.Preprocess

/// Varies training windows from epoch to epoch.
[<RequireQualifiedAccess>]
module Variation =
    /// Creates a function that varies a batch in place, given its number in the epoch. Every thread that reads batches
    /// needs its own. The variations are a function of (seed, epoch, number) alone.
    [<CompiledName("Create")>]
    let create (settings: PreprocessSettings) (seed: int64) (epoch: int) : Action<SegmentBatch, int> =
        let augmenter = Augmenter(settings, Augmentation.Default)
        // The keys of all seeds, epochs and batches lie far apart.
        Action<_, _>(fun batch number ->
            augmenter.Apply(batch, (seed * 1_000_003L + int64 epoch) * 1_000_003L + int64 number))
