namespace Mina.Model.Networks.FreqNet

open Mina.Model
open Mina.Preprocess

/// The published network, hand-written for SIMD registers. The model that Mina ships is of this network.
[<Sealed>]
type SimdFreqNet() =
    /// The name in model.json.
    [<Literal>]
    static let name = "FreqNet"

    interface INetwork with
        member _.Name = name
        member _.Layout = Layout.parameters
        member _.DropoutFeatures = Shapes.Channels * Sizes.Rhythm
        member _.InitialWeights seed = Layout.initialWeights seed
        member _.CreateInference weights = InferenceEngine.create weights
        member _.CreateTraining() = TrainingEngine.create ()
        member this.Finished = this
