namespace Mina.Model.Training

#nowarn "9"

open System
open System.Collections.Concurrent
open System.Runtime.Intrinsics
open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Inference
open Mina.Preprocess

/// Loss and gradients of the network by hand, without libtorch. A batch's windows are worked on in blocks of four and the gradients of
/// the blocks added up in an order that hangs on the batch's size alone: the numbers are the same bit for bit whatever the number of
/// threads, and the same at every width of registers where products are fused. Not for several callers at once.
[<AbstractClass>]
type internal TrainingEngine() =
    /// Mean loss of a batch at these weights (flat, `Parameters`), and its gradients, overwriting `gradients`. targets (B): the probability
    /// of AF that is asked for, 0 .. 1; null: the segments' classes. dropout: what each rhythm feature (channels, B, 8) is multiplied by;
    /// null: no dropout. ArgumentException when an array is too short.
    abstract Backward:
        weights: float32[] *
        batch: SegmentBatch *
        loss: Loss *
        targets: (float[] | null) *
        dropout: (float32[] | null) *
        gradients: float32[] *
        workers: Workers ->
            float

/// A batch, what is asked of it, and where each segment's loss goes.
type internal Lesson = {
    Batch: SegmentBatch
    Loss: Loss
    /// (B): the probability of AF that is asked for; null: the classes.
    Targets: float[] | null
    /// What each rhythm feature (channels, B, 8) is multiplied by; null: no dropout.
    Dropout: float32[] | null
    /// (B).
    Losses: float[]
}

