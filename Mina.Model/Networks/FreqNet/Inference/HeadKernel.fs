namespace Mina.Model.Networks.FreqNet

#nowarn "9"
#nowarn "3535"

open System
open System.Runtime.CompilerServices
open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd
open Mina.Preprocess

/// Computes the logits of one window from the outputs of the LSTM.
[<AbstractClass; Sealed>]
type internal HeadKernel<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> private () =
    /// The places in a channel's scratch: attention beta (60) at 0, the sum weighted by it (64), and hidden (60,
    /// width).
    static member Weighted = AlignedBuffer.Padded Shapes.SubSegments
    static member HiddenRows = HeadKernel<'V, 'L>.Weighted + 2 * Sizes.Hidden

    /// The number of numbers of scratch that a channel needs.
    static member Scratch =
        HeadKernel<'V, 'L>.HiddenRows + Shapes.SubSegments * Registers.MaxLanes

    /// The number of numbers of scratch that `Classes` needs: attention gamma (4) at 0, and hidden (4, 2) at
    /// `MaxLanes`.
    static member ClassesScratch = 2 * Registers.MaxLanes

    /// Computes hidden (60, width) = tanh(W [h; k]), six steps at a time.
    static member private Hidden(w: Pointer, width: int, h: Pointer, k: Pointer, hidden: Pointer) =
        let both = 2 * Sizes.Hidden
        let mutable column = 0

        while column < width do
            let mutable step = 0

            while step < Shapes.SubSegments do
                let known = 'L.Load(NativePtr.add w (both * width + column))
                let k = NativePtr.add k step
                let mutable a0 = 'L.Multiply('L.All(NativePtr.read k), known)
                let mutable a1 = 'L.Multiply('L.All(NativePtr.get k 1), known)
                let mutable a2 = 'L.Multiply('L.All(NativePtr.get k 2), known)
                let mutable a3 = 'L.Multiply('L.All(NativePtr.get k 3), known)
                let mutable a4 = 'L.Multiply('L.All(NativePtr.get k 4), known)
                let mutable a5 = 'L.Multiply('L.All(NativePtr.get k 5), known)
                let mutable weight = NativePtr.add w column
                let mutable d = NativePtr.add h (step * both)

                for _ in 1..both do
                    let wa = 'L.Load weight
                    a0 <- 'L.MultiplyAdd('L.All(NativePtr.read d), wa, a0)
                    a1 <- 'L.MultiplyAdd('L.All(NativePtr.get d both), wa, a1)
                    a2 <- 'L.MultiplyAdd('L.All(NativePtr.get d (2 * both)), wa, a2)
                    a3 <- 'L.MultiplyAdd('L.All(NativePtr.get d (3 * both)), wa, a3)
                    a4 <- 'L.MultiplyAdd('L.All(NativePtr.get d (4 * both)), wa, a4)
                    a5 <- 'L.MultiplyAdd('L.All(NativePtr.get d (5 * both)), wa, a5)
                    weight <- NativePtr.add weight width
                    d <- NativePtr.add d 1

                let o = NativePtr.add hidden (step * width + column)
                'L.Store(o, Approximation<'V, 'L>.Tanh a0)
                'L.Store(NativePtr.add o width, Approximation<'V, 'L>.Tanh a1)
                'L.Store(NativePtr.add o (2 * width), Approximation<'V, 'L>.Tanh a2)
                'L.Store(NativePtr.add o (3 * width), Approximation<'V, 'L>.Tanh a3)
                'L.Store(NativePtr.add o (4 * width), Approximation<'V, 'L>.Tanh a4)
                'L.Store(NativePtr.add o (5 * width), Approximation<'V, 'L>.Tanh a5)
                step <- step + 6

            column <- column + 'L.Count

    /// Replaces scores (count, rounded up to whole registers) by their softmax.
    static member private Softmax(scores: Pointer, count: int) =
        let mutable most = NativePtr.read scores

        for i in 1 .. count - 1 do
            most <- MathF.Max(most, NativePtr.get scores i)

        let top = 'L.All most
        let mutable i = 0

        while i < count do
            let at = NativePtr.add scores i
            'L.Store(at, Approximation<'V, 'L>.Exp('L.Subtract('L.Load at, top)))
            i <- i + 'L.Count

        let mutable sum = 0.0f

        for i in 0 .. count - 1 do
            sum <- sum + NativePtr.get scores i

        for i in 0 .. count - 1 do
            NativePtr.set scores i (NativePtr.get scores i / sum)

    /// Computes one channel's attention over the sub-segments and its dense layer. The inputs are h (60, 64) and
    /// kRhythm (60), the output is features (width), of which the first 8 are the rhythm and the rest is 0.
    static member Rhythm
        (w: ChannelWeights, width: int, h: Pointer, kRhythm: Pointer, features: Pointer, scratch: Pointer)
        =
        let steps, both = Shapes.SubSegments, 2 * Sizes.Hidden
        let beta, hidden = scratch, NativePtr.add scratch HeadKernel<'V, 'L>.HiddenRows
        HeadKernel<'V, 'L>.Hidden(w.RhythmW, width, h, kRhythm, hidden)

        for step in 0 .. steps - 1 do
            let mutable score = 0.0f

            for j in 0 .. Sizes.Attention - 1 do
                score <-
                    MathF.FusedMultiplyAdd(NativePtr.get w.RhythmV j, NativePtr.get hidden (step * width + j), score)

            NativePtr.set beta step score

        HeadKernel<'V, 'L>.Softmax(beta, steps)
        let weighted = NativePtr.add scratch HeadKernel<'V, 'L>.Weighted
        let mutable unit = 0

        while unit < both do
            let mutable sum = 'L.All 0.0f

            for step in 0 .. steps - 1 do
                sum <-
                    'L.MultiplyAdd('L.All(NativePtr.get beta step), 'L.Load(NativePtr.add h (step * both + unit)), sum)

            'L.Store(NativePtr.add weighted unit, sum)
            unit <- unit + 'L.Count

        let mutable column = 0

        while column < width do
            let mutable sum = 'L.Load(NativePtr.add w.FcBias column)

            for u in 0 .. both - 1 do
                let x = 'L.All(NativePtr.get weighted u)
                sum <- 'L.MultiplyAdd(x, 'L.Load(NativePtr.add w.Fc (u * width + column)), sum)

            'L.Store(NativePtr.add features column, 'L.Max('L.All 0.0f, sum))
            column <- column + 'L.Count

    /// Computes start + the scalar product of a and b.
    static member Dot(a: Pointer, b: Pointer, count: int, start: float32) =
        let mutable sum = start

        for i in 0 .. count - 1 do
            sum <- MathF.FusedMultiplyAdd(NativePtr.get a i, NativePtr.get b i, sum)

        sum

    /// Computes the attention over the channels and the logits (2) of the classes. The inputs are features (4, width)
    /// and kFreq, whose number for channel c lies at c * kStride. `scratch` holds `ClassesScratch` numbers.
    static member Classes
        (w: InferenceWeights, features: Pointer, kFreq: Pointer, kStride: int, logits: Span<float32>, scratch: Pointer)
        =
        let channels, rhythm, width = Shapes.Channels, Sizes.Rhythm, Sizes.ChannelAttention

        let gamma, hidden = scratch, NativePtr.add scratch Registers.MaxLanes

        for c in 0 .. channels - 1 do
            for j in 0 .. width - 1 do
                let row = NativePtr.add w.ChannelW (j * (rhythm + 1))
                let known = NativePtr.get row rhythm * NativePtr.get kFreq (c * kStride)

                NativePtr.set
                    hidden
                    (c * width + j)
                    (HeadKernel<'V, 'L>.Dot(row, NativePtr.add features (c * w.Width), rhythm, known))

        let mutable i = 0

        while i < channels * width do
            let at = NativePtr.add hidden i
            'L.Store(at, Approximation<'V, 'L>.Tanh('L.Load at))
            i <- i + 'L.Count

        for c in 0 .. channels - 1 do
            NativePtr.set gamma c (HeadKernel<'V, 'L>.Dot(w.ChannelV, NativePtr.add hidden (c * width), width, 0.0f))

        HeadKernel<'V, 'L>.Softmax(gamma, channels)

        for k in 0 .. logits.Length - 1 do
            let mutable sum = NativePtr.get w.FcBias k

            for i in 0 .. rhythm - 1 do
                let mutable whole = 0.0f

                for c in 0 .. channels - 1 do
                    whole <-
                        MathF.FusedMultiplyAdd(NativePtr.get gamma c, NativePtr.get features (c * w.Width + i), whole)

                sum <- MathF.FusedMultiplyAdd(NativePtr.get w.Fc (k * rhythm + i), whole, sum)

            logits[k] <- sum
