namespace Mina.Model.Simd

#nowarn "9"

open System.Runtime.CompilerServices
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open Microsoft.FSharp.NativeInterop
open Mina.Preprocess

/// Transposes matrices in blocks of four by four.
module internal Transpose =
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    let private inRegisters (from: Pointer) (fromStride: int) (into: Pointer) (intoStride: int) =
        let r0 = Vector128.Load from
        let r1 = Vector128.Load(NativePtr.add from fromStride)
        let r2 = Vector128.Load(NativePtr.add from (2 * fromStride))
        let r3 = Vector128.Load(NativePtr.add from (3 * fromStride))
        let low, low' = Sse.UnpackLow(r0, r1), Sse.UnpackLow(r2, r3)
        let high, high' = Sse.UnpackHigh(r0, r1), Sse.UnpackHigh(r2, r3)
        Vector128.Store(Sse.MoveLowToHigh(low, low'), into)
        Vector128.Store(Sse.MoveHighToLow(low', low), NativePtr.add into intoStride)
        Vector128.Store(Sse.MoveLowToHigh(high, high'), NativePtr.add into (2 * intoStride))
        Vector128.Store(Sse.MoveHighToLow(high', high), NativePtr.add into (3 * intoStride))

    /// Transposes a block of four by four; the strides are the numbers from one row to the next.
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    let block (from: Pointer) (fromStride: int) (into: Pointer) (intoStride: int) =
        if Sse.IsSupported then
            inRegisters from fromStride into intoStride
        else
            for row in 0..3 do
                for i in 0..3 do
                    NativePtr.set into (i * intoStride + row) (NativePtr.get from (row * fromStride + i))

    /// Transposes a matrix (rows, columns), both multiples of 4, to (columns, rows).
    let matrix (from: Pointer) (fromStride: int) (rows: int) (columns: int) (into: Pointer) (intoStride: int) =
        for row in 0 .. rows / 4 - 1 do
            for column in 0 .. columns / 4 - 1 do
                block
                    (NativePtr.add from (4 * (row * fromStride + column)))
                    fromStride
                    (NativePtr.add into (4 * (column * intoStride + row)))
                    intoStride
