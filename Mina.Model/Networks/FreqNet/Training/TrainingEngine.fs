namespace Mina.Model.Networks.FreqNet

#nowarn "9"

open System
open System.Collections.Concurrent
open System.Runtime.Intrinsics
open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// The arguments of one call of `ITrainingEngine.Backward`.
type internal TrainingBatch = {
    Batch: SegmentBatch
    Loss: Loss
    /// (B): the desired probabilities of AF; null stands for the classes.
    Targets: float[] | null
    /// (channels, B, 8): the dropout factor of each rhythm feature; null stands for no dropout.
    Dropout: float32[] | null
    /// (B): receives the loss of each segment.
    Losses: float[]
}

/// Computes loss and gradients of the published network on registers of one width, without libtorch. A batch's windows
/// are computed in blocks of four, and the gradients of the blocks are added up in an order that depends on the batch's
/// size alone. The results therefore have the same bits for any number of threads, and at every width of registers
/// where products are fused.
[<Sealed>]
type internal TrainingEngine<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct>() =
    /// The number of windows in a block; their 240 sub-segments are a multiple of `BeatGradient.Together`.
    static let block = 4

    /// The number of gradients that blocks are added to side by side, and so the largest number of threads that find
    /// work.
    static let maxShares = 16

    let weights = TrainingWeights 'L.Count
    let gradients = Array.init maxShares (fun _ -> FlatGradient())
    let scratch = ConcurrentBag<TrainingScratch<'V, 'L>>()

    /// The forward pass of channel c over the `present` windows of a block from `first` on.
    let forward (task: TrainingBatch) first present (s: TrainingScratch<'V, 'L>) c =
        let batch, w = task.Batch, weights.Forward.Channels[c]
        use x = fixed batch.X
        use kBeat = fixed batch.KBeat
        use kRhythm = fixed batch.KRhythm
        let row = c * batch.Count + first
        let rows, count = block * Shapes.SubSegments, present * Shapes.SubSegments
        let mutable n = 0

        while n < rows do
            let at =
                if n < count then
                    row * Shapes.Window + n * Shapes.SubSegment
                else
                    0

            let tile = NativePtr.add s.Tiles[c] (n * BeatKernel<'V, 'L>.Rows)
            let beats = NativePtr.add s.Beats n
            let here = Math.Clamp(count - n, 0, 'L.Count)
            BeatKernel<'V, 'L>.Tile(w, NativePtr.add x at, NativePtr.add kBeat at, here, tile, beats, rows, s.Zeros)
            n <- n + 'L.Count

        LstmGradient<'V, 'L>.Forward(w, s.Beats, rows, block, s.Lstm[c], s.Zeros)

        for i in 0 .. present - 1 do
            let h = NativePtr.add s.Lstm[c].Output (i * Shapes.SubSegments * 2 * Sizes.Hidden)

            let k = NativePtr.add kRhythm ((row + i) * Shapes.SubSegments)

            let features =
                NativePtr.add s.Features ((i * Shapes.Channels + c) * weights.Forward.Width)

            let kept = NativePtr.add s.Head[c] (i * HeadKernel<'V, 'L>.Scratch)
            HeadKernel<'V, 'L>.Rhythm(w, weights.Forward.Width, h, k, features, kept)

    /// The dropout factor of feature j of channel c of segment `at`.
    let kept (task: TrainingBatch) c at j =
        match task.Dropout with
        | null -> 1.0f
        | mask -> mask[(c * task.Batch.Count + at) * Sizes.Rhythm + j]

    /// The forward and backward pass of the classes of window i of the block, which is segment `at` of the batch.
    let classes (task: TrainingBatch) at i (s: TrainingScratch<'V, 'L>) (gradient: FlatGradient) =
        let batch, w = task.Batch, weights.Forward

        let inline ofWindow p =
            NativePtr.add p (i * Shapes.Channels * w.Width)

        let features, dropped, by =
            ofWindow s.Features, ofWindow s.Dropped, ofWindow s.ByFeatures

        use kFreq = fixed batch.KFreq
        let kFreq = NativePtr.add kFreq at

        for c in 0 .. Shapes.Channels - 1 do
            for j in 0 .. Sizes.Rhythm - 1 do
                let n = c * w.Width + j
                NativePtr.set dropped n (NativePtr.get features n * kept task c at j)

        let kept' = NativePtr.add s.Classes (i * HeadKernel<'V, 'L>.ClassesScratch)
        let logits = NativePtr.add kept' 32
        HeadKernel<'V, 'L>.Classes(w, dropped, kFreq, batch.Count, Span(NativePtr.toVoidPtr logits, 2), kept')

        let target =
            match task.Targets with
            | null -> float batch.Class[at]
            | targets -> targets[at]

        let loss =
            LossAt.ofLogits task.Loss (NativePtr.get logits 0) (NativePtr.get logits 1) target

        task.Losses[at] <- loss.Value
        NativePtr.set logits 0 (float32 (loss.ByNotAF / float batch.Count))
        NativePtr.set logits 1 (float32 (loss.ByAF / float batch.Count))
        HeadGradient<'V, 'L>.Classes(w, logits, dropped, kFreq, batch.Count, kept', gradient, by)

        for c in 0 .. Shapes.Channels - 1 do
            for j in 0 .. Sizes.Rhythm - 1 do
                let n = c * w.Width + j

                NativePtr.set
                    by
                    n
                    (if NativePtr.get features n > 0.0f then
                         NativePtr.get by n * kept task c at j
                     else
                         0.0f)

    /// The backward pass of channel c.
    let backward (task: TrainingBatch) first present (s: TrainingScratch<'V, 'L>) (gradient: FlatGradient) c =
        let forward, w = weights.Forward.Channels[c], weights.Backward[c]
        use kRhythm = fixed task.Batch.KRhythm
        let width, both = weights.Forward.Width, 2 * Sizes.Hidden
        let rows = block * Shapes.SubSegments

        for i in 0 .. present - 1 do
            let row = c * task.Batch.Count + first + i

            HeadGradient<'V, 'L>
                .Rhythm(
                    forward,
                    w,
                    width,
                    NativePtr.add s.ByFeatures ((i * Shapes.Channels + c) * width),
                    NativePtr.add s.Lstm[c].Output (i * Shapes.SubSegments * both),
                    NativePtr.add kRhythm (row * Shapes.SubSegments),
                    NativePtr.add s.Head[c] (i * HeadKernel<'V, 'L>.Scratch),
                    gradient,
                    c,
                    NativePtr.add s.ByOutput (i * Shapes.SubSegments * both),
                    s.Rest
                )

        let used = present * Shapes.SubSegments * both
        Memory.clear (NativePtr.add s.ByOutput used) (rows * both - used)

        LstmGradient<'V, 'L>.Backward(w, s.Lstm[c], block, present, s.ByOutput, s.ByBeats, gradient, c, s.Zeros, s.Rest)

        s.Sums.Clear()
        BeatGradient<'V, 'L>.Run(forward, s.Tiles[c], rows, s.ByBeats, s.Rest, s.Sums)
        s.Sums.AddTo(gradient, c)

    /// The forward and backward pass of one block.
    let learn (task: TrainingBatch) first (s: TrainingScratch<'V, 'L>) (gradient: FlatGradient) =
        let present = min block (task.Batch.Count - first)

        for c in 0 .. Shapes.Channels - 1 do
            forward task first present s c

        for i in 0 .. present - 1 do
            classes task (first + i) i s gradient

        for c in 0 .. Shapes.Channels - 1 do
            backward task first present s gradient c

    /// Computes part `share` of `shares` equal parts of the blocks into the gradient of that number.
    let learnShare (task: TrainingBatch) blocks shares share =
        let s =
            match scratch.TryTake() with
            | true, s -> s
            | _ -> TrainingScratch<'V, 'L> block

        try
            gradients[share].Clear()

            for n in share * blocks / shares .. (share + 1) * blocks / shares - 1 do
                learn task (n * block) s gradients[share]
        finally
            scratch.Add s

    /// Adds the numbers `first` .. `last` of the gradients in pairs, 0 and 1, 2 and 3, ..., then 0 and 2, ..., and
    /// writes the sum of all to `into`.
    let addUp shares first last (into: float32[]) =
        let mutable apart = 1

        while apart < shares do
            for n in 0 .. 2 * apart .. shares - 1 - apart do
                let a, b = gradients[n].First, gradients[n + apart].First
                let mutable i = first

                while i < last do
                    let at = NativePtr.add a i

                    if i + 'L.Count <= last then
                        'L.Store(at, 'L.Add('L.Load at, 'L.Load(NativePtr.add b i)))
                        i <- i + 'L.Count
                    else
                        NativePtr.write at (NativePtr.read at + NativePtr.get b i)
                        i <- i + 1

            apart <- 2 * apart

        Span<float32>(NativePtr.toVoidPtr (NativePtr.add gradients[0].First first), last - first)
            .CopyTo(into.AsSpan first)

    interface ITrainingEngine with
        member _.Backward(flat, batch, loss, targets, dropout, into, workers: Workers) =
            let features = Shapes.Channels * Sizes.Rhythm
            EngineInput.checkBackward Layout.count features flat batch targets dropout into
            weights.Load flat

            let task = {
                Batch = batch
                Loss = loss
                Targets = targets
                Dropout = dropout
                Losses = Array.zeroCreate batch.Count
            }

            let blocks = (batch.Count + block - 1) / block
            let shares = min maxShares blocks
            workers.Invoke(shares, (fun share -> learnShare task blocks shares share))
            let slice = AlignedBuffer.Padded((Layout.count + maxShares - 1) / maxShares)

            workers.Invoke(
                maxShares,
                fun n -> addUp shares (min Layout.count (n * slice)) (min Layout.count ((n + 1) * slice)) into
            )

            GC.KeepAlive weights
            Array.sum task.Losses / float batch.Count

        /// Does nothing, because the garbage collector frees the memory.
        member _.Dispose() = ()

/// Creates training engines.
[<RequireQualifiedAccess>]
module internal TrainingEngine =
    let avx512 () : ITrainingEngine =
        new TrainingEngine<Vector512<float32>, Lanes512>()

    let avx2 () : ITrainingEngine =
        new TrainingEngine<Vector256<float32>, Lanes256>()

    let portable () : ITrainingEngine =
        new TrainingEngine<Vector128<float32>, Lanes128>()

    /// Creates the engine for the widest registers of this machine.
    let create () : ITrainingEngine =
        if Vector512.IsHardwareAccelerated then avx512 ()
        elif Vector256.IsHardwareAccelerated then avx2 ()
        else portable ()
