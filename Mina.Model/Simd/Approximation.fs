namespace Mina.Model.Simd

open System.Runtime.CompilerServices
open Mina.Preprocess

/// Computes tanh, the logistic function and exp of a register, within 1e-6 of the true value.
[<AbstractClass; Sealed>]
type internal Approximation<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> private () =
    // Eigen's rational minimax approximation (generic_fast_tanh_float): x P(x^2) / Q(x^2) up to where tanh is 1 in
    // float32.

    /// Clamps x to the range of `TanhNumerator` and `TanhDenominator`; beyond it tanh is 1 or -1.
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member Clamp(x: 'V) : 'V =
        'L.Min('L.All 7.90531110763549805f, 'L.Max('L.All -7.90531110763549805f, x))

    /// The numerator of tanh at a clamped x with square x2.
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member TanhNumerator(x: 'V, x2: 'V) : 'V =
        let p =
            'L.MultiplyAdd(x2, 'L.All -2.76076847742355e-16f, 'L.All 2.00018790482477e-13f)

        let p = 'L.MultiplyAdd(x2, p, 'L.All -8.60467152213735e-11f)
        let p = 'L.MultiplyAdd(x2, p, 'L.All 5.12229709037114e-08f)
        let p = 'L.MultiplyAdd(x2, p, 'L.All 1.48572235717979e-05f)
        let p = 'L.MultiplyAdd(x2, p, 'L.All 6.37261928875436e-04f)
        'L.Multiply(x, 'L.MultiplyAdd(x2, p, 'L.All 4.89352455891786e-03f))

    /// The denominator of tanh, which lies between 0.0048 and 0.9.
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member TanhDenominator(x2: 'V) : 'V =
        let q =
            'L.MultiplyAdd(x2, 'L.All 1.19825839466702e-06f, 'L.All 1.18534705686654e-04f)

        let q = 'L.MultiplyAdd(x2, q, 'L.All 2.26843463243900e-03f)
        'L.MultiplyAdd(x2, q, 'L.All 4.89352518554385e-03f)

    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member Tanh(x: 'V) : 'V =
        let x = Approximation<'V, 'L>.Clamp x
        let x2 = 'L.Multiply(x, x)
        'L.Divide(Approximation<'V, 'L>.TanhNumerator(x, x2), Approximation<'V, 'L>.TanhDenominator x2)

    /// 1 / (1 + exp(-x)), as (1 + tanh(x / 2)) / 2.
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member Logistic(x: 'V) : 'V =
        let half = 'L.All 0.5f
        'L.MultiplyAdd(half, Approximation<'V, 'L>.Tanh('L.Multiply(half, x)), half)

    /// exp of x <= 88: Cephes' polynomial on [-ln 2 / 2, ln 2 / 2], scaled by a power of 2. Below -87 it is exp(-87).
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member Exp(x: 'V) : 'V =
        let x = 'L.Max('L.All -87.0f, x)
        // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits.
        let shift = 'L.All 12582912.0f
        let bits = 'L.MultiplyAdd(x, 'L.All 1.44269504088896341f, shift)
        let n = 'L.Subtract(bits, shift)
        let r = 'L.MultiplyAdd(n, 'L.All -0.693359375f, x)
        let r = 'L.MultiplyAdd(n, 'L.All 2.12194440e-4f, r)
        let p = 'L.MultiplyAdd(r, 'L.All 1.9875691500e-4f, 'L.All 1.3981999507e-3f)
        let p = 'L.MultiplyAdd(r, p, 'L.All 8.3334519073e-3f)
        let p = 'L.MultiplyAdd(r, p, 'L.All 4.1665795894e-2f)
        let p = 'L.MultiplyAdd(r, p, 'L.All 1.6666665459e-1f)
        let p = 'L.MultiplyAdd(r, p, 'L.All 5.0000001201e-1f)
        let p = 'L.MultiplyAdd('L.Multiply(r, r), p, 'L.Add(r, 'L.All 1.0f))
        'L.Scale(p, bits)
