namespace Mina.Model.Simd

#nowarn "3535" // Interfaces with static members are what the JIT resolves and inlines: that is the point here.

open System.Runtime.CompilerServices
open System.Runtime.Intrinsics

/// Arithmetic on a register of numbers side by side. The kernels are written once against it; the JIT compiles them for each
/// width to the machine's own instructions. No kernel ever adds up the lanes of a register, and every product is a fused one
/// where the processor has that, so all widths give the same numbers, bit for bit.
type internal ILanes<'V> =
    /// Numbers in a register.
    static abstract Count: int
    static abstract Load: nativeptr<float32> -> 'V
    static abstract Store: nativeptr<float32> * 'V -> unit
    /// One number in every lane.
    static abstract All: float32 -> 'V
    static abstract Add: 'V * 'V -> 'V
    static abstract Subtract: 'V * 'V -> 'V
    static abstract Multiply: 'V * 'V -> 'V
    static abstract Divide: 'V * 'V -> 'V
    static abstract Min: 'V * 'V -> 'V
    static abstract Max: 'V * 'V -> 'V
    /// a b + c.
    static abstract Fma: a: 'V * b: 'V * c: 'V -> 'V
    /// v in the lanes where `gate` is above 0, else 0.
    static abstract Where: gate: 'V * v: 'V -> 'V
    /// v times 2 to the n, where n are the low bits of `bits`.
    static abstract Scale: v: 'V * bits: 'V -> 'V

/// AVX-512: sixteen at once.
[<Struct>]
type internal Lanes512 =
    interface ILanes<Vector512<float32>> with
        static member Count = 16

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Load p = Vector512.Load p

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Store(p, v) = Vector512.Store(v, p)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member All x = Vector512.Create x

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Add(a, b) = Vector512.Add(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Subtract(a, b) = Vector512.Subtract(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Multiply(a: Vector512<float32>, b: Vector512<float32>) = Vector512.Multiply(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Divide(a: Vector512<float32>, b: Vector512<float32>) = Vector512.Divide(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Min(a, b) = Vector512.MinNative(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Max(a, b) = Vector512.MaxNative(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Fma(a: Vector512<float32>, b, c) = Vector512.MultiplyAddEstimate(a, b, c)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Where(gate, v) =
            Vector512.BitwiseAnd(Vector512.GreaterThan(gate, Vector512<float32>.Zero), v)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Scale(v: Vector512<float32>, bits: Vector512<float32>) =
            Vector512.Add(v.AsInt32(), Vector512.ShiftLeft(bits.AsInt32(), 23)).AsSingle()

/// AVX2: eight at once.
[<Struct>]
type internal Lanes256 =
    interface ILanes<Vector256<float32>> with
        static member Count = 8

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Load p = Vector256.Load p

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Store(p, v) = Vector256.Store(v, p)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member All x = Vector256.Create x

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Add(a, b) = Vector256.Add(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Subtract(a, b) = Vector256.Subtract(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Multiply(a: Vector256<float32>, b: Vector256<float32>) = Vector256.Multiply(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Divide(a: Vector256<float32>, b: Vector256<float32>) = Vector256.Divide(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Min(a, b) = Vector256.MinNative(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Max(a, b) = Vector256.MaxNative(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Fma(a: Vector256<float32>, b, c) = Vector256.MultiplyAddEstimate(a, b, c)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Where(gate, v) =
            Vector256.BitwiseAnd(Vector256.GreaterThan(gate, Vector256<float32>.Zero), v)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Scale(v: Vector256<float32>, bits: Vector256<float32>) =
            Vector256.Add(v.AsInt32(), Vector256.ShiftLeft(bits.AsInt32(), 23)).AsSingle()

/// Any machine: four at once (NEON, SSE), in software where there is neither.
[<Struct>]
type internal Lanes128 =
    interface ILanes<Vector128<float32>> with
        static member Count = 4

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Load p = Vector128.Load p

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Store(p, v) = Vector128.Store(v, p)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member All x = Vector128.Create x

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Add(a, b) = Vector128.Add(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Subtract(a, b) = Vector128.Subtract(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Multiply(a: Vector128<float32>, b: Vector128<float32>) = Vector128.Multiply(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Divide(a: Vector128<float32>, b: Vector128<float32>) = Vector128.Divide(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Min(a, b) = Vector128.MinNative(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Max(a, b) = Vector128.MaxNative(a, b)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Fma(a: Vector128<float32>, b, c) = Vector128.MultiplyAddEstimate(a, b, c)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Where(gate, v) =
            Vector128.BitwiseAnd(Vector128.GreaterThan(gate, Vector128<float32>.Zero), v)

        [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
        static member Scale(v: Vector128<float32>, bits: Vector128<float32>) =
            Vector128.Add(v.AsInt32(), Vector128.ShiftLeft(bits.AsInt32(), 23)).AsSingle()
