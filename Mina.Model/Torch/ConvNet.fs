namespace Mina.Model.Torch

open TorchSharp
open type TorchSharp.torch.nn

/// A plain convolutional network without attention: three strided convolutions over the four channels and their beat
/// knowledge, the mean over time, and two classes. It is the example of a new network, which takes such a file and one
/// line in `TorchEngine`. Its accuracy was not measured.
type ConvNet() as this =
    inherit Module<torch.Tensor, torch.Tensor>("ConvNet")
    let features = 64L

    let conv1 = Conv1d(8L, 32L, 15L, stride = 5L)
    let norm1 = GroupNorm(4L, 32L)
    let conv2 = Conv1d(32L, features, 9L, stride = 4L)
    let norm2 = GroupNorm(4L, features)
    let conv3 = Conv1d(features, features, 9L, stride = 3L)
    let fc = Linear(features, 2L)

    do
        // TorchSharp 0.107 does not initialise the parameters of a group norm.
        for norm in [ norm1; norm2 ] do
            init.ones_ norm.weight |> ignore
            init.zeros_ norm.bias |> ignore

        this.register_module ("conv1", conv1)
        this.register_module ("norm1", norm1)
        this.register_module ("conv2", conv2)
        this.register_module ("norm2", norm2)
        this.register_module ("conv3", conv3)
        this.register_module ("fc", fc)

    /// x (B, 8, 3000) -> (B, features).
    let pooled (x: torch.Tensor) : torch.Tensor =
        let x = functional.relu (norm1.forward (conv1.forward x))
        let x = functional.relu (norm2.forward (conv2.forward x))
        functional.relu(conv3.forward x).mean [| 2L |]

    /// x (B, 8, 3000) -> logits (B, 2).
    override _.forward x = fc.forward (pooled x)

    interface ITorchNetwork with
        member this.Module = this
        member _.DropoutFeatures = int features

        member _.Compute(s, dropout) =
            let signals = torch.cat([| s.X; s.KBeat |], 0L).permute(1L, 0L, 2L)
            let features' = pooled signals

            let kept =
                match dropout with
                | Some mask -> features' * mask.view (-1L, features)
                | None -> features'

            {
                Logits = fc.forward kept
                Attention = None
                Labels = None
            }
