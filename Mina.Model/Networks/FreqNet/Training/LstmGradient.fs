namespace Mina.Model.Networks.FreqNet

#nowarn "9"
#nowarn "3535"

open System.Runtime.CompilerServices
open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// What the LSTM of one channel keeps of a block of windows for its backward pass; a row a window and step, in true
/// time.
type internal LstmState(buffer: AlignedBuffer, windows: int) =
    let rows = windows * Shapes.SubSegments
    let hidden = Sizes.Hidden

    /// Numbers that it takes of a buffer.
    static member Size(windows: int) =
        windows
        * Shapes.SubSegments
        * (Sizes.Filters + 2 * 4 * Sizes.Hidden + 3 * 2 * Sizes.Hidden)

    /// (rows, 64).
    member val Input = buffer.Take(rows * Sizes.Filters)
    /// Forwards and backwards in time, (rows, 128) each: i, f, g, o after their curves; after the backward pass the
    /// gradients by what goes into the curves.
    member val Gates = [| buffer.Take(rows * 4 * hidden); buffer.Take(rows * 4 * hidden) |]
    /// (rows, 64), both directions: the cells, their tanh, the outputs.
    member val Cell = buffer.Take(rows * 2 * hidden)
    member val Squashed = buffer.Take(rows * 2 * hidden)
    member val Output = buffer.Take(rows * 2 * hidden)

