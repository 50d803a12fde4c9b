namespace Mina.Model.Networks.FreqNet

#nowarn "9"
#nowarn "3535"

open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// The backward pass from the logits to the LSTM's outputs, one window at a time.
[<AbstractClass; Sealed>]
type internal HeadGradient<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> private () =
    /// The number of numbers of scratch: for each step `MaxLanes` parts of its gradient by attention, then that
    /// gradient (60, padded), and the gradient by the weighted sum (64).
    static member Scratch =
        Shapes.SubSegments * Registers.MaxLanes
        + AlignedBuffer.Padded Shapes.SubSegments
        + 2 * Sizes.Hidden

    /// Goes back through the classes and the attention over the channels, from dLogits (2) to the gradient by the
    /// features (4, width), and adds to the parameters' `gradient`. features (4, width) after dropout, kFreq and the
    /// scratch `kept` are those of the forward pass.
    static member Classes
        (
            w: InferenceWeights,
            dLogits: Pointer,
            features: Pointer,
            kFreq: Pointer,
            kStride: int,
            kept: Pointer,
            gradient: FlatGradient,
            dFeatures: Pointer
        ) =
        let layout = Layout.groups

        let channels, rhythm, width = Shapes.Channels, Sizes.Rhythm, Sizes.ChannelAttention

        let gamma, hidden = kept, NativePtr.add kept Registers.MaxLanes
        let dFc, dFcBias = gradient.At(layout.Fc, 0), gradient.At(layout.FcBias, 0)
        let dW, dV = gradient.At(layout.ChannelW, 0), gradient.At(layout.ChannelV, 0)

        let inline add p i (x: float32) =
            NativePtr.set p i (NativePtr.get p i + x)

        let inline feature c i =
            NativePtr.get features (c * w.Width + i)

        Memory.clear dFeatures (channels * w.Width)
        let mutable mean = 0.0f

        for i in 0 .. rhythm - 1 do
            let mutable whole, dWhole = 0.0f, 0.0f

            for c in 0 .. channels - 1 do
                whole <- whole + NativePtr.get gamma c * feature c i

            for k in 0..1 do
                let d = NativePtr.get dLogits k
                add dFc (k * rhythm + i) (d * whole)
                dWhole <- dWhole + d * NativePtr.get w.Fc (k * rhythm + i)

            for c in 0 .. channels - 1 do
                NativePtr.set dFeatures (c * w.Width + i) (NativePtr.get gamma c * dWhole)
                mean <- mean + NativePtr.get gamma c * feature c i * dWhole

        for k in 0..1 do
            add dFcBias k (NativePtr.get dLogits k)

        for c in 0 .. channels - 1 do
            // gamma (d gamma - mean), where gamma times its gradient is in dFeatures already.
            let mutable dScore = -mean * NativePtr.get gamma c

            for i in 0 .. rhythm - 1 do
                dScore <- dScore + NativePtr.get dFeatures (c * w.Width + i) * feature c i

            for j in 0 .. width - 1 do
                let h = NativePtr.get hidden (c * width + j)
                add dV j (dScore * h)
                let dInner = dScore * NativePtr.get w.ChannelV j * (1.0f - h * h)
                let row = j * (rhythm + 1)

                for i in 0 .. rhythm - 1 do
                    add dW (row + i) (dInner * feature c i)

                add dW (row + rhythm) (dInner * NativePtr.get kFreq (c * kStride))
                NativePtr.set hidden (c * width + j) dInner

        for c in 0 .. channels - 1 do
            for j in 0 .. width - 1 do
                let dInner = NativePtr.get hidden (c * width + j)

                for i in 0 .. rhythm - 1 do
                    add dFeatures (c * w.Width + i) (dInner * NativePtr.get w.ChannelW (j * (rhythm + 1) + i))

    /// Goes back through one channel's dense layer and its attention over the sub-segments. dFeatures (8) is the
    /// gradient by the output of relu, and 0 where that is 0. The gradient by h (60, 64) overwrites dh, and the
    /// parameters' are added to `gradient`. h, kRhythm (60) and the scratch `kept`, which is overwritten, are those of
    /// the forward pass.
    static member Rhythm
        (
            forward: ChannelWeights,
            w: BackwardWeights,
            width: int,
            dFeatures: Pointer,
            h: Pointer,
            kRhythm: Pointer,
            kept: Pointer,
            gradient: FlatGradient,
            c: int,
            dh: Pointer,
            scratch: Pointer
        ) =
        let layout = Layout.groups

        let steps, both, lanes, attention =
            Shapes.SubSegments, 2 * Sizes.Hidden, 'L.Count, Sizes.Attention

        let beta = kept
        let weighted = NativePtr.add kept HeadKernel<'V, 'L>.Weighted
        let hidden = NativePtr.add kept HeadKernel<'V, 'L>.HiddenRows
        let parts = scratch
        let dBeta = NativePtr.add parts (steps * Registers.MaxLanes)
        let dWeighted = NativePtr.add dBeta (AlignedBuffer.Padded steps)

        let dFc, dFcBias =
            gradient.At(layout.RhythmFc, c), gradient.At(layout.RhythmFcBias, c)

        let dW, dV = gradient.At(layout.RhythmW, c), gradient.At(layout.RhythmV, c)
        let inline load p i = 'L.Load(NativePtr.add p i)
        let inline store p i v = 'L.Store(NativePtr.add p i, v)

        let inline add p i (x: float32) =
            NativePtr.set p i (NativePtr.get p i + x)

        for j in 0 .. Sizes.Rhythm - 1 do
            add dFcBias j (NativePtr.get dFeatures j)

        for u in 0..lanes .. both - 1 do
            let x = load weighted u
            let mutable d = 'L.All 0.0f

            for j in 0 .. Sizes.Rhythm - 1 do
                let at = j * both + u
                let dj = 'L.All(NativePtr.get dFeatures j)
                store dFc at ('L.MultiplyAdd(dj, x, load dFc at))
                d <- 'L.MultiplyAdd(dj, load w.Fc at, d)

            store dWeighted u d

        // The gradient by the attention is h times dWeighted, with `MaxLanes` sums for each step. The weighted sum
        // itself gives a part of the gradient by h.
        for step in 0 .. steps - 1 do
            let share = 'L.All(NativePtr.get beta step)

            for part in 0..lanes .. Registers.MaxLanes - 1 do
                let mutable sum = 'L.All 0.0f

                for u in part .. Registers.MaxLanes .. both - 1 do
                    let d = load dWeighted u
                    sum <- 'L.MultiplyAdd(load h (step * both + u), d, sum)
                    store dh (step * both + u) ('L.Multiply(share, d))

                store parts (step * Registers.MaxLanes + part) sum

        Memory.clear dBeta steps
        LaneSums.addUp parts steps dBeta
        let mutable mean = 0.0f

        for step in 0 .. steps - 1 do
            mean <- mean + NativePtr.get beta step * NativePtr.get dBeta step

        for step in 0 .. steps - 1 do
            NativePtr.set dBeta step (NativePtr.get beta step * (NativePtr.get dBeta step - mean))

        // Back through v and tanh, to the gradient by the arguments of tanh. Columns beyond 8 hold zeros.
        let inner = parts // (60, width)
        let sumV, sumK = dWeighted, NativePtr.add dWeighted Registers.MaxLanes

        for column in 0..lanes .. width - 1 do
            let v = load forward.RhythmV column
            let mutable sv, sk = 'L.All 0.0f, 'L.All 0.0f

            for step in 0 .. steps - 1 do
                let x = load hidden (step * width + column)
                let d = 'L.All(NativePtr.get dBeta step)
                sv <- 'L.MultiplyAdd(d, x, sv)
                let d = 'L.Multiply('L.Multiply(d, v), 'L.Subtract('L.All 1.0f, 'L.Multiply(x, x)))
                store inner (step * width + column) d
                sk <- 'L.MultiplyAdd('L.All(NativePtr.get kRhythm step), d, sk)

            store sumV column sv
            store sumK column sk

        for j in 0 .. attention - 1 do
            add dV j (NativePtr.get sumV j)
            add dW (j * (both + 1) + both) (NativePtr.get sumK j)

        // (8, 60) by (60, 64), and (60, 8) by (8, 64).
        MatrixProduct<'V, 'L>.Add(attention, both, steps, inner, 1, width, h, both, dW, both + 1)
        MatrixProduct<'V, 'L>.Add(steps, both, attention, inner, width, 1, w.RhythmW, both, dh, both)
