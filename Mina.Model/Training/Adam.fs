namespace Mina.Model

open System
open System.Numerics

/// Adam (Kingma, Ba 2015) with decoupled weight decay, over the flat vector of all parameters. It equals PyTorch's Adam
/// and AdamW to rounding, and its arithmetic is the same at every width of registers.
[<Sealed>]
type internal Adam(first: float32[], second: float32[]) =
    let first, second = Array.copy first, Array.copy second

    /// Creates an optimizer whose moments are 0.
    static member Fresh(count: int) =
        Adam(Array.zeroCreate count, Array.zeroCreate count)

    /// Moves the parameters against the gradients; `step` counts from 1.
    member _.Step(recipe: Recipe, rate: float, step: int64, parameters: float32[], gradients: float32[]) =
        if parameters.Length <> first.Length || gradients.Length <> first.Length then
            invalidArg
                (nameof parameters)
                $"Adam keeps moments of %d{first.Length} parameters, not of %d{parameters.Length}."

        let correction1 = 1.0 - Math.Pow(recipe.Beta1, float step)
        let correction2 = 1.0 - Math.Pow(recipe.Beta2, float step)
        let beta1, new1 = float32 recipe.Beta1, float32 (1.0 - recipe.Beta1)
        let beta2, new2 = float32 recipe.Beta2, float32 (1.0 - recipe.Beta2)
        let root, epsilon = float32 (sqrt correction2), float32 recipe.Epsilon
        let keep = float32 (1.0 - rate * recipe.WeightDecay)
        let size = float32 (rate / correction1)
        let width = Vector<float32>.Count
        let whole = first.Length / width * width

        for i in 0..width .. whole - 1 do
            let gradient = Vector<float32>(gradients, i)
            let mean = Vector<float32>(first, i) * beta1 + gradient * new1
            let square = Vector<float32>(second, i) * beta2 + gradient * gradient * new2
            mean.CopyTo(first, i)
            square.CopyTo(second, i)

            let scale =
                Vector.SquareRoot square / Vector<float32> root + Vector<float32> epsilon

            (Vector<float32>(parameters, i) * keep - mean * size / scale).CopyTo(parameters, i)

        for i in whole .. first.Length - 1 do
            let gradient = gradients[i]
            let mean = first[i] * beta1 + gradient * new1
            let square = second[i] * beta2 + gradient * gradient * new2
            first[i] <- mean
            second[i] <- square
            let scale = MathF.Sqrt square / root + epsilon
            parameters[i] <- parameters[i] * keep - mean * size / scale

    /// Copies of the two moments.
    member _.Moments: struct (float32[] * float32[]) =
        struct (Array.copy first, Array.copy second)
