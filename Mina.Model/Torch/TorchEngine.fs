namespace Mina.Model.Torch

open System.Collections.Generic
open Mina.Model
open Mina.Model.Networks.FreqNet
open Mina.Preprocess
open TorchSharp

/// Networks as TorchSharp modules, trained by autograd.
[<Sealed>]
type TorchEngine private (device: torch.Device) =
    let network name create =
        TorchNetwork(name, create, device, None) :> INetwork

    // A new network is one file with its module and one line here.
    let networks: INetwork[] =
        let freqNet (sizes: FreqNetSizes) () : ITorchNetwork =
            new FreqNet(Shapes.Channels, int64 Shapes.Window, int64 Shapes.SubSegment, sizes)

        let published =
            TorchNetwork(
                NetworkCatalog.Default.Name,
                freqNet FreqNetSizes.Published,
                device,
                // The flat vector and the initial weights are those of the SIMD engine.
                Some {
                    Layout = Layout.parameters
                    InitialWeights = Layout.initialWeights
                }
            )

        [|
            published
            TorchNetwork(
                LabelledLayout.name,
                freqNet {
                    FreqNetSizes.Published with
                        HasLabels = true
                },
                device,
                Some {
                    Layout = LabelledLayout.parameters
                    InitialWeights = LabelledLayout.initialWeights
                },
                Some published
            )
            network "Wide" (freqNet FreqNetSizes.Wide)
            network "ConvNet" (fun () -> new ConvNet())
        |]

    /// The engine on the CPU, on as many threads as libtorch chooses.
    new() = TorchEngine(torch.CPU)

    interface INetworkEngine with
        member _.Name = "torch"
        member _.Networks: IReadOnlyList<INetwork> = networks

        member _.On(device, threads) =
            torch.set_num_threads threads

            match device with
            | "cpu" -> TorchEngine(torch.CPU)
            | "cuda" when torch.cuda.is_available () -> TorchEngine(torch.CUDA)
            | "cuda" ->
                raise (
                    ProblemException(
                        "There is no CUDA here: this libtorch was built for the CPU, or the machine has no NVIDIA GPU. "
                        + "Leave out --device cuda, or see Mina.Model/Torch/README.md for a CUDA build."
                    )
                )
            | other -> raise (ProblemException $"There is no device '%s{other}'; the devices are cpu and cuda.")
