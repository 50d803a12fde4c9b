namespace Mina.Model.Networks.FreqNet

#nowarn "9"
#nowarn "3535"

open System.Runtime.CompilerServices
open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// The values that the LSTM of one channel keeps of a block of windows for its backward pass. Each row is one step of
/// one window, in the order of time for both directions.
type internal LstmState(buffer: AlignedBuffer, windows: int) =
    let rows = windows * Shapes.SubSegments
    let hidden = Sizes.Hidden

    /// The number of numbers that it takes from a buffer.
    static member Size(windows: int) =
        windows
        * Shapes.SubSegments
        * (Sizes.Filters + 2 * 4 * Sizes.Hidden + 3 * 2 * Sizes.Hidden)

    /// (rows, 64): the beats.
    member val Input = buffer.Take(rows * Sizes.Filters)
    /// (rows, 128) for each direction: i, f, g and o after their activation functions. The backward pass replaces them
    /// by the gradients by the arguments of these functions.
    member val Gates = [| buffer.Take(rows * 4 * hidden); buffer.Take(rows * 4 * hidden) |]
    /// (rows, 64) for both directions: the cells, their tanh and the outputs.
    member val Cell = buffer.Take(rows * 2 * hidden)
    member val CellTanh = buffer.Take(rows * 2 * hidden)
    member val Output = buffer.Take(rows * 2 * hidden)

/// The bidirectional LSTM of one channel in training, where the windows of a block go through each step together.
[<AbstractClass; Sealed>]
type internal LstmGradient<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> private () =
    static member private Steps = Shapes.SubSegments
    static member private Hidden = Sizes.Hidden
    static member private Gates = 4 * Sizes.Hidden
    static member private Both = 2 * Sizes.Hidden

    /// The number of numbers of scratch: for each window the gradients by the cell (32) and by the output (32).
    static member Scratch(windows: int) = windows * LstmGradient<'V, 'L>.Both

    /// Applies the activation functions to gates (128) and computes the cell (32), its tanh and the output; `before` is
    /// the cell of the step before.
    static member private Cell(row: Pointer, before: Pointer, cell: Pointer, cellTanh: Pointer, output: Pointer) =
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
            'L.Store(NativePtr.add cellTanh unit, s)
            'L.Store(NativePtr.add output unit, 'L.Multiply(o, s))
            unit <- unit + 'L.Count

    /// Computes the state from the beats (64, stride) of `windows` windows, a multiple of 4. `zeros` points to 64
    /// zeros.
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
                            row s.CellTanh t,
                            row s.Output t
                        )

    /// Goes one step of one window back. The gates (128) become the gradients by the arguments of their activation
    /// functions, and dCell (32) goes from the step after to the step before. dOutput comes from the loss, dLater from
    /// the step after.
    static member private CellBack
        (row: Pointer, before: Pointer, cellTanh: Pointer, dOutput: Pointer, dLater: Pointer, dCell: Pointer)
        =
        let hidden = LstmGradient<'V, 'L>.Hidden
        let one = 'L.All 1.0f
        let mutable unit = 0

        while unit < hidden do
            let at = NativePtr.add row unit
            let i, f = 'L.Load at, 'L.Load(NativePtr.add at hidden)

            let g, o =
                'L.Load(NativePtr.add at (2 * hidden)), 'L.Load(NativePtr.add at (3 * hidden))

            let s = 'L.Load(NativePtr.add cellTanh unit)

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

    /// Goes back through all steps, where the state's gates become gradients.
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
                        row s.CellTanh t,
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

    /// Adds the sum of `rows` rows to `into` (128).
    static member private Bias(dGates: Pointer, rows: int, into: Pointer) =
        let gates = LstmGradient<'V, 'L>.Gates
        let mutable column = 0

        while column < gates do
            let mutable sum = 'L.Load(NativePtr.add into column)

            for row in 0 .. rows - 1 do
                sum <- 'L.Add(sum, 'L.Load(NativePtr.add dGates (row * gates + column)))

            'L.Store(NativePtr.add into column, sum)
            column <- column + 'L.Count

    /// Computes the gradient by the beats (rows, 64), which overwrites `dBeats`, from that by the outputs (rows, 64) of
    /// a block, and adds to the parameters' `gradient`. Only the first `present` windows of the block count, and the
    /// gradients by the outputs of the others must be 0.
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

            // (rows, 128) by (128, 64), for half of the gates at a time, so that their weights fit the first-level
            // cache.
            for half in 0 .. gates / 2 .. gates / 2 do
                let weights = NativePtr.add w.LstmIn[direction] (half * inputs)
                let from = NativePtr.add s.Gates[direction] half
                MatrixProduct<'V, 'L>.Add(rows, inputs, gates / 2, from, gates, 1, weights, inputs, dBeats, inputs)
