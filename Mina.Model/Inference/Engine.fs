namespace Mina.Model.Inference

#nowarn "9"

open System
open System.Collections.Concurrent
open System.Runtime.Intrinsics
open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Preprocess

/// Where to write what the network looked at; shapes as in `Explanation`.
type internal Attentions = {
    Alpha: float32[][]
    Beta: float32[][]
    Gamma: float32[]
}

/// The network of a frozen model, without libtorch: `FreqNet`'s numbers to rounding, some ten times as fast. A segment's numbers
/// do not depend on its company in the batch, on the width of the machine's registers or on other threads, bit for bit; any
/// number of threads may call at once. Nothing is allocated once each thread has called.
[<AbstractClass>]
type internal Engine() =
    /// Positions of the convolution's kernel in a sub-segment, which alpha weighs.
    static member Positions = 10

    /// The kernels look at addresses alone: an ArgumentException for a batch that holds fewer segments than it says.
    static member Check(batch: SegmentBatch) =
        let holds what length perSegment =
            if length < batch.Count * perSegment then
                invalidArg (nameof batch) $"%d{batch.Count} segments need more %s{what} than %d{length} numbers."

        holds "x" batch.X.Length Shapes.XLength
        holds "beat knowledge" batch.KBeat.Length Shapes.XLength
        holds "rhythm knowledge" batch.KRhythm.Length Shapes.RhythmLength
        holds "frequency knowledge" batch.KFreq.Length Shapes.Channels
        holds "classes" batch.Class.Length 1

    /// Logits (B, 2) of a batch into `logits`, and into `attentions` unless that is None.
    abstract Run: batch: SegmentBatch * logits: Span<float32> * attentions: Attentions voption -> unit

    /// Logits (B, 2) of a batch, by several threads.
    abstract RunBy: workers: Workers * batch: SegmentBatch * logits: float32[] -> unit

/// What one call needs of memory, for blocks of `windows` windows.
[<Sealed>]
type internal Scratch<'V, 'L when 'V: struct and 'L :> ILanes<'V> and 'L: struct>(windows: int) =
    let count = windows * Shapes.SubSegments

    let filters, both, gates =
        int Sizes.filters, LstmKernel<'V, 'L>.Both, LstmKernel<'V, 'L>.Gates

    let tile = max BeatKernel<'V, 'L>.Scratch HeadKernel<'V, 'L>.Scratch

    let beats, output, gateRows =
        filters * Buffer.Padded count, count * both, 2 * count * gates

    let features, cells, zeros = windows * Shapes.Channels * 16, windows * both, both

    let buffer =
        Buffer(tile + beats + output + gateRows + features + cells + zeros + 7 * 16)

    member val Tile = buffer.Take tile
    member val Beats = buffer.Take beats
    member val Output = buffer.Take output
    member val Gates = buffer.Take gateRows
    member val Features = buffer.Take features
    member val Cells = buffer.Take cells
    member val Zeros = buffer.Take zeros
    /// What the pointers point into.
    member _.Memory = buffer

