namespace Mina.Model

open System
open TorchSharp

/// Adam (Kingma, Ba 2015) with decoupled weight decay, over the flat vector of all parameters. The same numbers as
/// PyTorch's Adam and AdamW.
type internal Adam(first: float32[], second: float32[]) =
    let first = Tensors.ofArray first
    let second = Tensors.ofArray second
    let scalar (x: float) = x.ToScalar()

    /// Both moments zero.
    static member Fresh(count: int) =
        new Adam(Array.zeroCreate count, Array.zeroCreate count)

    /// Moves the parameters against the gradients; `step` counts from 1.
    member _.Step(recipe: Recipe, rate: float, step: int64, parameters: torch.Tensor, gradients: torch.Tensor) =
        use _ = torch.NewDisposeScope()
        use quiet = torch.no_grad ()

        first.mul_(scalar recipe.Beta1).add_(gradients, scalar (1.0 - recipe.Beta1))
        |> ignore

        second.mul_(scalar recipe.Beta2).addcmul_(gradients, gradients, scalar (1.0 - recipe.Beta2))
        |> ignore

        let correction1 = 1.0 - Math.Pow(recipe.Beta1, float step)
        let correction2 = 1.0 - Math.Pow(recipe.Beta2, float step)

        let scale =
            second.sqrt().div_(scalar (sqrt correction2)).add_(scalar recipe.Epsilon)

        if recipe.WeightDecay > 0.0 then
            parameters.mul_ (scalar (1.0 - rate * recipe.WeightDecay)) |> ignore

        parameters.addcdiv_ (first, scale, scalar (-rate / correction1)) |> ignore

    /// Copies of the moments.
    member _.Moments: struct (float32[] * float32[]) =
        struct (Tensors.toArray first, Tensors.toArray second)

    interface IDisposable with
        member _.Dispose() =
            first.Dispose()
            second.Dispose()
