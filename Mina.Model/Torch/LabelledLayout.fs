namespace Mina.Model.Torch

open Mina.Model
open Mina.Model.Networks.FreqNet
open Mina.Preprocess

/// The layout of the published network with a head for the four labels behind its own parameters. The head serves only
/// to train the network: what is before it is the published network.
module internal LabelledLayout =
    let name = "FreqNetLabels"

    let private headSize = LabelTargets.Count * Sizes.Rhythm

    let parameters =
        ParameterLayout(
            name,
            [
                yield! Layout.parameters.Parameters
                {
                    Name = "labels.weight"
                    Shape = [| int64 LabelTargets.Count; int64 Sizes.Rhythm |]
                    Offset = Layout.count
                }
                {
                    Name = "labels.bias"
                    Shape = [| int64 LabelTargets.Count |]
                    Offset = Layout.count + headSize
                }
            ]
        )

    /// The published network's initial weights, and a head from PyTorch's distribution: a pure function of the seed.
    let initialWeights (seed: int64) : float32[] =
        // The published network's parts have the keys from 0 on.
        let mutable random = SplitMix64.FromKey(seed, -1L)
        let bound = 1.0 / sqrt (float Sizes.Rhythm)

        let head = [|
            for _ in 1 .. headSize + LabelTargets.Count do
                float32 ((2.0 * random.Uniform() - 1.0) * bound)
        |]

        Array.append (Layout.initialWeights seed) head