/// The engine on registers of one width.
[<Sealed>]
type internal Engine<'V, 'L when 'V: struct and 'L :> ILanes<'V> and 'L: struct>(weights: float32[]) =
    inherit Engine()

    /// Windows worked on at once: 240 sub-segments are whole registers of any width, and all that is in work stays in the
    /// second-level cache.
    static let block = 4

    let packed = Packed 'L.Count
    do packed.Load weights
    let scratch = ConcurrentBag<Scratch<'V, 'L>>()

    /// Windows `first` .. `first + windows - 1` of the batch.
    let run
        (batch: SegmentBatch)
        first
        windows
        (s: Scratch<'V, 'L>)
        (logits: Span<float32>)
        (attentions: Attentions voption)
        =
        use x = fixed batch.X
        use kBeat = fixed batch.KBeat
        use kRhythm = fixed batch.KRhythm
        use kFreq = fixed batch.KFreq
        let steps = Shapes.SubSegments
        let count = windows * steps
        let stride = Buffer.Padded count

        for c in 0 .. Shapes.Channels - 1 do
            let w = packed.Channels[c]
            let row = c * batch.Count + first
            let inline signal (p: Pointer) = NativePtr.add p (row * Shapes.Window)

            let alpha: float32[] | null =
                match attentions with
                | ValueSome a -> a.Alpha[c]
                | ValueNone -> null

            BeatKernel<'V, 'L>
                .Run(w, signal x, signal kBeat, count, s.Beats, stride, alpha, first * steps * 10, s.Tile, s.Zeros)

            LstmKernel<'V, 'L>.Run(w, s.Beats, stride, windows, s.Output, s.Gates, s.Cells, s.Zeros)

            for i in 0 .. windows - 1 do
                let h = NativePtr.add s.Output (i * steps * LstmKernel<'V, 'L>.Both)
                let k = NativePtr.add kRhythm ((row + i) * steps)
                let features = NativePtr.add s.Features ((i * Shapes.Channels + c) * packed.Width)
                HeadKernel<'V, 'L>.Rhythm(w, packed.Width, h, k, features, s.Tile)

                match attentions with
                | ValueSome a ->
                    Span<float32>(NativePtr.toVoidPtr s.Tile, steps).CopyTo(a.Beta[c].AsSpan((first + i) * steps))
                | ValueNone -> ()

        for i in 0 .. windows - 1 do
            let at = first + i
            let features = NativePtr.add s.Features (i * Shapes.Channels * packed.Width)

            HeadKernel<'V, 'L>
                .Classes(packed, features, NativePtr.add kFreq at, batch.Count, logits.Slice(2 * at, 2), s.Tile)

            match attentions with
            | ValueSome a ->
                Span<float32>(NativePtr.toVoidPtr s.Tile, Shapes.Channels).CopyTo(a.Gamma.AsSpan(at * Shapes.Channels))
            | ValueNone -> ()

    /// Whatever is too short must be found here.
    static let check (batch: SegmentBatch) (logits: Span<float32>) (attentions: Attentions voption) =
        Engine.Check batch

        let holds what length perSegment =
            if length < batch.Count * perSegment then
                invalidArg (nameof batch) $"%d{batch.Count} segments need more %s{what} than %d{length} numbers."

        holds "room for logits" logits.Length 2

        match attentions with
        | ValueSome a ->
            for c in 0 .. Shapes.Channels - 1 do
                holds "room for alpha" a.Alpha[c].Length (Shapes.SubSegments * Engine.Positions)
                holds "room for beta" a.Beta[c].Length Shapes.SubSegments

            holds "room for gamma" a.Gamma.Length Shapes.Channels
        | ValueNone -> ()

    /// Windows `first` .. `last - 1`.
    let runBlocks (batch: SegmentBatch) first last (logits: Span<float32>) (attentions: Attentions voption) =
        let s =
            match scratch.TryTake() with
            | true, s -> s
            | _ -> Scratch<'V, 'L>(block)

        try
            let mutable first = first

            while first < last do
                let windows = min block (last - first)
                run batch first windows s logits attentions
                first <- first + windows
        finally
            scratch.Add s
            GC.KeepAlive packed

    override _.Run(batch, logits, attentions) =
        check batch logits attentions
        runBlocks batch 0 batch.Count logits attentions

    override _.RunBy(workers, batch, logits) =
        check batch (Span logits) ValueNone
        let blocks = (batch.Count + block - 1) / block

        workers.Invoke(
            blocks,
            (fun n -> runBlocks batch (n * block) (min batch.Count ((n + 1) * block)) (Span logits) ValueNone)
        )

/// Makes engines.
[<RequireQualifiedAccess>]
module internal Engine =
    let avx512 weights : Engine =
        Engine<Vector512<float32>, Lanes512> weights

    let avx2 weights : Engine =
        Engine<Vector256<float32>, Lanes256> weights

    let portable weights : Engine =
        Engine<Vector128<float32>, Lanes128> weights

    /// The engine of those weights for the widest registers that this machine works with.
    let create weights : Engine =
        if Vector512.IsHardwareAccelerated then avx512 weights
        elif Vector256.IsHardwareAccelerated then avx2 weights
        else portable weights
