namespace Mina.Model.Networks.FreqNet

#nowarn "9"
#nowarn "3535"

open System
open System.Runtime.CompilerServices
open System.Runtime.Intrinsics
open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// Computes BeatNet on a tile: as many sub-segments of one channel as a register has lanes, one in each lane. Every
/// step, including attention and its softmax, is then the same arithmetic in all lanes, and no lanes are ever added up.
[<AbstractClass; Sealed>]
type internal BeatKernel<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> private () =
    /// The rows of a tile, each one register: samples (50), beat knowledge (50), convolved (64, 10) and beside it the
    /// convolved knowledge (10), hidden (8, 10) and attention (10).
    static member Samples = 0
    static member KnowledgeSamples = Shapes.SubSegment
    static member Convolved = 2 * Shapes.SubSegment
    static member Knowledge = BeatKernel<'V, 'L>.Convolved + Sizes.Filters * Sizes.Positions
    static member Hidden = BeatKernel<'V, 'L>.Knowledge + Sizes.Positions
    static member Alpha = BeatKernel<'V, 'L>.Hidden + Sizes.Attention * Sizes.Positions
    static member Rows = BeatKernel<'V, 'L>.Alpha + Sizes.Positions

    /// The largest number of numbers in a tile.
    static member Scratch = BeatKernel<'V, 'L>.Rows * Registers.MaxLanes

    /// Transposes the first `present` sub-segments of a signal (N, 50) to (50, lanes), one in each lane; the other
    /// lanes get 0. `present` is a multiple of four, because a window has 60 sub-segments.
    static member private TransposeTile(signal: Pointer, present: int, into: Pointer) =
        let lanes = 'L.Count

        for four in 0 .. lanes / 4 - 1 do
            let into = NativePtr.add into (4 * four)

            if 4 * four < present then
                let from = NativePtr.add signal (4 * four * Shapes.SubSegment)

                for square in 0 .. (Shapes.SubSegment + 3) / 4 - 1 do
                    // 50 is no multiple of 4, so two samples are done twice.
                    let t = min (4 * square) (Shapes.SubSegment - 4)
                    Transpose.block (NativePtr.add from t) Shapes.SubSegment (NativePtr.add into (t * lanes)) lanes
            else
                for t in 0 .. Shapes.SubSegment - 1 do
                    Vector128.Store(Vector128<float32>.Zero, NativePtr.add into (t * lanes))

    /// Computes rows x 10 products: out[row, p] = max(floor, bias[row] + sum over k of w[row, k] data[k kStep + p
    /// pStep]), where the indices of data and out count registers. Two rows by five positions are computed at a time,
    /// because ten sums, two weights and a sample fit the 16 registers of AVX2. The loop over the two halves of the
    /// positions is the outer one, so that the half of the data that all rows share stays in the first-level cache.
    static member private Product
        (w: Pointer, rows: int, inner: int, bias: Pointer, floor: float32, data: Pointer, kStep, pStep, out: Pointer)
        =
        let lanes = 'L.Count
        let floor = 'L.All floor
        let next = pStep * lanes

        for half in 0..1 do
            let mutable row = 0

            while row < rows do
                let first = 'L.All(NativePtr.get bias row)
                let second = 'L.All(NativePtr.get bias (row + 1))
                let mutable a0, a1, a2, a3, a4 = first, first, first, first, first
                let mutable b0, b1, b2, b3, b4 = second, second, second, second, second
                let mutable weight = NativePtr.add w (row * inner)
                let mutable d = NativePtr.add data (5 * half * next)

                for _ in 1..inner do
                    let wa = 'L.All(NativePtr.read weight)
                    let wb = 'L.All(NativePtr.get weight inner)
                    let x = 'L.Load d
                    a0 <- 'L.MultiplyAdd(wa, x, a0)
                    b0 <- 'L.MultiplyAdd(wb, x, b0)
                    let x = 'L.Load(NativePtr.add d next)
                    a1 <- 'L.MultiplyAdd(wa, x, a1)
                    b1 <- 'L.MultiplyAdd(wb, x, b1)
                    let x = 'L.Load(NativePtr.add d (2 * next))
                    a2 <- 'L.MultiplyAdd(wa, x, a2)
                    b2 <- 'L.MultiplyAdd(wb, x, b2)
                    let x = 'L.Load(NativePtr.add d (3 * next))
                    a3 <- 'L.MultiplyAdd(wa, x, a3)
                    b3 <- 'L.MultiplyAdd(wb, x, b3)
                    let x = 'L.Load(NativePtr.add d (4 * next))
                    a4 <- 'L.MultiplyAdd(wa, x, a4)
                    b4 <- 'L.MultiplyAdd(wb, x, b4)
                    weight <- NativePtr.add weight 1
                    d <- NativePtr.add d (kStep * lanes)

                let o = NativePtr.add out ((row * Sizes.Positions + 5 * half) * lanes)
                'L.Store(o, 'L.Max(floor, a0))
                'L.Store(NativePtr.add o lanes, 'L.Max(floor, a1))
                'L.Store(NativePtr.add o (2 * lanes), 'L.Max(floor, a2))
                'L.Store(NativePtr.add o (3 * lanes), 'L.Max(floor, a3))
                'L.Store(NativePtr.add o (4 * lanes), 'L.Max(floor, a4))
                let o = NativePtr.add o (Sizes.Positions * lanes)
                'L.Store(o, 'L.Max(floor, b0))
                'L.Store(NativePtr.add o lanes, 'L.Max(floor, b1))
                'L.Store(NativePtr.add o (2 * lanes), 'L.Max(floor, b2))
                'L.Store(NativePtr.add o (3 * lanes), 'L.Max(floor, b3))
                'L.Store(NativePtr.add o (4 * lanes), 'L.Max(floor, b4))
                row <- row + 2

    /// Convolves the beat knowledge, which is one row of `Product`'s kind, to (10, lanes).
    static member private ConvolveKnowledge(w: Pointer, bias: Pointer, data: Pointer, out: Pointer) =
        let lanes = 'L.Count
        let next = Sizes.Stride * lanes
        let zero = 'L.All 0.0f

        for half in 0..1 do
            let first = 'L.All(NativePtr.read bias)
            let mutable a0, a1, a2, a3, a4 = first, first, first, first, first
            let mutable d = NativePtr.add data (5 * half * next)

            for k in 0 .. Sizes.Kernel - 1 do
                let weight = 'L.All(NativePtr.get w k)
                a0 <- 'L.MultiplyAdd(weight, 'L.Load d, a0)
                a1 <- 'L.MultiplyAdd(weight, 'L.Load(NativePtr.add d next), a1)
                a2 <- 'L.MultiplyAdd(weight, 'L.Load(NativePtr.add d (2 * next)), a2)
                a3 <- 'L.MultiplyAdd(weight, 'L.Load(NativePtr.add d (3 * next)), a3)
                a4 <- 'L.MultiplyAdd(weight, 'L.Load(NativePtr.add d (4 * next)), a4)
                d <- NativePtr.add d lanes

            let o = NativePtr.add out (5 * half * lanes)
            'L.Store(o, 'L.Max(zero, a0))
            'L.Store(NativePtr.add o lanes, 'L.Max(zero, a1))
            'L.Store(NativePtr.add o (2 * lanes), 'L.Max(zero, a2))
            'L.Store(NativePtr.add o (3 * lanes), 'L.Max(zero, a3))
            'L.Store(NativePtr.add o (4 * lanes), 'L.Max(zero, a4))

    /// Replaces hidden (8, 10) by its tanh, and computes the attention over the 10 positions.
    static member private Attention(v: Pointer, hidden: Pointer, alpha: Pointer) =
        let lanes = 'L.Count
        let mutable most = 'L.All Single.NegativeInfinity

        for p in 0 .. Sizes.Positions - 1 do
            let mutable score = 'L.All 0.0f

            for j in 0 .. Sizes.Attention - 1 do
                let at = NativePtr.add hidden ((j * Sizes.Positions + p) * lanes)
                let h = Approximation<'V, 'L>.Tanh('L.Load at)
                'L.Store(at, h)
                score <- 'L.MultiplyAdd('L.All(NativePtr.get v j), h, score)

            'L.Store(NativePtr.add alpha (p * lanes), score)
            most <- 'L.Max(most, score)

        let mutable sum = 'L.All 0.0f

        for p in 0 .. Sizes.Positions - 1 do
            let at = NativePtr.add alpha (p * lanes)
            let e = Approximation<'V, 'L>.Exp('L.Subtract('L.Load at, most))
            'L.Store(at, e)
            sum <- 'L.Add(sum, e)

        let share = 'L.Divide('L.All 1.0f, sum)

        for p in 0 .. Sizes.Positions - 1 do
            let at = NativePtr.add alpha (p * lanes)
            'L.Store(at, 'L.Multiply('L.Load at, share))

    /// Computes beats[f] = sum over p of attention[p] convolved[f, p]; the rows of beats are `stride` numbers apart.
    static member private Weigh(attention: Pointer, convolved: Pointer, beats: Pointer, stride: int) =
        let lanes = 'L.Count

        let inline a p =
            'L.Load(NativePtr.add attention (p * lanes))

        let a0, a1, a2, a3, a4 = a 0, a 1, a 2, a 3, a 4
        let a5, a6, a7, a8, a9 = a 5, a 6, a 7, a 8, a 9

        for f in 0 .. Sizes.Filters - 1 do
            let c = NativePtr.add convolved (f * Sizes.Positions * lanes)
            let inline at p = 'L.Load(NativePtr.add c (p * lanes))
            let mutable sum = 'L.Multiply(a0, at 0)
            sum <- 'L.MultiplyAdd(a1, at 1, sum)
            sum <- 'L.MultiplyAdd(a2, at 2, sum)
            sum <- 'L.MultiplyAdd(a3, at 3, sum)
            sum <- 'L.MultiplyAdd(a4, at 4, sum)
            sum <- 'L.MultiplyAdd(a5, at 5, sum)
            sum <- 'L.MultiplyAdd(a6, at 6, sum)
            sum <- 'L.MultiplyAdd(a7, at 7, sum)
            sum <- 'L.MultiplyAdd(a8, at 8, sum)
            sum <- 'L.MultiplyAdd(a9, at 9, sum)
            'L.Store(NativePtr.add beats (f * stride), sum)

    /// Computes one tile of `present` sub-segments, 0 or more; the other lanes get the results for zeros. The inputs
    /// are x and kBeat (present, 50). The outputs are the tile's rows and beats (64), whose rows are `stride` numbers
    /// apart. `zeros` points to 8 zeros.
    static member Tile
        (
            w: ChannelWeights,
            x: Pointer,
            kBeat: Pointer,
            present: int,
            tile: Pointer,
            beats: Pointer,
            stride,
            zeros: Pointer
        ) =
        let inline row i = NativePtr.add tile (i * 'L.Count)
        let filters = Sizes.Filters

        let turned, turnedK =
            row BeatKernel<'V, 'L>.Samples, row BeatKernel<'V, 'L>.KnowledgeSamples

        let convolved = row BeatKernel<'V, 'L>.Convolved
        let hidden, alpha = row BeatKernel<'V, 'L>.Hidden, row BeatKernel<'V, 'L>.Alpha
        BeatKernel<'V, 'L>.TransposeTile(x, present, turned)
        BeatKernel<'V, 'L>.TransposeTile(kBeat, present, turnedK)

        BeatKernel<'V, 'L>.Product(w.Conv, filters, Sizes.Kernel, w.ConvBias, 0.0f, turned, 1, Sizes.Stride, convolved)

        BeatKernel<'V, 'L>.ConvolveKnowledge(w.ConvK, w.ConvKBias, turnedK, row BeatKernel<'V, 'L>.Knowledge)

        let attention, all, open' = Sizes.Attention, filters + 1, Single.NegativeInfinity

        BeatKernel<'V, 'L>.Product(w.BeatW, attention, all, zeros, open', convolved, Sizes.Positions, 1, hidden)
        BeatKernel<'V, 'L>.Attention(w.BeatV, hidden, alpha)
        BeatKernel<'V, 'L>.Weigh(alpha, convolved, beats, stride)

    /// Computes the beats of `count` sub-segments of one channel. The inputs are x and kBeat (count, 50). The outputs
    /// are beats (64, stride), where stride is at least count rounded up to whole registers, and alpha (count, 10),
    /// unless it is null. `scratch` holds `Scratch` numbers, and `zeros` points to 8 zeros.
    static member Run
        (
            w: ChannelWeights,
            x: Pointer,
            kBeat: Pointer,
            count: int,
            beats: Pointer,
            stride,
            alpha: float32[] | null,
            alphaAt,
            scratch: Pointer,
            zeros: Pointer
        ) =
        let lanes = 'L.Count
        let mutable n = 0

        while n < count do
            let present = min lanes (count - n)
            let at = n * Shapes.SubSegment

            BeatKernel<'V, 'L>
                .Tile(
                    w,
                    NativePtr.add x at,
                    NativePtr.add kBeat at,
                    present,
                    scratch,
                    NativePtr.add beats n,
                    stride,
                    zeros
                )

            match alpha with
            | null -> ()
            | alpha ->
                let row = NativePtr.add scratch (BeatKernel<'V, 'L>.Alpha * lanes)

                for lane in 0 .. present - 1 do
                    for p in 0 .. Sizes.Positions - 1 do
                        alpha[alphaAt + (n + lane) * Sizes.Positions + p] <- NativePtr.get row (p * lanes + lane)

            n <- n + lanes
