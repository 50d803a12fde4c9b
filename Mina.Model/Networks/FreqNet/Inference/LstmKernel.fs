namespace Mina.Model.Networks.FreqNet

#nowarn "9"
#nowarn "3535"

open System.Runtime.CompilerServices
open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// Computes the bidirectional LSTM of one channel over windows of 60 steps. The beats' part of the gates is one matrix
/// product over all steps. Then the steps follow one another, for two windows at a time, with several units in a
/// register and the gates never leaving the registers.
[<AbstractClass; Sealed>]
type internal LstmKernel<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> private () =
    /// The number of numbers in a row of gates, and in a row of outputs of both directions.
    static member Gates = 4 * Sizes.Hidden

    static member Both = 2 * Sizes.Hidden

    /// Computes gates (rows, 128) = bias + beats^T w, six rows by two registers at a time. beats (64, stride) holds the
    /// inputs of a row in a column, and rows is a multiple of 6.
    static member Input(w: Pointer, bias: Pointer, beats: Pointer, stride: int, rows: int, gates: Pointer) =
        let lanes, wide = 'L.Count, LstmKernel<'V, 'L>.Gates
        let mutable column = 0

        while column < wide do
            let first = 'L.Load(NativePtr.add bias column)
            let second = 'L.Load(NativePtr.add bias (column + lanes))
            let mutable row = 0

            while row < rows do
                let mutable a0, a1, a2, a3, a4, a5 = first, first, first, first, first, first
                let mutable b0, b1, b2, b3, b4, b5 = second, second, second, second, second, second
                let mutable weight = NativePtr.add w column
                let mutable d = NativePtr.add beats row

                for _ in 1 .. Sizes.Filters do
                    let wa = 'L.Load weight
                    let wb = 'L.Load(NativePtr.add weight lanes)
                    let x = 'L.All(NativePtr.read d)
                    a0 <- 'L.MultiplyAdd(x, wa, a0)
                    b0 <- 'L.MultiplyAdd(x, wb, b0)
                    let x = 'L.All(NativePtr.get d 1)
                    a1 <- 'L.MultiplyAdd(x, wa, a1)
                    b1 <- 'L.MultiplyAdd(x, wb, b1)
                    let x = 'L.All(NativePtr.get d 2)
                    a2 <- 'L.MultiplyAdd(x, wa, a2)
                    b2 <- 'L.MultiplyAdd(x, wb, b2)
                    let x = 'L.All(NativePtr.get d 3)
                    a3 <- 'L.MultiplyAdd(x, wa, a3)
                    b3 <- 'L.MultiplyAdd(x, wb, b3)
                    let x = 'L.All(NativePtr.get d 4)
                    a4 <- 'L.MultiplyAdd(x, wa, a4)
                    b4 <- 'L.MultiplyAdd(x, wb, b4)
                    let x = 'L.All(NativePtr.get d 5)
                    a5 <- 'L.MultiplyAdd(x, wa, a5)
                    b5 <- 'L.MultiplyAdd(x, wb, b5)
                    weight <- NativePtr.add weight wide
                    d <- NativePtr.add d stride

                let o = NativePtr.add gates (row * wide + column)
                'L.Store(o, a0)
                'L.Store(NativePtr.add o lanes, b0)
                'L.Store(NativePtr.add o wide, a1)
                'L.Store(NativePtr.add o (wide + lanes), b1)
                'L.Store(NativePtr.add o (2 * wide), a2)
                'L.Store(NativePtr.add o (2 * wide + lanes), b2)
                'L.Store(NativePtr.add o (3 * wide), a3)
                'L.Store(NativePtr.add o (3 * wide + lanes), b3)
                'L.Store(NativePtr.add o (4 * wide), a4)
                'L.Store(NativePtr.add o (4 * wide + lanes), b4)
                'L.Store(NativePtr.add o (5 * wide), a5)
                'L.Store(NativePtr.add o (5 * wide + lanes), b5)
                row <- row + 6

            column <- column + 2 * lanes

    /// Computes the new cell and output of a register of units: c' = s(f) c + s(i) tanh(g), h = s(o) tanh(c'), where s
    /// is the logistic function, s(x) = (1 + tanh(x / 2)) / 2. Each tanh is a fraction, and the fractions share
    /// denominators, so that there are two divisions and not five.
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member private Cell(i: 'V, f: 'V, g: 'V, o: 'V, cell: Pointer, output: Pointer) =
        let half = 'L.All 0.5f
        let inline clamped x = Approximation<'V, 'L>.Clamp x

        let i, f, o =
            clamped ('L.Multiply(half, i)), clamped ('L.Multiply(half, f)), clamped ('L.Multiply(half, o))

        let g = clamped g

        let i2, f2, g2, o2 =
            'L.Multiply(i, i), 'L.Multiply(f, f), 'L.Multiply(g, g), 'L.Multiply(o, o)

        let bottomI, bottomF =
            Approximation<'V, 'L>.TanhDenominator i2, Approximation<'V, 'L>.TanhDenominator f2

        let bottomG, bottomO =
            Approximation<'V, 'L>.TanhDenominator g2, Approximation<'V, 'L>.TanhDenominator o2

        let topI = 'L.Add(bottomI, Approximation<'V, 'L>.TanhNumerator(i, i2))
        let topF = 'L.Add(bottomF, Approximation<'V, 'L>.TanhNumerator(f, f2))
        let topO = 'L.Add(bottomO, Approximation<'V, 'L>.TanhNumerator(o, o2))
        let topG = Approximation<'V, 'L>.TanhNumerator(g, g2)
        // f c + i g has the common denominator 2 F I G.
        let bottom = 'L.Multiply(bottomI, bottomG)
        let kept = 'L.Multiply('L.Multiply(topF, 'L.Load cell), bottom)
        let top = 'L.MultiplyAdd('L.Multiply(topI, topG), bottomF, kept)
        let c = 'L.Divide('L.Multiply(half, top), 'L.Multiply(bottomF, bottom))
        'L.Store(cell, c)
        let c = clamped c
        let c2 = 'L.Multiply(c, c)

        let top =
            'L.Multiply('L.Multiply(half, topO), Approximation<'V, 'L>.TanhNumerator(c, c2))

        'L.Store(output, 'L.Divide(top, 'L.Multiply(bottomO, Approximation<'V, 'L>.TanhDenominator c2)))

    /// Computes one step of one window from the beats' part of the gates (128) and the previous output (32). The cell
    /// (32) is replaced and the output (32) is written.
    static member private One(w: Pointer, gates: Pointer, before: Pointer, cell: Pointer, output: Pointer) =
        let lanes, wide, next = 'L.Count, LstmKernel<'V, 'L>.Gates, Sizes.Hidden
        let mutable unit = 0

        while unit < Sizes.Hidden do
            let at = NativePtr.add gates unit
            let mutable i = 'L.Load at
            let mutable f = 'L.Load(NativePtr.add at next)
            let mutable g = 'L.Load(NativePtr.add at (2 * next))
            let mutable o = 'L.Load(NativePtr.add at (3 * next))
            let mutable weight = NativePtr.add w unit

            for k in 0 .. Sizes.Hidden - 1 do
                let h = 'L.All(NativePtr.get before k)
                i <- 'L.MultiplyAdd(h, 'L.Load weight, i)
                f <- 'L.MultiplyAdd(h, 'L.Load(NativePtr.add weight next), f)
                g <- 'L.MultiplyAdd(h, 'L.Load(NativePtr.add weight (2 * next)), g)
                o <- 'L.MultiplyAdd(h, 'L.Load(NativePtr.add weight (3 * next)), o)
                weight <- NativePtr.add weight wide

            LstmKernel<'V, 'L>.Cell(i, f, g, o, NativePtr.add cell unit, NativePtr.add output unit)
            unit <- unit + lanes

    /// Computes one step of two windows. Gates, outputs and cells of the second lie `gatesApart`, `outputApart` and 32
    /// numbers after those of the first.
    static member private Two
        (
            w: Pointer,
            gates: Pointer,
            gatesApart: int,
            before: Pointer,
            beforeApart: int,
            cell: Pointer,
            output: Pointer,
            outputApart: int
        ) =
        let lanes, wide, next = 'L.Count, LstmKernel<'V, 'L>.Gates, Sizes.Hidden
        let mutable unit = 0

        while unit < Sizes.Hidden do
            let at = NativePtr.add gates unit
            let mutable i = 'L.Load at
            let mutable f = 'L.Load(NativePtr.add at next)
            let mutable g = 'L.Load(NativePtr.add at (2 * next))
            let mutable o = 'L.Load(NativePtr.add at (3 * next))
            let at = NativePtr.add at gatesApart
            let mutable i' = 'L.Load at
            let mutable f' = 'L.Load(NativePtr.add at next)
            let mutable g' = 'L.Load(NativePtr.add at (2 * next))
            let mutable o' = 'L.Load(NativePtr.add at (3 * next))
            let mutable weight = NativePtr.add w unit

            for k in 0 .. Sizes.Hidden - 1 do
                let h = 'L.All(NativePtr.get before k)
                let h' = 'L.All(NativePtr.get before (beforeApart + k))
                let wi = 'L.Load weight
                i <- 'L.MultiplyAdd(h, wi, i)
                i' <- 'L.MultiplyAdd(h', wi, i')
                let wf = 'L.Load(NativePtr.add weight next)
                f <- 'L.MultiplyAdd(h, wf, f)
                f' <- 'L.MultiplyAdd(h', wf, f')
                let wg = 'L.Load(NativePtr.add weight (2 * next))
                g <- 'L.MultiplyAdd(h, wg, g)
                g' <- 'L.MultiplyAdd(h', wg, g')
                let wo = 'L.Load(NativePtr.add weight (3 * next))
                o <- 'L.MultiplyAdd(h, wo, o)
                o' <- 'L.MultiplyAdd(h', wo, o')
                weight <- NativePtr.add weight wide

            LstmKernel<'V, 'L>.Cell(i, f, g, o, NativePtr.add cell unit, NativePtr.add output unit)

            LstmKernel<'V, 'L>
                .Cell(i', f', g', o', NativePtr.add cell (next + unit), NativePtr.add output (outputApart + unit))

            unit <- unit + lanes

    /// Computes the outputs (windows * 60, 64) of `windows` windows from their beats (64, stride). `gates` has room for
    /// (2, windows * 60, 128) numbers and `cells` for (2, windows, 32); both are overwritten. `zeros` points to 32
    /// zeros.
    static member Run
        (
            w: ChannelWeights,
            beats: Pointer,
            stride: int,
            windows: int,
            output: Pointer,
            gates: Pointer,
            cells: Pointer,
            zeros: Pointer
        ) =
        let steps, hidden = Shapes.SubSegments, Sizes.Hidden
        let wide, both = LstmKernel<'V, 'L>.Gates, LstmKernel<'V, 'L>.Both
        let rows = windows * steps

        for direction in 0..1 do
            let d = w.Directions[direction]

            LstmKernel<'V, 'L>
                .Input(d.Input, d.Bias, beats, stride, rows, NativePtr.add gates (direction * rows * wide))

        for i in 0 .. 2 * windows * hidden - 1 do
            NativePtr.set cells i 0.0f

        // The walks are independent of one another, so the products of one fill the time that the tanh of another
        // takes.
        for step in 0 .. steps - 1 do
            for direction in 0..1 do
                let recurrent = w.Directions[direction].Recurrent

                let t, last =
                    if direction = 0 then
                        step, step - 1
                    else
                        steps - 1 - step, steps - step

                let mutable window = 0

                while window < windows do
                    let inline row t =
                        NativePtr.add output ((window * steps + t) * both + direction * hidden)

                    let before = if step = 0 then zeros else row last
                    let gates = NativePtr.add gates ((direction * rows + window * steps + t) * wide)
                    let cell = NativePtr.add cells ((direction * windows + window) * hidden)

                    if window + 1 < windows then
                        let apart = if step = 0 then 0 else steps * both

                        LstmKernel<'V, 'L>.Two(recurrent, gates, steps * wide, before, apart, cell, row t, steps * both)
                    else
                        LstmKernel<'V, 'L>.One(recurrent, gates, before, cell, row t)

                    window <- window + 2
