namespace Mina.Model

open System
open Mina.Preprocess

/// Varies training windows from epoch to epoch.
[<RequireQualifiedAccess>]
module Variation =
    /// The largest electrode motion noise, in standard deviations of the recording.
    let private motion = 1.0

    /// <summary>Creates a function that varies a batch in place, given its number in the epoch. Every thread that reads
    /// batches needs its own. The variations are a function of (seed, epoch, number) alone.</summary>
    /// <param name="settings">How segments are made.</param>
    /// <param name="recipe">Says how often a window gets motion noise.</param>
    /// <param name="noise">Recordings of such noise; null where the recipe has none.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="epoch">The epoch, counted from 1.</param>
    [<CompiledName("Create")>]
    let create
        (settings: PreprocessSettings)
        (recipe: Recipe)
        (noise: MotionNoise | null)
        (seed: int64)
        (epoch: int)
        : Action<SegmentBatch, int> =
        let augmentation =
            match noise with
            | null -> Augmentation.Default
            | _ -> Augmentation.Default.WithMotion(recipe.MotionNoise, motion)

        let augmenter = Augmenter(settings, augmentation, noise)
        // The keys of all seeds, epochs and batches lie far apart.
        Action<_, _>(fun batch number ->
            augmenter.Apply(batch, (seed * 1_000_003L + int64 epoch) * 1_000_003L + int64 number))