/// The training engine on registers of one width.
[<Sealed>]
type internal TrainingEngine<'V, 'L when 'V: struct and 'L :> ILanes<'V> and 'L: struct>() =
    inherit TrainingEngine()

    /// Windows in a block: 240 sub-segments are five times three sixteens.
    static let block = 4

    /// Gradients that blocks are added to, side by side: the most threads that find work.
    static let most = 16

    let weights = TrainingWeights 'L.Count
    let gradients = Array.init most (fun _ -> FlatGradient())
    let scratch = ConcurrentBag<TrainingScratch<'V, 'L>>()

    /// What the forward pass of channel c needs of the block's windows, `first` and following, `present` of them.
    let forward (lesson: Lesson) first present (s: TrainingScratch<'V, 'L>) c =
        let batch, w = lesson.Batch, weights.Forward.Channels[c]
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
            let h =
                NativePtr.add s.Lstm[c].Output (i * Shapes.SubSegments * 2 * int Sizes.hidden)

            let k = NativePtr.add kRhythm ((row + i) * Shapes.SubSegments)

            let features =
                NativePtr.add s.Features ((i * Shapes.Channels + c) * weights.Forward.Width)

            let kept = NativePtr.add s.Head[c] (i * HeadKernel<'V, 'L>.Scratch)
            HeadKernel<'V, 'L>.Rhythm(w, weights.Forward.Width, h, k, features, kept)

    /// What feature j of channel c of segment `at` is multiplied by.
    let kept (lesson: Lesson) c at j =
        match lesson.Dropout with
        | null -> 1.0f
        | mask -> mask[(c * lesson.Batch.Count + at) * int Sizes.rhythm + j]

    /// Classes of window i of the block, segment `at` of the batch, forwards and backwards.
    let classes (lesson: Lesson) at i (s: TrainingScratch<'V, 'L>) (gradient: FlatGradient) =
        let batch, w = lesson.Batch, weights.Forward

        let inline ofWindow p =
            NativePtr.add p (i * Shapes.Channels * w.Width)

        let features, dropped, by =
            ofWindow s.Features, ofWindow s.Dropped, ofWindow s.ByFeatures

        use kFreq = fixed batch.KFreq
        let kFreq = NativePtr.add kFreq at

        for c in 0 .. Shapes.Channels - 1 do
            for j in 0 .. int Sizes.rhythm - 1 do
                let n = c * w.Width + j
                NativePtr.set dropped n (NativePtr.get features n * kept lesson c at j)

        let kept' = NativePtr.add s.Classes (i * 64)
        let logits = NativePtr.add kept' 32
        HeadKernel<'V, 'L>.Classes(w, dropped, kFreq, batch.Count, Span(NativePtr.toVoidPtr logits, 2), kept')

        let target =
            match lesson.Targets with
            | null -> float batch.Class[at]
            | targets -> targets[at]

        let loss =
            LossAt.ofLogits lesson.Loss (NativePtr.get logits 0) (NativePtr.get logits 1) target

        lesson.Losses[at] <- loss.Value
        NativePtr.set logits 0 (float32 (loss.ByNotAF / float batch.Count))
        NativePtr.set logits 1 (float32 (loss.ByAF / float batch.Count))
        HeadGradient<'V, 'L>.Classes(w, logits, dropped, kFreq, batch.Count, kept', gradient, by)

        for c in 0 .. Shapes.Channels - 1 do
            for j in 0 .. int Sizes.rhythm - 1 do
                let n = c * w.Width + j

                NativePtr.set
                    by
                    n
                    (if NativePtr.get features n > 0.0f then
                         NativePtr.get by n * kept lesson c at j
                     else
                         0.0f)

    /// The backward pass of channel c.
    let backward (lesson: Lesson) first present (s: TrainingScratch<'V, 'L>) (gradient: FlatGradient) c =
        let forward, w = weights.Forward.Channels[c], weights.Backward[c]
        use kRhythm = fixed lesson.Batch.KRhythm
        let width, both = weights.Forward.Width, 2 * int Sizes.hidden
        let rows = block * Shapes.SubSegments

        for i in 0 .. present - 1 do
            let row = c * lesson.Batch.Count + first + i

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

    /// One block, forwards and backwards.
    let learn (lesson: Lesson) first (s: TrainingScratch<'V, 'L>) (gradient: FlatGradient) =
        let present = min block (lesson.Batch.Count - first)

        for c in 0 .. Shapes.Channels - 1 do
            forward lesson first present s c

        for i in 0 .. present - 1 do
            classes lesson (first + i) i s gradient

        for c in 0 .. Shapes.Channels - 1 do
            backward lesson first present s gradient c

    /// Blocks `share` of `shares` equal parts of all, into the gradient of that number.
    let learnShare (lesson: Lesson) blocks shares share =
        let s =
            match scratch.TryTake() with
            | true, s -> s
            | _ -> TrainingScratch<'V, 'L> block

        try
            gradients[share].Clear()

            for n in share * blocks / shares .. (share + 1) * blocks / shares - 1 do
                learn lesson (n * block) s gradients[share]
        finally
            scratch.Add s

    /// Adds numbers `first` .. `last` of the gradients by twos: 0 and 1, 2 and 3, ..., then 0 and 2, ...; the sum of all to `into`.
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

    /// The kernels look at addresses alone: whatever is too short must be found here.
    static let check
        flat
        (batch: SegmentBatch)
        (targets: float[] | null)
        (dropout: float32[] | null)
        (into: float32[])
        =
        Engine.Check batch

        let holds what length least =
            if length < least then
                invalidArg what $"%d{length} numbers are too few: training needs %d{least} there."

        holds "weights" (Array.length<float32> flat) Parameters.count
        holds "gradients" into.Length Parameters.count
        holds "batch" batch.Count 1

        match targets with
        | null -> ()
        | targets -> holds "targets" targets.Length batch.Count

        match dropout with
        | null -> ()
        | mask -> holds "dropout" mask.Length (Shapes.Channels * batch.Count * int Sizes.rhythm)

    override _.Backward(flat, batch, loss, targets, dropout, into, workers) =
        check flat batch targets dropout into
        weights.Load flat

        let lesson = {
            Batch = batch
            Loss = loss
            Targets = targets
            Dropout = dropout
            Losses = Array.zeroCreate batch.Count
        }

        let blocks = (batch.Count + block - 1) / block
        let shares = min most blocks
        workers.Invoke(shares, (fun share -> learnShare lesson blocks shares share))
        let slice = Buffer.Padded((Parameters.count + most - 1) / most)

        workers.Invoke(
            most,
            fun n -> addUp shares (min Parameters.count (n * slice)) (min Parameters.count ((n + 1) * slice)) into
        )

        GC.KeepAlive weights
        Array.sum lesson.Losses / float batch.Count

/// Makes training engines.
[<RequireQualifiedAccess>]
module internal TrainingEngine =
    let avx512 () : TrainingEngine =
        TrainingEngine<Vector512<float32>, Lanes512>()

    let avx2 () : TrainingEngine =
        TrainingEngine<Vector256<float32>, Lanes256>()

    let portable () : TrainingEngine =
        TrainingEngine<Vector128<float32>, Lanes128>()

    /// The engine for the widest registers that this machine works with.
    let create () : TrainingEngine =
        if Vector512.IsHardwareAccelerated then avx512 ()
        elif Vector256.IsHardwareAccelerated then avx2 ()
        else portable ()
