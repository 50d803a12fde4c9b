namespace Mina.Model.Networks.FreqNet

#nowarn "9"

open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd

/// The gradients by all parameters, in the order of the flat vector. They are 0 at first, and kernels add to them.
[<Sealed>]
type internal FlatGradient() =
    let buffer = AlignedBuffer(AlignedBuffer.Padded Layout.count)
    let first = buffer.Take Layout.count

    /// The gradients by one channel's (and direction's) part of a group.
    member _.At(group: Group, part: int) : Pointer =
        NativePtr.add first (group.Offset + part * group.PartSize)

    /// The gradients by all parameters.
    member _.First = first

    member _.Clear() = Memory.clear first Layout.count
    /// The buffer that the pointers point into, which must be kept alive while they are used.
    member _.Memory = buffer
