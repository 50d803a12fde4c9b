namespace Mina.Model.Inference

#nowarn "9"
#nowarn "3535"

open System
open System.Runtime.CompilerServices
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Preprocess

/// BeatNet on a tile: as many sub-segments of one channel as a register has lanes, one a lane. Every step is then the same
/// arithmetic in all lanes, attention and its softmax too, and nothing is ever added up across a register.
[<AbstractClass; Sealed>]
type internal BeatKernel<'V, 'L when 'V: struct and 'L :> ILanes<'V> and 'L: struct> private () =
    /// Positions of the kernel in a sub-segment.
    static member Positions = 10

    /// Numbers of scratch that a tile needs: samples, beat knowledge, 65 convolved rows, 8 hidden rows.
    static member Scratch = (2 * Shapes.SubSegment + (65 + 8) * 10) * 16

    /// Four samples of four sub-segments, from (4, 50) to (4, lanes).
    static member private TurnSquare(from: Pointer, into: Pointer) =
        for lane in 0..3 do
            for t in 0..3 do
                NativePtr.set into (t * 'L.Count + lane) (NativePtr.get from (lane * Shapes.SubSegment + t))

    /// The same in registers of four.
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member private TurnSquareSse(from: Pointer, into: Pointer) =
        let lanes = 'L.Count
        let r0 = Vector128.Load from
        let r1 = Vector128.Load(NativePtr.add from Shapes.SubSegment)
        let r2 = Vector128.Load(NativePtr.add from (2 * Shapes.SubSegment))
        let r3 = Vector128.Load(NativePtr.add from (3 * Shapes.SubSegment))
        let low, low' = Sse.UnpackLow(r0, r1), Sse.UnpackLow(r2, r3)
        let high, high' = Sse.UnpackHigh(r0, r1), Sse.UnpackHigh(r2, r3)
        Vector128.Store(Sse.MoveLowToHigh(low, low'), into)
        Vector128.Store(Sse.MoveHighToLow(low', low), NativePtr.add into lanes)
        Vector128.Store(Sse.MoveLowToHigh(high, high'), NativePtr.add into (2 * lanes))
        Vector128.Store(Sse.MoveHighToLow(high', high), NativePtr.add into (3 * lanes))

    /// The first `present` sub-segments of a signal (N, 50), one a lane, to (50, lanes); lanes beyond those get 0. A window's 60
    /// sub-segments are whole fours, so `present` is too.
    static member private Turn(signal: Pointer, present: int, into: Pointer) =
        let lanes = 'L.Count

        for four in 0 .. lanes / 4 - 1 do
            let into = NativePtr.add into (4 * four)

            if 4 * four < present then
                let from = NativePtr.add signal (4 * four * Shapes.SubSegment)

                for square in 0 .. (Shapes.SubSegment + 3) / 4 - 1 do
                    let t = min (4 * square) (Shapes.SubSegment - 4) // 50 is no multiple of 4: two are done twice
                    let from, into = NativePtr.add from t, NativePtr.add into (t * lanes)

                    if Sse.IsSupported then
                        BeatKernel<'V, 'L>.TurnSquareSse(from, into)
                    else
                        BeatKernel<'V, 'L>.TurnSquare(from, into)
            else
                for t in 0 .. Shapes.SubSegment - 1 do
                    Vector128.Store(Vector128<float32>.Zero, NativePtr.add into (t * lanes))

    /// rows x 10 products: out[row, p] = max(floor, bias[row] + sum over k of w[row, k] data[k kStep + p pStep]), where data and
    /// out count in registers. Two rows by five positions at a time: ten sums, two weights and a sample fit the 16
    /// registers that AVX2 has. The halves go outside: the half of the data that the rows share stays in the
    /// first-level cache.
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
                    a0 <- 'L.Fma(wa, x, a0)
                    b0 <- 'L.Fma(wb, x, b0)
                    let x = 'L.Load(NativePtr.add d next)
                    a1 <- 'L.Fma(wa, x, a1)
                    b1 <- 'L.Fma(wb, x, b1)
                    let x = 'L.Load(NativePtr.add d (2 * next))
                    a2 <- 'L.Fma(wa, x, a2)
                    b2 <- 'L.Fma(wb, x, b2)
                    let x = 'L.Load(NativePtr.add d (3 * next))
                    a3 <- 'L.Fma(wa, x, a3)
                    b3 <- 'L.Fma(wb, x, b3)
                    let x = 'L.Load(NativePtr.add d (4 * next))
                    a4 <- 'L.Fma(wa, x, a4)
                    b4 <- 'L.Fma(wb, x, b4)
                    weight <- NativePtr.add weight 1
                    d <- NativePtr.add d (kStep * lanes)

                let o = NativePtr.add out ((row * 10 + 5 * half) * lanes)
                'L.Store(o, 'L.Max(floor, a0))
                'L.Store(NativePtr.add o lanes, 'L.Max(floor, a1))
                'L.Store(NativePtr.add o (2 * lanes), 'L.Max(floor, a2))
                'L.Store(NativePtr.add o (3 * lanes), 'L.Max(floor, a3))
                'L.Store(NativePtr.add o (4 * lanes), 'L.Max(floor, a4))
                let o = NativePtr.add o (10 * lanes)
                'L.Store(o, 'L.Max(floor, b0))
                'L.Store(NativePtr.add o lanes, 'L.Max(floor, b1))
                'L.Store(NativePtr.add o (2 * lanes), 'L.Max(floor, b2))
                'L.Store(NativePtr.add o (3 * lanes), 'L.Max(floor, b3))
                'L.Store(NativePtr.add o (4 * lanes), 'L.Max(floor, b4))
                row <- row + 2

    /// The convolution of the beat knowledge: one row of `Product`'s kind, (10, lanes).
    static member private Knowledge(w: Pointer, bias: Pointer, data: Pointer, out: Pointer) =
        let lanes = 'L.Count
        let next = int Sizes.stride * lanes
        let zero = 'L.All 0.0f

        for half in 0..1 do
            let first = 'L.All(NativePtr.read bias)
            let mutable a0, a1, a2, a3, a4 = first, first, first, first, first
            let mutable d = NativePtr.add data (5 * half * next)

            for k in 0 .. int Sizes.kernel - 1 do
                let weight = 'L.All(NativePtr.get w k)
                a0 <- 'L.Fma(weight, 'L.Load d, a0)
                a1 <- 'L.Fma(weight, 'L.Load(NativePtr.add d next), a1)
                a2 <- 'L.Fma(weight, 'L.Load(NativePtr.add d (2 * next)), a2)
                a3 <- 'L.Fma(weight, 'L.Load(NativePtr.add d (3 * next)), a3)
                a4 <- 'L.Fma(weight, 'L.Load(NativePtr.add d (4 * next)), a4)
                d <- NativePtr.add d lanes

            let o = NativePtr.add out (5 * half * lanes)
            'L.Store(o, 'L.Max(zero, a0))
            'L.Store(NativePtr.add o lanes, 'L.Max(zero, a1))
            'L.Store(NativePtr.add o (2 * lanes), 'L.Max(zero, a2))
            'L.Store(NativePtr.add o (3 * lanes), 'L.Max(zero, a3))
            'L.Store(NativePtr.add o (4 * lanes), 'L.Max(zero, a4))

    /// hidden (8, 10) -> attention over the 10 positions, in hidden's first row.
    static member private Attention(v: Pointer, hidden: Pointer) =
        let lanes = 'L.Count
        let mutable most = 'L.All Single.NegativeInfinity

        for p in 0..9 do
            let mutable score = 'L.All 0.0f

            for j in 0..7 do
                let h = Curve<'V, 'L>.Tanh('L.Load(NativePtr.add hidden ((j * 10 + p) * lanes)))
                score <- 'L.Fma('L.All(NativePtr.get v j), h, score)

            'L.Store(NativePtr.add hidden (p * lanes), score)
            most <- 'L.Max(most, score)

        let mutable sum = 'L.All 0.0f

        for p in 0..9 do
            let at = NativePtr.add hidden (p * lanes)
            let e = Curve<'V, 'L>.Exp('L.Subtract('L.Load at, most))
            'L.Store(at, e)
            sum <- 'L.Add(sum, e)

        let share = 'L.Divide('L.All 1.0f, sum)

        for p in 0..9 do
            let at = NativePtr.add hidden (p * lanes)
            'L.Store(at, 'L.Multiply('L.Load at, share))

    /// beats[f] = sum over p of attention[p] convolved[f, p]; beats' rows are `stride` numbers apart.
    static member private Weigh(attention: Pointer, convolved: Pointer, beats: Pointer, stride: int) =
        let lanes = 'L.Count

        let inline a p =
            'L.Load(NativePtr.add attention (p * lanes))

        let a0, a1, a2, a3, a4 = a 0, a 1, a 2, a 3, a 4
        let a5, a6, a7, a8, a9 = a 5, a 6, a 7, a 8, a 9

        for f in 0 .. int Sizes.filters - 1 do
            let c = NativePtr.add convolved (f * 10 * lanes)
            let inline at p = 'L.Load(NativePtr.add c (p * lanes))
            let mutable sum = 'L.Multiply(a0, at 0)
            sum <- 'L.Fma(a1, at 1, sum)
            sum <- 'L.Fma(a2, at 2, sum)
            sum <- 'L.Fma(a3, at 3, sum)
            sum <- 'L.Fma(a4, at 4, sum)
            sum <- 'L.Fma(a5, at 5, sum)
            sum <- 'L.Fma(a6, at 6, sum)
            sum <- 'L.Fma(a7, at 7, sum)
            sum <- 'L.Fma(a8, at 8, sum)
            sum <- 'L.Fma(a9, at 9, sum)
            'L.Store(NativePtr.add beats (f * stride), sum)

    /// Beats of `count` sub-segments of one channel. x and kBeat (count, 50); beats (64, stride), stride >= count rounded up to
    /// whole registers; alpha (count, 10), or null where nobody asks; scratch of `Scratch` numbers; zeros: 8 of them.
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
        let turned, turnedK = scratch, NativePtr.add scratch (Shapes.SubSegment * lanes)
        let convolved = NativePtr.add scratch (2 * Shapes.SubSegment * lanes)
        let filters = int Sizes.filters
        let knowledge = NativePtr.add convolved (filters * 10 * lanes)
        let hidden = NativePtr.add convolved ((filters + 1) * 10 * lanes)
        let mutable n = 0

        while n < count do
            let present = min lanes (count - n)
            let at = n * Shapes.SubSegment
            BeatKernel<'V, 'L>.Turn(NativePtr.add x at, present, turned)
            BeatKernel<'V, 'L>.Turn(NativePtr.add kBeat at, present, turnedK)

            BeatKernel<'V, 'L>
                .Product(w.Conv, filters, int Sizes.kernel, w.ConvBias, 0.0f, turned, 1, int Sizes.stride, convolved)

            BeatKernel<'V, 'L>.Knowledge(w.ConvK, w.ConvKBias, turnedK, knowledge)

            BeatKernel<'V, 'L>
                .Product(
                    w.BeatW,
                    int Sizes.attention,
                    filters + 1,
                    zeros,
                    Single.NegativeInfinity,
                    convolved,
                    10,
                    1,
                    hidden
                )

            BeatKernel<'V, 'L>.Attention(w.BeatV, hidden)
            BeatKernel<'V, 'L>.Weigh(hidden, convolved, NativePtr.add beats n, stride)

            match alpha with
            | null -> ()
            | alpha ->
                for lane in 0 .. present - 1 do
                    for p in 0..9 do
                        alpha[alphaAt + (n + lane) * 10 + p] <- NativePtr.get hidden (p * lanes + lane)

            n <- n + lanes
