namespace Mina.Model.Simd

#nowarn "9" // Addresses: the kernels read and write pinned memory.

open System
open Microsoft.FSharp.NativeInterop
open Mina.Preprocess

/// The address of numbers in memory.
type internal Pointer = nativeptr<float32>

/// What all widths of registers have in common.
module internal Registers =
    /// The number of lanes of the widest register (AVX-512), which fills a cache line of 64 bytes. Kernels that keep a
    /// sum in each lane keep this many sums at every width, so that all widths add in the same order.
    [<Literal>]
    let MaxLanes = 16

/// Memory at fixed addresses, handed out in pieces that each begin a cache line, because loading a register across two
/// lines costs twice as much. All numbers are 0 at first. The garbage collector frees the buffer, so it must be
/// referenced while its pieces are in use.
[<Sealed>]
type internal AlignedBuffer(capacity: int) =
    let storage = Aligned<float32>()
    do storage.Reserve capacity

    let mutable taken = 0

    /// The count rounded up to whole cache lines.
    static member Padded(count: int) =
        (count + Registers.MaxLanes - 1) / Registers.MaxLanes * Registers.MaxLanes

    /// Hands out the next `count` numbers.
    member _.Take(count: int) : Pointer =
        let at = taken
        taken <- taken + AlignedBuffer.Padded count

        if taken > capacity then
            invalidOp $"The buffer of %d{capacity} numbers has no room for %d{count} more."

        NativePtr.add storage.Pointer at

/// Operations on numbers in memory.
module internal Memory =
    /// Sets `count` numbers to 0.
    let clear (p: Pointer) (count: int) =
        Span<float32>(NativePtr.toVoidPtr p, count).Clear()
