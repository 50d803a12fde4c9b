/// The optimizer against PyTorch's.
module Mina.Model.Tests.AdamTests

open System
open Mina.Model
open Mina.Model.Tests.Golden
open TorchSharp
open Xunit

[<Fact>]
let ``Adam moves weights as PyTorch's Adam and AdamW do`` () =
    use _ = torch.NewDisposeScope()
    let random = Random 3

    let draw () =
        Array.init 50 (fun _ -> float32 (random.NextDouble() - 0.5))

    for decay in [ 0.0; 0.1 ] do
        let start = draw ()
        let recipe = { Recipe.Hw4 with WeightDecay = decay }
        let adam = Adam.Fresh 50
        let mine = Array.copy start
        let theirs = torch.nn.Parameter(torch.tensor(start).clone(), true)

        let optimizer: torch.optim.Optimizer =
            if decay = 0.0 then
                torch.optim.Adam([ theirs ], lr = 0.003)
            else
                torch.optim.AdamW([ theirs ], lr = 0.003, weight_decay = decay)

        for step in 1L .. 5L do
            let gradients = draw ()
            adam.Step(recipe, 0.003, step, mine, gradients)
            theirs.grad <- torch.tensor(gradients).clone()
            optimizer.step () |> ignore

        Assert.True(difference (numbers theirs) mine < 1e-6f)

[<Fact>]
let ``Adam refuses vectors of another length than its moments`` () =
    let e =
        Assert.Throws<ArgumentException>(fun () ->
            (Adam.Fresh 50).Step(Recipe.Hw4, 0.003, 1L, Array.zeroCreate 49, Array.zeroCreate 50))

    Assert.Contains("moments of 50 parameters", e.Message)
