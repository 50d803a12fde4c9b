namespace Mina.Model.Networks.FreqNet

#nowarn "9"

open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd

/// Gradients by all parameters, in the order of the flat vector, to be added to. All 0 at first.
[<Sealed>]
type internal FlatGradient() =
    let buffer = AlignedBuffer(AlignedBuffer.Padded Layout.count)
    let first = buffer.Take Layout.count

    /// Those by one channel's (and direction's) part of a group.
    member _.At(group: Group, part: int) : Pointer =
        NativePtr.add first (group.Offset + part * group.PartSize)

    /// Those by all.
    member _.First = first

    member _.Clear() = Memory.clear first Layout.count
    /// What the pointers point into.
    member _.Memory = buffer