/// The bidirectional LSTM of one channel in training: the windows of a block step by step together.
[<AbstractClass; Sealed>]
type internal LstmGradient<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> private () =
    static member private Steps = Shapes.SubSegments
    static member private Hidden = Sizes.Hidden
    static member private Gates = 4 * Sizes.Hidden
    static member private Both = 2 * Sizes.Hidden

    /// Numbers of scratch: for each window gradients by cell (32) and by output (32).
    static member Scratch(windows: int) = windows * LstmGradient<'V, 'L>.Both

    /// gates (128) before the curves -> after them, the cell (32), its tanh and the output; before: the cell one step
    /// ago.
    static member private Cell(row: Pointer, before: Pointer, cell: Pointer, squashed: Pointer, output: Pointer) =
        let hidden = LstmGradient<'V, 'L>.Hidden
        let mutable unit = 0

        while unit < hidden do
            let at = NativePtr.add row unit
            let i = Approximation<'V, 'L>.Logistic('L.Load at)
            let f = Approximation<'V, 'L>.Logistic('L.Load(NativePtr.add at hidden))
            let g = Approximation<'V, 'L>.Tanh('L.Load(NativePtr.add at (2 * hidden)))
            let o = Approximation<'V, 'L>.Logistic('L.Load(NativePtr.add at (3 * hidden)))
            'L.Store(at, i)
            'L.Store(NativePtr.add at hidden, f)
            'L.Store(NativePtr.add at (2 * hidden), g)
            'L.Store(NativePtr.add at (3 * hidden), o)
            let c = 'L.MultiplyAdd(f, 'L.Load(NativePtr.add before unit), 'L.Multiply(i, g))
            let s = Approximation<'V, 'L>.Tanh c
            'L.Store(NativePtr.add cell unit, c)
            'L.Store(NativePtr.add squashed unit, s)
            'L.Store(NativePtr.add output unit, 'L.Multiply(o, s))
            unit <- unit + 'L.Count

    /// Beats (64, stride) of `windows` windows (a multiple of 4) -> the state; zeros: 64 of them.
    static member Forward(w: ChannelWeights, beats: Pointer, stride: int, windows: int, s: LstmState, zeros: Pointer) =
        let steps, hidden, gates, both =
            LstmGradient<'V, 'L>.Steps,
            LstmGradient<'V, 'L>.Hidden,
            LstmGradient<'V, 'L>.Gates,
            LstmGradient<'V, 'L>.Both

        let rows = windows * steps
        Transpose.matrix beats stride (Sizes.Filters) rows s.Input (Sizes.Filters)

        for direction in 0..1 do
            let d = w.Directions[direction]
            let at = direction * hidden
            LstmKernel<'V, 'L>.Input(d.Input, d.Bias, beats, stride, rows, s.Gates[direction])

            for step in 0 .. steps - 1 do
                let t = if direction = 0 then step else steps - 1 - step
                let before = if direction = 0 then t - 1 else t + 1

                let inline gatesOf t =
                    NativePtr.add s.Gates[direction] (t * gates)

                if step > 0 then
                    let from = NativePtr.add s.Output (before * both + at)

                    MatrixProduct<'V, 'L>
                        .Add(
                            windows,
                            gates,
                            hidden,
                            from,
                            steps * both,
                            1,
                            d.Recurrent,
                            gates,
                            gatesOf t,
                            steps * gates
                        )

                for window in 0 .. windows - 1 do
                    let inline row (p: Pointer) t =
                        NativePtr.add p ((window * steps + t) * both + at)

                    let cellBefore = if step > 0 then row s.Cell before else zeros

                    LstmGradient<'V, 'L>
                        .Cell(
                            NativePtr.add s.Gates[direction] ((window * steps + t) * gates),
                            cellBefore,
                            row s.Cell t,
                            row s.Squashed t,
                            row s.Output t
                        )

    /// One step of one window back: gates (128) -> gradients by what went into their curves; dCell (32) from the step
    /// after to the step before. dOutput from the loss, dLater from the step after.
    static member private CellBack
        (row: Pointer, before: Pointer, squashed: Pointer, dOutput: Pointer, dLater: Pointer, dCell: Pointer)
        =
        let hidden = LstmGradient<'V, 'L>.Hidden
        let one = 'L.All 1.0f
        let mutable unit = 0

        while unit < hidden do
            let at = NativePtr.add row unit
            let i, f = 'L.Load at, 'L.Load(NativePtr.add at hidden)

            let g, o =
                'L.Load(NativePtr.add at (2 * hidden)), 'L.Load(NativePtr.add at (3 * hidden))

            let s = 'L.Load(NativePtr.add squashed unit)

            let dh =
                'L.Add('L.Load(NativePtr.add dOutput unit), 'L.Load(NativePtr.add dLater unit))

            let inline less x y = 'L.Subtract(x, 'L.Multiply(x, y)) // x (1 - y)
            let toCell = 'L.Multiply(o, 'L.Subtract(one, 'L.Multiply(s, s)))
            let dc = 'L.MultiplyAdd(dh, toCell, 'L.Load(NativePtr.add dCell unit))
            'L.Store(at, 'L.Multiply('L.Multiply(dc, g), less i i))
            let c = 'L.Load(NativePtr.add before unit)
            'L.Store(NativePtr.add at hidden, 'L.Multiply('L.Multiply(dc, c), less f f))
            let steep = 'L.Subtract(one, 'L.Multiply(g, g))
            'L.Store(NativePtr.add at (2 * hidden), 'L.Multiply('L.Multiply(dc, i), steep))
            'L.Store(NativePtr.add at (3 * hidden), 'L.Multiply('L.Multiply(dh, s), less o o))
            'L.Store(NativePtr.add dCell unit, 'L.Multiply(dc, f))
            unit <- unit + 'L.Count

    /// Back through the steps: the state's gates become gradients.
    static member private Walk
        (
            w: BackwardWeights,
            s: LstmState,
            direction: int,
            windows: int,
            dOutput: Pointer,
            zeros: Pointer,
            scratch: Pointer
        ) =
        let steps, hidden, gates, both =
            LstmGradient<'V, 'L>.Steps,
            LstmGradient<'V, 'L>.Hidden,
            LstmGradient<'V, 'L>.Gates,
            LstmGradient<'V, 'L>.Both

        let at = direction * hidden
        let dCell, dLater = scratch, NativePtr.add scratch (windows * hidden)
        Memory.clear scratch (windows * both)

        for step in steps - 1 .. -1 .. 0 do
            let t = if direction = 0 then step else steps - 1 - step
            let before = if direction = 0 then t - 1 else t + 1

            for window in 0 .. windows - 1 do
                let inline row (p: Pointer) t =
                    NativePtr.add p ((window * steps + t) * both + at)

                LstmGradient<'V, 'L>
                    .CellBack(
                        NativePtr.add s.Gates[direction] ((window * steps + t) * gates),
                        (if step > 0 then row s.Cell before else zeros),
                        row s.Squashed t,
                        row dOutput t,
                        NativePtr.add dLater (window * hidden),
                        NativePtr.add dCell (window * hidden)
                    )

            if step > 0 then
                let from = NativePtr.add s.Gates[direction] (t * gates)
                Memory.clear dLater (windows * hidden)
                let recurrent = w.LstmHidden[direction]

                MatrixProduct<'V, 'L>
                    .Add(windows, hidden, gates, from, steps * gates, 1, recurrent, hidden, dLater, hidden)

    /// into (128) += the sum of `rows` rows.
    static member private Bias(dGates: Pointer, rows: int, into: Pointer) =
        let gates = LstmGradient<'V, 'L>.Gates
        let mutable column = 0

        while column < gates do
            let mutable sum = 'L.Load(NativePtr.add into column)

            for row in 0 .. rows - 1 do
                sum <- 'L.Add(sum, 'L.Load(NativePtr.add dGates (row * gates + column)))

            'L.Store(NativePtr.add into column, sum)
            column <- column + 'L.Count

    /// Gradient by the outputs (rows, 64) of a block -> gradient by the beats (rows, 64), overwriting `dBeats`; the
    /// parameters' are added to `gradient`. Of the block's windows only the first `present` count: the others'
    /// gradients must be 0.
    static member Backward
        (
            w: BackwardWeights,
            s: LstmState,
            windows: int,
            present: int,
            dOutput: Pointer,
            dBeats: Pointer,
            gradient: FlatGradient,
            c: int,
            zeros: Pointer,
            scratch: Pointer
        ) =
        let steps, hidden, gates, both =
            LstmGradient<'V, 'L>.Steps,
            LstmGradient<'V, 'L>.Hidden,
            LstmGradient<'V, 'L>.Gates,
            LstmGradient<'V, 'L>.Both

        let layout = Layout.groups
        let rows, inputs = windows * steps, Sizes.Filters
        Memory.clear dBeats (rows * inputs)

        for direction in 0..1 do
            LstmGradient<'V, 'L>.Walk(w, s, direction, windows, dOutput, zeros, scratch)
            let part = direction * Shapes.Channels + c

            let dIn, dHidden =
                gradient.At(layout.LstmIn, part), gradient.At(layout.LstmHidden, part)

            for window in 0 .. present - 1 do
                let first = window * steps

                let inline gatesOf t =
                    NativePtr.add s.Gates[direction] ((first + t) * gates)

                let input = NativePtr.add s.Input (first * inputs)
                // (128, 60 steps) by (60 steps, 64).
                MatrixProduct<'V, 'L>.Add(gates, inputs, steps, gatesOf 0, 1, gates, input, inputs, dIn, inputs)
                // The same with the outputs of the step before.
                let now, before = if direction = 0 then 1, 0 else 0, 1
                let output = NativePtr.add s.Output ((first + before) * both + direction * hidden)

                MatrixProduct<'V, 'L>
                    .Add(gates, hidden, steps - 1, gatesOf now, 1, gates, output, both, dHidden, hidden)

            for group in [ layout.LstmInBias; layout.LstmHiddenBias ] do
                LstmGradient<'V, 'L>.Bias(s.Gates[direction], present * steps, gradient.At(group, part))

            // (rows, 128) by (128, 64), half of the gates at a time: their weights then fit the first-level cache.
            for half in 0..64 .. gates - 64 do
                let weights = NativePtr.add w.LstmIn[direction] (half * inputs)
                let from = NativePtr.add s.Gates[direction] half
                MatrixProduct<'V, 'L>.Add(rows, inputs, 64, from, gates, 1, weights, inputs, dBeats, inputs)
