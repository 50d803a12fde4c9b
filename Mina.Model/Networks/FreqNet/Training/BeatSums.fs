namespace Mina.Model.Networks.FreqNet

#nowarn "9"

open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd

/// The sums of the lanes for each parameter of one channel's BeatNet, with `Registers.MaxLanes` numbers to a parameter.
type internal BeatSums(buffer: AlignedBuffer) =
    let filters, kernel, attention = Sizes.Filters, Sizes.Kernel, Sizes.Attention

    let counts = [| filters * kernel; filters; kernel; 1; attention * (filters + 1); attention |]

    let all = buffer.Take(Registers.MaxLanes * Array.sum counts)

    let at =
        counts
        |> Array.scan (+) 0
        |> Array.map (fun before -> NativePtr.add all (Registers.MaxLanes * before))

    /// The number of numbers that it takes from a buffer.
    static member Size =
        Registers.MaxLanes
        * ((Sizes.Filters + 1) * (Sizes.Kernel + 1 + Sizes.Attention) + Sizes.Attention)

    member _.Conv = at[0]
    member _.ConvBias = at[1]
    member _.ConvK = at[2]
    member _.ConvKBias = at[3]
    member _.BeatW = at[4]
    member _.BeatV = at[5]

    member _.Clear() =
        Memory.clear all (Registers.MaxLanes * Array.sum counts)

    /// Adds the sums to the gradients of channel c.
    member _.AddTo(gradient: FlatGradient, c: int) =
        let layout = Layout.groups

        let groups = [|
            layout.Conv
            layout.ConvBias
            layout.ConvK
            layout.ConvKBias
            layout.BeatW
            layout.BeatV
        |]

        for i in 0 .. groups.Length - 1 do
            LaneSums.addUp at[i] counts[i] ((gradient.At(groups[i], c)))
