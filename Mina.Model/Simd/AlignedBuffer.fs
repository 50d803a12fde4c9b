namespace Mina.Model.Simd

#nowarn "9" // Addresses: the kernels read and write pinned memory.

open System
open Microsoft.FSharp.NativeInterop
open Mina.Preprocess

/// Numbers in memory.
type internal Pointer = nativeptr<float32>

/// Memory at addresses that never change, handed out piece by piece, each beginning a cache line: a register loaded
/// across two lines costs twice. All 0 at first; the garbage collector frees it, so keep it referenced while its
/// pieces are in use.
[<Sealed>]
type internal AlignedBuffer(capacity: int) =
    /// Numbers in a cache line of 64 bytes.
    static let line = 16

    let storage = Aligned<float32>()
    do storage.Reserve capacity

    let mutable taken = 0

    /// The count rounded up to whole cache lines.
    static member Padded(count: int) = (count + line - 1) / line * line

    /// The next `count` numbers.
    member _.Take(count: int) : Pointer =
        let at = taken
        taken <- taken + AlignedBuffer.Padded count

        if taken > capacity then
            invalidOp $"The buffer of %d{capacity} numbers has no room for %d{count} more."

        NativePtr.add storage.Pointer at

/// What is done with numbers in memory.
module internal Memory =
    /// Makes `count` numbers 0.
    let clear (p: Pointer) (count: int) =
        Span<float32>(NativePtr.toVoidPtr p, count).Clear()
