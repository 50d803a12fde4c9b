namespace Mina.Model.Networks.FreqNet

#nowarn "9"
#nowarn "3535"

open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// The backward pass of BeatNet, on the tiles that the forward pass left. It handles `Together` sub-segments at a time,
/// so that its data stays in the first-level cache.
[<AbstractClass; Sealed>]
type internal BeatGradient<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> private () =
    /// The number of groups of `MaxLanes` sub-segments that are handled together.
    static member private Groups = 3

    /// The number of filters that are handled together.
    static member private FiltersTogether = 4

    /// The number of sub-segments that are handled together.
    static member Together = BeatGradient<'V, 'L>.Groups * Registers.MaxLanes

    /// The number of rows of a tile's gradient by the arguments of hidden's tanh, (8, 10).
    static member private InnerRows = Sizes.Attention * Sizes.Positions

    /// The number of rows of a tile's gradient by the convolved of four filters, (4, 10).
    static member private ConvolvedRows = BeatGradient<'V, 'L>.FiltersTogether * Sizes.Positions

    /// The number of numbers of scratch: for each group the gradients by beats (64), by the arguments of hidden's tanh
    /// (8, 10) and by the convolved of four filters (4, 10); and once the gradients by scores (10) and by convolved
    /// knowledge (10).
    static member Scratch =
        (BeatGradient<'V, 'L>.Groups
         * (Sizes.Filters
            + BeatGradient<'V, 'L>.InnerRows
            + BeatGradient<'V, 'L>.ConvolvedRows)
         + 2 * Sizes.Positions)
        * Registers.MaxLanes

    /// Goes back through one tile's attention, from dBeat (64) to dInner (8, 10), and adds to the sums of V, of W's
    /// last column and of the knowledge's convolution.
    static member private Attention
        (w: ChannelWeights, tile: Pointer, dBeat: Pointer, dInner: Pointer, scratch: Pointer, sums: BeatSums, part: int)
        =
        let lanes = 'L.Count
        let inline at (p: Pointer) row = NativePtr.add p (row * lanes)

        let inline sum (p: Pointer) i =
            NativePtr.add p (Registers.MaxLanes * i + part)

        let convolved, known =
            at tile BeatKernel<'V, 'L>.Convolved, at tile BeatKernel<'V, 'L>.Knowledge

        let hidden, alpha =
            at tile BeatKernel<'V, 'L>.Hidden, at tile BeatKernel<'V, 'L>.Alpha

        let dScore, dKnown = scratch, at scratch Sizes.Positions
        let zero, one = 'L.All 0.0f, 'L.All 1.0f

        // The gradient by the attention is a sum over the filters.
        let mutable a0, a1, a2, a3, a4 = zero, zero, zero, zero, zero
        let mutable a5, a6, a7, a8, a9 = zero, zero, zero, zero, zero

        for f in 0 .. Sizes.Filters - 1 do
            let d = 'L.Load(at dBeat f)
            let c = at convolved (Sizes.Positions * f)
            a0 <- 'L.MultiplyAdd(d, 'L.Load c, a0)
            a1 <- 'L.MultiplyAdd(d, 'L.Load(at c 1), a1)
            a2 <- 'L.MultiplyAdd(d, 'L.Load(at c 2), a2)
            a3 <- 'L.MultiplyAdd(d, 'L.Load(at c 3), a3)
            a4 <- 'L.MultiplyAdd(d, 'L.Load(at c 4), a4)
            a5 <- 'L.MultiplyAdd(d, 'L.Load(at c 5), a5)
            a6 <- 'L.MultiplyAdd(d, 'L.Load(at c 6), a6)
            a7 <- 'L.MultiplyAdd(d, 'L.Load(at c 7), a7)
            a8 <- 'L.MultiplyAdd(d, 'L.Load(at c 8), a8)
            a9 <- 'L.MultiplyAdd(d, 'L.Load(at c 9), a9)

        'L.Store(dScore, a0)
        'L.Store(at dScore 1, a1)
        'L.Store(at dScore 2, a2)
        'L.Store(at dScore 3, a3)
        'L.Store(at dScore 4, a4)
        'L.Store(at dScore 5, a5)
        'L.Store(at dScore 6, a6)
        'L.Store(at dScore 7, a7)
        'L.Store(at dScore 8, a8)
        'L.Store(at dScore 9, a9)

        // Back through the softmax.
        let mutable mean = zero

        for p in 0 .. Sizes.Positions - 1 do
            mean <- 'L.MultiplyAdd('L.Load(at alpha p), 'L.Load(at dScore p), mean)
            'L.Store(at dKnown p, zero)

        for p in 0 .. Sizes.Positions - 1 do
            'L.Store(at dScore p, 'L.Multiply('L.Load(at alpha p), 'L.Subtract('L.Load(at dScore p), mean)))

        // Back through v and tanh.
        let row = Sizes.Filters + 1

        for j in 0 .. Sizes.Attention - 1 do
            let v = 'L.All(NativePtr.get w.BeatV j)
            let known' = 'L.All(NativePtr.get w.BeatW (j * row + row - 1))
            let mutable sumV = 'L.Load(sum sums.BeatV j)
            let mutable sumK = 'L.Load(sum sums.BeatW (j * row + row - 1))

            for p in 0 .. Sizes.Positions - 1 do
                let h = 'L.Load(at hidden (Sizes.Positions * j + p))
                let d = 'L.Load(at dScore p)
                sumV <- 'L.MultiplyAdd(d, h, sumV)
                let d = 'L.Multiply('L.Multiply(d, v), 'L.Subtract(one, 'L.Multiply(h, h)))
                'L.Store(at dInner (Sizes.Positions * j + p), d)
                sumK <- 'L.MultiplyAdd(d, 'L.Load(at known p), sumK)
                'L.Store(at dKnown p, 'L.MultiplyAdd(known', d, 'L.Load(at dKnown p)))

            'L.Store(sum sums.BeatV j, sumV)
            'L.Store(sum sums.BeatW (j * row + row - 1), sumK)

        // Back through the knowledge's relu and convolution.
        let mutable sumBias = 'L.Load(sum sums.ConvKBias 0)

        for p in 0 .. Sizes.Positions - 1 do
            let d = 'L.Where('L.Load(at known p), 'L.Load(at dKnown p))
            'L.Store(at dKnown p, d)
            sumBias <- 'L.Add(sumBias, d)

        'L.Store(sum sums.ConvKBias 0, sumBias)
        let samples = at tile BeatKernel<'V, 'L>.KnowledgeSamples

        for k in 0 .. Sizes.Kernel - 1 do
            let mutable s = 'L.Load(sum sums.ConvK k)

            for p in 0 .. Sizes.Positions - 1 do
                s <- 'L.MultiplyAdd('L.Load(at dKnown p), 'L.Load(at samples (2 * p + k)), s)

            'L.Store(sum sums.ConvK k, s)

    /// Computes, for one tile, filters f and f + 1 and five positions from `first` on, the gradient by the convolved,
    /// back through relu, into dConvolved (2, 10).
    static member private Convolved
        (w: ChannelWeights, tile: Pointer, dBeat: Pointer, dInner: Pointer, f: int, first: int, dConvolved: Pointer)
        =
        let lanes = 'L.Count
        let inline at (p: Pointer) row = NativePtr.add p (row * lanes)
        let alpha = at tile (BeatKernel<'V, 'L>.Alpha + first)
        let da, db = 'L.Load(at dBeat f), 'L.Load(at dBeat (f + 1))
        let x = 'L.Load alpha
        let mutable a0, b0 = 'L.Multiply(x, da), 'L.Multiply(x, db)
        let x = 'L.Load(at alpha 1)
        let mutable a1, b1 = 'L.Multiply(x, da), 'L.Multiply(x, db)
        let x = 'L.Load(at alpha 2)
        let mutable a2, b2 = 'L.Multiply(x, da), 'L.Multiply(x, db)
        let x = 'L.Load(at alpha 3)
        let mutable a3, b3 = 'L.Multiply(x, da), 'L.Multiply(x, db)
        let x = 'L.Load(at alpha 4)
        let mutable a4, b4 = 'L.Multiply(x, da), 'L.Multiply(x, db)
        let mutable d = at dInner first
        let mutable weight = NativePtr.add w.BeatW f

        for _ in 1 .. Sizes.Attention do
            let wa = 'L.All(NativePtr.read weight)
            let wb = 'L.All(NativePtr.get weight 1)
            let x = 'L.Load d
            a0 <- 'L.MultiplyAdd(wa, x, a0)
            b0 <- 'L.MultiplyAdd(wb, x, b0)
            let x = 'L.Load(at d 1)
            a1 <- 'L.MultiplyAdd(wa, x, a1)
            b1 <- 'L.MultiplyAdd(wb, x, b1)
            let x = 'L.Load(at d 2)
            a2 <- 'L.MultiplyAdd(wa, x, a2)
            b2 <- 'L.MultiplyAdd(wb, x, b2)
            let x = 'L.Load(at d 3)
            a3 <- 'L.MultiplyAdd(wa, x, a3)
            b3 <- 'L.MultiplyAdd(wb, x, b3)
            let x = 'L.Load(at d 4)
            a4 <- 'L.MultiplyAdd(wa, x, a4)
            b4 <- 'L.MultiplyAdd(wb, x, b4)
            d <- at d Sizes.Positions
            weight <- NativePtr.add weight (Sizes.Filters + 1)

        let c = at tile (BeatKernel<'V, 'L>.Convolved + Sizes.Positions * f + first)
        let o = at dConvolved first
        'L.Store(o, 'L.Where('L.Load c, a0))
        'L.Store(at o 1, 'L.Where('L.Load(at c 1), a1))
        'L.Store(at o 2, 'L.Where('L.Load(at c 2), a2))
        'L.Store(at o 3, 'L.Where('L.Load(at c 3), a3))
        'L.Store(at o 4, 'L.Where('L.Load(at c 4), a4))
        'L.Store(at o 10, 'L.Where('L.Load(at c 10), b0))
        'L.Store(at o 11, 'L.Where('L.Load(at c 11), b1))
        'L.Store(at o 12, 'L.Where('L.Load(at c 12), b2))
        'L.Store(at o 13, 'L.Where('L.Load(at c 13), b3))
        'L.Store(at o 14, 'L.Where('L.Load(at c 14), b4))

    /// Handles the three tiles `first`, `first` + `step` and `first` + 2 `step`, which hold the lanes from `part` on of
    /// three groups of `MaxLanes` sub-segments. dBeats is (rows, 64), with one row for each sub-segment.
    static member private Three
        (
            w: ChannelWeights,
            tiles: Pointer,
            first: int,
            step: int,
            part: int,
            dBeats: Pointer,
            scratch: Pointer,
            sums: BeatSums
        ) =
        let lanes, filters = 'L.Count, Sizes.Filters
        let inline rows n = n * lanes
        let size = rows BeatKernel<'V, 'L>.Rows
        let from, apart = NativePtr.add tiles (first * size), step * size
        let dBeat = scratch
        let innerRows = BeatGradient<'V, 'L>.InnerRows
        let convolvedRows = BeatGradient<'V, 'L>.ConvolvedRows

        let groups, together =
            BeatGradient<'V, 'L>.Groups, BeatGradient<'V, 'L>.FiltersTogether

        let dInner = NativePtr.add dBeat (rows (groups * filters))
        let dConvolved = NativePtr.add dInner (rows (groups * innerRows))
        let rest = NativePtr.add dConvolved (rows (groups * convolvedRows))

        let inline beatOf i =
            NativePtr.add dBeat (rows (filters * i))

        let inline innerOf i =
            NativePtr.add dInner (rows (innerRows * i))

        for i in 0 .. groups - 1 do
            let row = (first + i * step) * lanes
            Transpose.matrix (NativePtr.add dBeats (row * filters)) filters lanes filters (beatOf i) lanes

            BeatGradient<'V, 'L>.Attention(w, NativePtr.add from (i * apart), beatOf i, innerOf i, rest, sums, part)

        let mutable f = 0

        while f < filters do
            for i in 0 .. groups - 1 do
                let tile = NativePtr.add from (i * apart)

                for pair in 0..1 do
                    let out =
                        NativePtr.add dConvolved (rows (convolvedRows * i + 2 * Sizes.Positions * pair))

                    BeatGradient<'V, 'L>.Convolved(w, tile, beatOf i, innerOf i, f + 2 * pair, 0, out)
                    BeatGradient<'V, 'L>.Convolved(w, tile, beatOf i, innerOf i, f + 2 * pair, Sizes.Positions / 2, out)

            for q in 0 .. together - 1 do
                let at = NativePtr.add sums.ConvBias (Registers.MaxLanes * (f + q) + part)
                let mutable sum = 'L.Load at

                for i in 0 .. groups - 1 do
                    for p in 0 .. Sizes.Positions - 1 do
                        let row = convolvedRows * i + Sizes.Positions * q + p
                        sum <- 'L.Add(sum, 'L.Load(NativePtr.add dConvolved (rows row)))

                'L.Store(at, sum)

            // (four filters, 10) by (10, 32 samples of the kernel).
            TileProduct<'V, 'L>
                .Add(
                    together,
                    Sizes.Kernel,
                    groups,
                    dConvolved,
                    rows convolvedRows,
                    rows Sizes.Positions,
                    NativePtr.add from (rows BeatKernel<'V, 'L>.Samples),
                    apart,
                    rows 1,
                    rows (Sizes.Stride),
                    NativePtr.add sums.Conv (Registers.MaxLanes * Sizes.Kernel * f + part),
                    Registers.MaxLanes * Sizes.Kernel,
                    Registers.MaxLanes
                )

            // (8 of attention, 10) by (10, four filters).
            TileProduct<'V, 'L>
                .Add(
                    Sizes.Attention,
                    together,
                    groups,
                    dInner,
                    rows innerRows,
                    rows Sizes.Positions,
                    NativePtr.add from (rows (BeatKernel<'V, 'L>.Convolved + Sizes.Positions * f)),
                    apart,
                    rows Sizes.Positions,
                    rows 1,
                    NativePtr.add sums.BeatW (Registers.MaxLanes * f + part),
                    Registers.MaxLanes * (filters + 1),
                    Registers.MaxLanes
                )

            f <- f + together

    /// Adds to the sums of the channel's parameters, given the gradient by the beats (count, 64) of the sub-segments in
    /// the tiles; count is a multiple of `Together`.
    static member Run
        (w: ChannelWeights, tiles: Pointer, count: int, dBeats: Pointer, scratch: Pointer, sums: BeatSums)
        =
        let parts = Registers.MaxLanes / 'L.Count
        let groups = BeatGradient<'V, 'L>.Groups

        for group in 0 .. count / BeatGradient<'V, 'L>.Together - 1 do
            for part in 0 .. parts - 1 do
                BeatGradient<'V, 'L>
                    .Three(w, tiles, group * groups * parts + part, parts, part * 'L.Count, dBeats, scratch, sums)
