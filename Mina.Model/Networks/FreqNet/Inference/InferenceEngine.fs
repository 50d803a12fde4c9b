namespace Mina.Model.Networks.FreqNet

#nowarn "9"

open System
open System.Collections.Concurrent
open System.Runtime.Intrinsics
open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// The memory that one call needs for blocks of `windows` windows.
[<Sealed>]
type internal InferenceScratch<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct>(windows: int) =
    let count = windows * Shapes.SubSegments

    let filters, both, gates =
        Sizes.Filters, LstmKernel<'V, 'L>.Both, LstmKernel<'V, 'L>.Gates

    let tile = max BeatKernel<'V, 'L>.Scratch HeadKernel<'V, 'L>.Scratch

    let beats, output, gateRows =
        filters * AlignedBuffer.Padded count, count * both, 2 * count * gates

    let features, cells, zeros =
        windows * Shapes.Channels * Registers.MaxLanes, windows * both, both

    let buffer =
        // Each of the seven pieces may begin up to a cache line later than the one before it ends.
        AlignedBuffer(
            tile
            + beats
            + output
            + gateRows
            + features
            + cells
            + zeros
            + 7 * Registers.MaxLanes
        )

    member val Tile = buffer.Take tile
    member val Beats = buffer.Take beats
    member val Output = buffer.Take output
    member val Gates = buffer.Take gateRows
    member val Features = buffer.Take features
    member val Cells = buffer.Take cells
    member val Zeros = buffer.Take zeros
    /// The buffer that the pointers point into, which must be kept alive while they are used.
    member _.Memory = buffer

/// The network with fixed weights, on registers of one width. The results are those of the published network to
/// rounding. The results for a segment have the same bits whatever else is in the batch, at every width of registers
/// and on any number of threads. Nothing is allocated after each thread's first call.
[<Sealed>]
type internal InferenceEngine<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct>(weights: float32[]) =
    /// The number of windows that are computed together. Their 240 sub-segments are whole registers of any width, and
    /// the data of four windows stays in the second-level cache.
    static let block = 4

    let packed = InferenceWeights 'L.Count
    do packed.Load weights
    let scratch = ConcurrentBag<InferenceScratch<'V, 'L>>()

    /// Computes the windows `first` .. `first + windows - 1` of the batch.
    let run
        (batch: SegmentBatch)
        first
        windows
        (s: InferenceScratch<'V, 'L>)
        (logits: Span<float32>)
        (attentions: AttentionShares | null)
        =
        use x = fixed batch.X
        use kBeat = fixed batch.KBeat
        use kRhythm = fixed batch.KRhythm
        use kFreq = fixed batch.KFreq
        let steps = Shapes.SubSegments
        let count = windows * steps
        let stride = AlignedBuffer.Padded count

        for c in 0 .. Shapes.Channels - 1 do
            let w = packed.Channels[c]
            let row = c * batch.Count + first
            let inline signal (p: Pointer) = NativePtr.add p (row * Shapes.Window)

            let alpha: float32[] | null =
                match attentions with
                | null -> null
                | a -> a.Alpha[c]

            BeatKernel<'V, 'L>
                .Run(
                    w,
                    signal x,
                    signal kBeat,
                    count,
                    s.Beats,
                    stride,
                    alpha,
                    first * steps * Sizes.Positions,
                    s.Tile,
                    s.Zeros
                )

            LstmKernel<'V, 'L>.Run(w, s.Beats, stride, windows, s.Output, s.Gates, s.Cells, s.Zeros)

            for i in 0 .. windows - 1 do
                let h = NativePtr.add s.Output (i * steps * LstmKernel<'V, 'L>.Both)
                let k = NativePtr.add kRhythm ((row + i) * steps)
                let features = NativePtr.add s.Features ((i * Shapes.Channels + c) * packed.Width)
                HeadKernel<'V, 'L>.Rhythm(w, packed.Width, h, k, features, s.Tile)

                match attentions with
                | null -> ()
                | a -> Span<float32>(NativePtr.toVoidPtr s.Tile, steps).CopyTo(a.Beta[c].AsSpan((first + i) * steps))

        for i in 0 .. windows - 1 do
            let at = first + i
            let features = NativePtr.add s.Features (i * Shapes.Channels * packed.Width)

            HeadKernel<'V, 'L>
                .Classes(packed, features, NativePtr.add kFreq at, batch.Count, logits.Slice(2 * at, 2), s.Tile)

            match attentions with
            | null -> ()
            | a ->
                Span<float32>(NativePtr.toVoidPtr s.Tile, Shapes.Channels).CopyTo(a.Gamma.AsSpan(at * Shapes.Channels))

    /// Computes the windows `first` .. `last - 1`, block by block.
    let runBlocks (batch: SegmentBatch) first last (logits: Span<float32>) (attentions: AttentionShares | null) =
        let s =
            match scratch.TryTake() with
            | true, s -> s
            | _ -> InferenceScratch<'V, 'L>(block)

        try
            let mutable first = first

            while first < last do
                let windows = min block (last - first)
                run batch first windows s logits attentions
                first <- first + windows
        finally
            scratch.Add s
            GC.KeepAlive packed

    interface IInferenceEngine with
        member _.Run(batch, logits, attentions) =
            EngineInput.checkRun batch logits.Length attentions
            runBlocks batch 0 batch.Count logits attentions

        member _.RunOn(workers, batch, logits) =
            EngineInput.checkRun batch logits.Length null
            let blocks = (batch.Count + block - 1) / block

            workers.Invoke(
                blocks,
                (fun n -> runBlocks batch (n * block) (min batch.Count ((n + 1) * block)) (Span logits) null)
            )

        /// Does nothing, because the garbage collector frees the memory.
        member _.Dispose() = ()

/// Creates inference engines.
[<RequireQualifiedAccess>]
module internal InferenceEngine =
    let avx512 weights : IInferenceEngine =
        new InferenceEngine<Vector512<float32>, Lanes512>(weights)

    let avx2 weights : IInferenceEngine =
        new InferenceEngine<Vector256<float32>, Lanes256>(weights)

    let portable weights : IInferenceEngine =
        new InferenceEngine<Vector128<float32>, Lanes128>(weights)

    /// Creates the engine for the widest registers of this machine.
    let create weights : IInferenceEngine =
        if Vector512.IsHardwareAccelerated then avx512 weights
        elif Vector256.IsHardwareAccelerated then avx2 weights
        else portable weights
